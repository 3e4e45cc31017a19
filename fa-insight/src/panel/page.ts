/** The page that holds the view. */

export interface Page {
  /** The view's bundle, as text: the editor would have to be asked for what is elsewhere, through each of its processes. */
  readonly script: string;
  readonly style: string;
  readonly nonce: string;
  readonly form: Form;
}

/** The panel has room for everything, the side bar's strip for the frames. */
export type Form = "panel" | "strip";

/** Nothing is loaded from anywhere, and no script runs but ours. */
export function page({ script, style, nonce, form }: Page): string {
  const policy = ["default-src 'none'", `script-src 'nonce-${nonce}'`, `style-src 'nonce-${nonce}'`].join("; ");
  return `<!DOCTYPE html>
<html lang="en" data-view="${form}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Frame Memory</title>
<style nonce="${nonce}">
${style}</style>
</head>
<body>
<script nonce="${nonce}">
${script}</script>
</body>
</html>
`;
}
