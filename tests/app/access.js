// What a page must be for those who see little or use no mouse, measured where it is shown.
(which) => {
  const all = (root) => [...root.querySelectorAll('*')].flatMap(
      (one) => one.shadowRoot ? [one, ...all(one.shadowRoot)] : [one]);
  const above = (one) => one.assignedSlot ?? one.parentElement ?? one.getRootNode().host ?? null;
  const lineage = (one) => { const found = []; for (; one; one = above(one)) found.push(one); return found; };
  const seen = (one) => one.getClientRects().length > 0 && lineage(one).every((part) => {
      const style = getComputedStyle(part);
      return style.visibility !== 'hidden' && style.display !== 'none' && Number(style.opacity) > 0.01;
  }) && !one.closest('[aria-hidden=true]');
  const named = (one) => `${one.tagName.toLowerCase()}.${one.className?.baseVal ?? one.className}`
      + ` "${(one.textContent || '').trim().slice(0, 40)}"`;

  // Texts below the contrast of WCAG 2.1 AA, success criterion 1.4.3.
  const contrast = () => {
    // Painted, so that every notation of a color comes out as the bytes that a screen gets.
    const brush = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    const bytes = (color) => {
      brush.clearRect(0, 0, 1, 1); brush.fillStyle = color; brush.fillRect(0, 0, 1, 1);
      const [red, green, blue, alpha] = brush.getImageData(0, 0, 1, 1).data;
      return [red, green, blue, alpha / 255];
    };
    const over = (top, below) => [0, 1, 2].map((at) => top[at] * top[3] + below[at] * (1 - top[3]));
    // What contains a text need not lie behind it: the value of a slider stands above its thumb.
    const behindIt = (part, x, y) => {
      const box = part.getBoundingClientRect();
      return box.left <= x && x <= box.right && box.top <= y && y <= box.bottom;
    };
    const ground = (one) => {
      let color = [255, 255, 255];
      const box = one.getBoundingClientRect(), x = (box.left + box.right) / 2, y = (box.top + box.bottom) / 2;
      for (const part of lineage(one).reverse()) {
        if (!behindIt(part, x, y) && part !== one) continue;
        const style = getComputedStyle(part);
        if (style.backgroundImage.startsWith('url')) return null;
        color = over(bytes(style.backgroundColor), color);
      }
      return color;
    };
    const light = (color) => [0, 1, 2].map((at) => color[at] / 255).map(
      (part) => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
      .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
    const ratio = (one, other) => {
      const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
      return (high + 0.05) / (low + 0.05);
    };
    const low = [];
    let count = 0;
    for (const one of all(document)) {
      const text = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
      const typed = one.matches('input:not([type=range]):not([type=checkbox]):not([type=file])') && (one.value || one.placeholder);
      if ((!text && !typed) || one.matches('style, script, noscript, title') || !seen(one)) continue;
      if (one.closest(':disabled, [aria-disabled=true], [data-testid=stStatusWidget], .tag')) continue;
      const style = typed && !one.value ? getComputedStyle(one, '::placeholder') : getComputedStyle(one);
      const behind = ground(one);
      if (!behind) continue;
      const faint = lineage(one).reduce((so, part) => so * Number(getComputedStyle(part).opacity), 1);
      const ink = bytes(style.color); ink[3] *= faint;
      const found = ratio(over(ink, behind), behind), size = parseFloat(style.fontSize);
      const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      count++;
      if (found < (large ? 3 : 4.5) - 0.005) low.push(`${found.toFixed(2)} ${named(one)} ${style.color} on ${behind.map(Math.round)}`);
    }
    return { count, low };
  };

  // Controls without a name for a screen reader: 4.1.2.
  const nameless = () => {
    const words = (one) => {
      const root = one.getRootNode();
      const by = (one.getAttribute('aria-labelledby') || '').split(' ').filter(Boolean)
        .map((id) => root.getElementById?.(id)?.textContent ?? '').join(' ');
      const labels = [...(one.labels ?? [])].map((label) => label.textContent).join(' ');
      const inside = one.matches('button, a, summary, [role=button], [role=tab], [role=radio], [role=option], [role=checkbox], label')
        ? one.textContent + [...one.querySelectorAll('img[alt], [aria-label]')].map((part) => part.getAttribute('aria-label') ?? part.alt).join(' ') : '';
      return [one.getAttribute('aria-label'), by, labels, inside, one.title, one.closest('label')?.textContent]
        .filter(Boolean).join(' ').trim();
    };
    const controls = all(document).filter((one) => one.matches(
      'button, a[href], input:not([type=hidden]), select, textarea, summary, video[controls], [role=slider], [role=option], [role=tab], [role=radio], [role=switch], [tabindex="0"]')
      && (seen(one) || (one.matches('input') && one.closest('label') && seen(one.closest('label')))));
    return { count: controls.length,
             nameless: controls.filter((one) => !words(one) && !one.matches('main, [role=presentation]'))
               .map((one) => one.outerHTML.slice(0, 160)) };
  };

  // Where the focus is, and whether that can be seen: 2.4.7.
  const focus = () => {
    let one = document.activeElement;
    while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
    if (!one || one === document.body) return null;
    const shown = (part) => {
      const style = getComputedStyle(part);
      return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== 'none';
    };
    // The ring may lie around the box a control stands in, or on the mark that a label draws for it.
    const near = [one, above(one), above(above(one) ?? one), one.nextElementSibling, one.previousElementSibling,
                  ...(one.closest('label') ? all(one.closest('label')) : [])].filter(Boolean);
    const box = one.getBoundingClientRect();
    return { name: named(one) + ' ' + (one.getAttribute('aria-label') ?? ''), visible: near.some(shown),
             place: [box.x, box.y] };
  };

  return { contrast, nameless, focus }[which]();
}
