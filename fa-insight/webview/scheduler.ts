/** Of the page's time, so much may go into drawing what arrives. */
const SHARE = 0.25;

/**
 * When to draw: however much arrives between two frames of the screen, it is drawn once, and less often where drawing
 * takes long. What people do is drawn with the next frame.
 *
 * `draw` is told whether a person waits for it, and says whether it has left something for the next frame.
 */
export function scheduler(draw: (urgent: boolean) => boolean): (urgent: boolean) => void {
  let requested = false;
  let isAwaited = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let earliest = 0;
  let spent = 0;

  const request = () => {
    clearTimeout(timer);
    timer = undefined;
    if (requested) return;
    requested = true;
    requestAnimationFrame(() => {
      requested = false;
      const begin = performance.now();
      const urgent = isAwaited;
      isAwaited = false;
      const more = draw(urgent);
      const end = performance.now();
      spent += end - begin;
      if (more) {
        request();
        return;
      }
      earliest = end + spent * (1 / SHARE - 1);
      spent = 0;
    });
  };

  return (urgent) => {
    isAwaited ||= urgent;
    const wait = earliest - performance.now();
    if (urgent || wait <= 0) request();
    else timer ??= setTimeout(request, wait);
  };
}
