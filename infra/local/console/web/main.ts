import type { DashboardView, RunReport } from '../wire.ts';
import { h, render } from './dom.ts';
import { ask, listen, type Live } from './feed.ts';
import { hrefOf, readPlace, type Place } from './location.ts';
import { onThemeChange, readTheme } from './plot/theme.ts';
import type { TimePlot } from './plot/timePlot.ts';
import { alarmsView } from './views/alarms.ts';
import { DashboardPage, type Range } from './views/dashboard.ts';
import { header } from './views/header.ts';
import { overview } from './views/overview.ts';
import { empty } from './views/parts.ts';
import { reportView } from './views/report.ts';
import { drawRunPlots } from './views/runPlots.ts';
import { runsView } from './views/runs.ts';

/** Metrics live so long. */
const retentionMs = 3 * 3_600_000;

/** The page: what it shows follows from its address and from what the stage tells. */
class Console {
  readonly #header = document.querySelector<HTMLElement>('#header')!;
  readonly #main = document.querySelector<HTMLElement>('#main')!;
  #live: Live = { feed: {}, connected: false, clockOffsetMs: 0 };
  #place: Place = readPlace(location.hash);
  #dashboards: DashboardView[] = [];
  #page: { name: string; page: DashboardPage } | null = null;
  #report: { id: string; report: RunReport | null; plots: TimePlot[] } | null = null;
  /** Where the range stands still, or null. */
  #pausedAtMs: number | null = null;
  #updating = false;
  /** What is shown has changed while it was being fetched. */
  #updateAgain = false;

  start(): void {
    addEventListener('hashchange', () => this.#go());
    addEventListener('click', (event) => this.#onClick(event));
    onThemeChange(() => this.#onThemeChange());
    listen((live) => {
      // A stage that came back may be another one, with other dashboards.
      const isNew = live.connected && live.feed.stage?.startedMs !== this.#live.feed.stage?.startedMs;
      this.#live = live;
      if (isNew) void this.#loadDashboards();
      else this.#show();
    });
  }

  async #loadDashboards(): Promise<void> {
    this.#dashboards = await ask<DashboardView[]>('/api/dashboards');
    this.#leavePage();
    this.#show();
  }

  #go(): void {
    const before = this.#place;
    this.#place = readPlace(location.hash);
    this.#show();
    if (before.path === this.#place.path) return;
    scrollTo(0, 0);
    this.#main.focus({ preventScroll: true });
  }

  #move(change: Partial<Place>): void {
    location.hash = hrefOf({ ...this.#place, ...change });
  }

  #nowMs(): number {
    return Date.now() + this.#live.clockOffsetMs;
  }

  #show(): void {
    const { path } = this.#place;
    const nowMs = this.#nowMs();
    render(
      this.#header,
      ...header({
        live: this.#live,
        place: this.#place,
        dashboards: this.#dashboards,
        paused: this.#pausedAtMs !== null,
        nowMs,
      }),
    );
    const count = this.#live.feed.alarms?.filter(({ state }) => state === 'ALARM').length ?? 0;
    document.title = count > 0 ? `(${count} in alarm) Headroom` : 'Headroom';
    if (!path.startsWith('dashboard')) this.#leavePage();
    if (!path.startsWith('runs/')) this.#leaveReport();
    if (path.startsWith('dashboard')) return void this.#showDashboard();
    if (path.startsWith('runs/')) return void this.#showReport(path.slice('runs/'.length));
    const views: Record<string, () => HTMLElement[]> = {
      overview: () => overview(this.#live, this.#place, nowMs),
      alarms: () => alarmsView(this.#live, this.#place, nowMs),
      runs: () => runsView(this.#live, this.#place),
    };
    const view = views[path] ?? (() => [empty('There is no such page.')]);
    render(this.#main, h('div', { id: path }, ...view()));
  }

  async #showDashboard(): Promise<void> {
    const wanted = this.#place.path.split('/')[1] ?? this.#dashboards[0]?.name ?? '';
    const dashboard = this.#dashboards.find(({ name }) => name === wanted);
    if (!dashboard) {
      return render(
        this.#main,
        empty(this.#dashboards.length > 0 ? `There is no dashboard "${wanted}".` : 'Waiting for the stage.'),
      );
    }
    if (this.#page?.name !== wanted) {
      this.#leavePage();
      const page = new DashboardPage(dashboard, ({ fromMs, toMs }) => this.#move({ zoom: { fromMs, toMs } }));
      this.#page = { name: wanted, page };
      this.#main.replaceChildren(h('h1', { class: 'visually-hidden' }, dashboard.title), page.element);
    }
    this.#page.page.bringOut(this.#place);
    this.#updateAgain = this.#updating;
    if (this.#updating) return;
    this.#updating = true;
    try {
      await this.#page.page.update(this.#live, this.#range(), this.#place);
    } catch {
      // The stage is away; the header says so, and the next event tries again.
    } finally {
      this.#updating = false;
    }
    if (this.#updateAgain) this.#show();
  }

  /** In steps that can be seen: a plot is not drawn anew for less than a pixel. */
  #range(): Range {
    const { zoom, rangeMinutes } = this.#place;
    if (zoom) return zoom;
    const lengthMs = rangeMinutes * 60_000;
    const stepMs = lengthMs / 1_200;
    const toMs = Math.ceil((this.#pausedAtMs ?? this.#nowMs()) / stepMs) * stepMs;
    return { fromMs: toMs - lengthMs, toMs };
  }

  async #showReport(id: string): Promise<void> {
    if (this.#report?.id === id) return;
    this.#leaveReport();
    const current = { id, report: null as RunReport | null, plots: [] as TimePlot[] };
    this.#report = current;
    current.report = await ask<RunReport>(`/api/run?id=${encodeURIComponent(id)}`).catch(() => null);
    if (this.#report === current) this.#drawReport();
  }

  #drawReport(): void {
    const current = this.#report;
    if (!current?.report) return render(this.#main, empty('There is no such run.'));
    const dashboard = this.#dashboards[0]?.name ?? null;
    const nowMs = this.#nowMs();
    const dataSinceMs = Math.max(nowMs - retentionMs, this.#live.feed.stage?.startedMs ?? nowMs);
    render(
      this.#main,
      h(
        'div',
        { id: 'report' },
        ...reportView(current.report, dashboard, this.#place, { nowMs, dataSinceMs }),
      ),
    );
    const host = this.#main.querySelector<HTMLElement>('#run-plots');
    const colors = new Map(
      (this.#live.feed.systems ?? []).flatMap(({ name, color }) => (color === null ? [] : [[name, color]])),
    );
    for (const plot of current.plots) plot.destroy();
    current.plots =
      host && current.report.run ? drawRunPlots(host, current.report.run, colors, readTheme()) : [];
  }

  #leavePage(): void {
    this.#page?.page.destroy();
    this.#page = null;
  }

  #leaveReport(): void {
    for (const plot of this.#report?.plots ?? []) plot.destroy();
    this.#report = null;
  }

  #onThemeChange(): void {
    this.#page?.page.changeTheme();
    if (this.#report?.report) this.#drawReport();
  }

  #onClick(event: Event): void {
    const target = event.target instanceof Element ? event.target : null;
    const line = target?.closest<HTMLElement>('.legend [data-system]')?.dataset['system'];
    const action = target?.closest<HTMLElement>('[data-action]')?.dataset['action'];
    const [what, value = ''] = (line === undefined ? (action ?? '') : `system:${line}`).split(/:(.*)/s);
    if (what === 'range') {
      this.#pausedAtMs = null;
      this.#move({ rangeMinutes: Number(value), zoom: null });
    } else if (what === 'live') {
      this.#pausedAtMs = null;
      this.#move({ zoom: null });
    } else if (what === 'pause') {
      this.#pausedAtMs = this.#pausedAtMs === null ? this.#nowMs() : null;
    } else if (what === 'system') {
      this.#move({ system: this.#place.system === value ? null : value });
    } else {
      return;
    }
    this.#show();
  }
}

new Console().start();
