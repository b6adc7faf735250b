// The texts of the page that have less contrast than WCAG 2.2 AA asks for, each with what it has.
(() => {
  const luminance = (colour) => {
    const [red, green, blue] = colour.map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const parsed = (text) => {
    const numbers = text.match(/[\d.]+/g).map(Number);
    return numbers.length === 4 && numbers[3] === 0 ? null : numbers.slice(0, 3);
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const own = at instanceof SVGElement ? null : parsed(getComputedStyle(at).backgroundColor);
      if (own) return own;
    }
    return [255, 255, 255];
  };
  const poor = new Map();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const seen = element.getClientRects().length && !element.closest(".hidden, script");
    if (!walker.currentNode.data.trim() || !seen) continue;
    const drawn = element instanceof SVGElement;
    const style = getComputedStyle(element);
    const box = drawn ? element.parentElement.querySelector("rect") : null;
    const filled = box && getComputedStyle(box).fill !== "none" ? parsed(getComputedStyle(box).fill) : null;
    const ink = luminance(parsed(drawn ? style.fill : style.color));
    const ground = luminance(filled || behind(element));
    const found = (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
    if (found < 4.5) poor.set(`${element.tagName}.${element.getAttribute("class")}`, found);
  }
  return [...poor];
})();
