import './language.ts';
import type { RunReport } from '../wire.ts';
import { show } from './dom.ts';
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
const surroundings = { dashboard: null, place: null, colors, nowMs: Infinity, dataSinceMs: Infinity };
show(main, reportView(content.reports, surroundings));

let plots: { destroy(): void }[] = [];
function draw(): void {
  for (const plot of plots) plot.destroy();
  const theme = readTheme();
  plots = content.reports.flatMap(({ run, summary }) => {
    const figures = [...main.querySelectorAll<HTMLElement>('.figures')];
    const own = figures.find(({ dataset }) => dataset['run'] === summary.id);
    const host = own?.querySelector<HTMLElement>('.run-plots');
    return host && run ? drawRunPlots(host, run, colors, theme) : [];
  });
}
draw();
onThemeChange(draw);
