/** Colours of what is drawn on a canvas, from the page's style sheet. */
export interface Theme {
  text: string;
  muted: string;
  grid: string;
  surface: string;
  limit: string;
  load: string;
  fault: string;
}

export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string): string => style.getPropertyValue(name).trim();
  return {
    text: of('--text'),
    muted: of('--muted'),
    grid: of('--grid'),
    surface: of('--surface'),
    limit: of('--alarm'),
    load: of('--accent'),
    fault: of('--alarm'),
  };
}

/** Calls when the reader's system changes between light and dark. */
export const onThemeChange = (changed: () => void): void =>
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed);
