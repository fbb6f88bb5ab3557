import { html, render, type TemplateResult } from 'lit-html';

/**
 * Makes an element's content what the view says by changing only what differs, so that focus, selection and scroll
 * positions survive. What has the focus keeps it also where it changes its place in a list: an element that is moved
 * would lose it.
 */
export function show(target: HTMLElement, view: unknown): void {
  const { activeElement } = document;
  render(view, target);
  if (activeElement instanceof HTMLElement && activeElement.isConnected) {
    if (activeElement !== document.activeElement) activeElement.focus({ preventScroll: true });
  }
}

/** The one element of a template, to be kept by whoever draws into it. */
export function elementOf(template: TemplateResult): HTMLElement {
  const fragment = document.createDocumentFragment();
  render(template, fragment);
  const element = fragment.firstElementChild;
  if (!(element instanceof HTMLElement)) throw new Error('the template has no element');
  return element;
}

// Styles are set as properties: the page's policy forbids style attributes.

/** A chip in a system's colour. */
export const chip = (color: string | null): TemplateResult =>
  html`<i class="chip" .style=${`background: ${color ?? 'var(--muted)'}`} aria-hidden="true"></i>`;

/** A bar of a share, 0–100 %, with a mark at the limit. */
export const bar = (percent: number, limitPercent: number): TemplateResult =>
  html`<span class="bar" aria-hidden="true"
    ><i class="fill" .style=${`width: ${Math.min(100, Math.max(0, percent))}%`}></i
    ><i class="mark" .style=${`left: ${limitPercent}%`}></i
  ></span>`;

/** Where a plot is drawn; it fills it. */
export const plotCanvas = (title: string): HTMLElement =>
  elementOf(
    html`<div class="canvas" tabindex="0" role="group" aria-label="${title}; arrow keys read values"></div>`,
  );
