/** The page that holds the view. */

export interface Page {
  /** Where the view's bundle is, as the page may load it. */
  readonly script: string;
  readonly style: string;
  /** What the editor lets pages load from. */
  readonly origin: string;
  readonly nonce: string;
  readonly form: Form;
}

/** The panel has room for everything, the side bar's strip for the frames. */
export type Form = "panel" | "strip";

/** Nothing is loaded from anywhere, and no script runs but ours. */
export function page({ script, style, origin, nonce, form }: Page): string {
  const policy = ["default-src 'none'", `script-src 'nonce-${nonce}'`, `style-src ${origin}`].join("; ");
  return `<!DOCTYPE html>
<html lang="en" data-view="${form}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Frame Memory</title>
<link rel="stylesheet" href="${style}">
</head>
<body>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>
`;
}
