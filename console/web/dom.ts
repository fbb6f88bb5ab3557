type Child = Node | string | number | false | null | undefined;

/**
 * An element. Properties are attributes; `true` sets one without a value, false and undefined leave it out.
 * Text is text: nothing is parsed as HTML.
 */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string | number | boolean | undefined>> = {},
  ...children: (Child | Child[])[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === undefined) continue;
    element.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children.flat()) {
    if (child === false || child === null || child === undefined) continue;
    element.append(typeof child === 'number' ? String(child) : child);
  }
  return element;
}

/** A chip in a system's colour: by the CSSOM, since the page's policy forbids style attributes. */
export function chip(color: string | null): HTMLElement {
  const element = h('i', { class: 'chip', 'data-color': color ?? '', 'aria-hidden': 'true' });
  element.style.background = color ?? 'var(--muted)';
  return element;
}

/** A bar of a share, 0–100 %, with a mark at the limit. */
export function bar(percent: number, limitPercent: number | null): HTMLElement {
  const fill = h('i', { class: 'fill', 'data-width': Math.min(100, Math.max(0, percent)) });
  fill.style.width = `${Math.min(100, Math.max(0, percent))}%`;
  const mark = h('i', { class: 'mark', 'data-left': limitPercent ?? 0 });
  mark.style.left = `${limitPercent ?? 0}%`;
  return h('span', { class: 'bar', 'aria-hidden': 'true' }, fill, limitPercent !== null && mark);
}

/**
 * Makes an element's content equal to the given one by changing only what differs, so that focus, selection
 * and scroll positions survive.
 */
export function render(target: Element, ...children: Node[]): void {
  const wanted = document.createDocumentFragment();
  wanted.append(...children);
  morphChildren(target, wanted);
}

/** Children are found again by id or data-key where they have one, else by their places. */
function morphChildren(target: Node, wanted: Node): void {
  const next = [...wanted.childNodes];
  let current = target.firstChild;
  next.forEach((node, index) => {
    if (current && !isAlike(current, node)) {
      const later = new Set(
        next
          .slice(index + 1)
          .map(keyOf)
          .filter((key) => key !== ''),
      );
      const focused = childWithFocus(target);
      const isFocused = focused !== null && isAlike(focused, node);
      // What is still wanted waits for its turn, so that new rows push it down; but what has the focus is
      // never made anew.
      const givesWay = (child: Node): boolean => isFocused || !later.has(keyOf(child));
      while (current && !isAlike(current, node) && givesWay(current)) current = removed(current);
    }
    if (!current || !isAlike(current, node)) {
      target.insertBefore(node, current);
      return;
    }
    const own = current;
    current = current.nextSibling;
    morph(own, node);
  });
  while (current) current = removed(current);
}

const keyOf = (node: Node): string =>
  node instanceof HTMLElement ? node.id || (node.dataset['key'] ?? '') : '';

const isAlike = (a: Node, b: Node): boolean => a.nodeName === b.nodeName && keyOf(a) === keyOf(b);

/** Removes a node; returns the one behind it. */
function removed(node: ChildNode): ChildNode | null {
  const { nextSibling } = node;
  node.remove();
  return nextSibling;
}

function childWithFocus(target: Node): Node | null {
  return [...target.childNodes].find((child) => child.contains(document.activeElement)) ?? null;
}

/** Style is compared as a whole; what a reader has opened stays open. */
const ownAttributes: ReadonlySet<string> = new Set(['style', 'open']);

function morph(current: Node, wanted: Node): void {
  if (!(current instanceof HTMLElement) || !(wanted instanceof HTMLElement)) {
    if (current.nodeValue !== wanted.nodeValue) current.nodeValue = wanted.nodeValue;
    return;
  }
  if (wanted.dataset['keep'] !== undefined && current.dataset['keep'] === wanted.dataset['keep']) return;
  for (const name of current.getAttributeNames()) {
    if (!ownAttributes.has(name) && !wanted.hasAttribute(name)) current.removeAttribute(name);
  }
  for (const { name, value } of wanted.attributes) {
    if (!ownAttributes.has(name) && current.getAttribute(name) !== value) current.setAttribute(name, value);
  }
  if (current.style.cssText !== wanted.style.cssText) current.style.cssText = wanted.style.cssText;
  morphChildren(current, wanted);
}
