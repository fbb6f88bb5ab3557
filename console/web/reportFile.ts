import type { RunReport } from '../wire.ts';
import { h } from './dom.ts';
import { onThemeChange, readTheme } from './plot/theme.ts';
import { reportView } from './views/report.ts';
import { drawRunPlots } from './views/runPlots.ts';

/** What the file holds beside this script. */
interface Content {
  reports: RunReport[];
  /** Colours by system. */
  colors: [string, string][];
}

const content = JSON.parse(document.querySelector('#content')?.textContent ?? '') as Content;
const colors = new Map(content.colors);
const main = document.querySelector('main')!;

const parts = content.reports.map((report) => ({
  report,
  element: h(
    'article',
    {},
    ...reportView(report, { dashboard: null, place: null, colors, nowMs: Infinity, dataSinceMs: Infinity }),
  ),
}));
main.replaceChildren(...parts.map(({ element }) => element));

let plots: { destroy(): void }[] = [];
function draw(): void {
  for (const plot of plots) plot.destroy();
  const theme = readTheme();
  plots = parts.flatMap(({ report: { run }, element }) => {
    const host = element.querySelector<HTMLElement>('#run-plots');
    return host && run ? drawRunPlots(host, run, colors, theme) : [];
  });
}
draw();
onThemeChange(draw);
