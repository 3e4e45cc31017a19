/** Of the page's time, so much may go into drawing what arrives. */
const SHARE = 0.25;

/**
 * When to draw: however much arrives between two frames of the screen, it is drawn once, and less often where drawing
 * takes long. What people do is drawn with the next frame.
 */
export function scheduler(draw: () => void): (urgent: boolean) => void {
  let requested = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let earliest = 0;

  const request = () => {
    clearTimeout(timer);
    timer = undefined;
    if (requested) return;
    requested = true;
    requestAnimationFrame(() => {
      requested = false;
      const begin = performance.now();
      draw();
      const end = performance.now();
      earliest = end + (end - begin) * (1 / SHARE - 1);
    });
  };

  return (urgent) => {
    const wait = earliest - performance.now();
    if (urgent || wait <= 0) request();
    else timer ??= setTimeout(request, wait);
  };
}
