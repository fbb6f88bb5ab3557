import './language.ts';
import { html, type TemplateResult } from 'lit-html';
import type { DashboardView } from '../wire.ts';
import { show } from './dom.ts';
import { ask, listen, type Live } from './feed.ts';
import { hrefOf, readPlace, type Place } from './location.ts';
import { onThemeChange } from './plot/theme.ts';
import { alarmsView } from './views/alarms.ts';
import { DashboardPage, type Range } from './views/dashboard.ts';
import { header, titleOf } from './views/header.ts';
import { overview } from './views/overview.ts';
import { empty } from './views/parts.ts';
import { onCallView } from './views/onCall.ts';
import { ReportPage, type ReportContext } from './views/reportPage.ts';
import { runsView } from './views/runs.ts';

/** The page: what it shows follows from its address and from what the stage tells. */
class Console {
  readonly #header = document.querySelector<HTMLElement>('#header')!;
  readonly #main = document.querySelector<HTMLElement>('#main')!;
  #live: Live = { feed: {}, connected: false, clockOffsetMs: 0 };
  #place: Place = readPlace(location.hash);
  #dashboards: DashboardView[] = [];
  #page: { name: string; page: DashboardPage } | null = null;
  #report: ReportPage | null = null;
  /** Where the range stands still, or null. */
  #pausedAtMs: number | null = null;
  #updating = false;
  /** What is shown has changed while it was being fetched. */
  #updateAgain = false;

  start(): void {
    addEventListener('hashchange', () => this.#go());
    addEventListener('click', (event) => this.#onClick(event));
    addEventListener('input', (event) => this.#onInput(event));
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
    this.#dashboards = (await ask<DashboardView[]>('/api/dashboards')) ?? [];
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
    const state = {
      live: this.#live,
      place: this.#place,
      dashboards: this.#dashboards,
      paused: this.#pausedAtMs !== null,
      nowMs,
    };
    show(this.#header, header(state));
    document.title = titleOf(state);
    if (!path.startsWith('dashboard')) this.#leavePage();
    if (!path.startsWith('runs/')) this.#leaveReport();
    if (path.startsWith('dashboard')) return void this.#showDashboard();
    if (path.startsWith('runs/')) return void this.#showReport(path.slice('runs/'.length));
    const views: Record<string, () => TemplateResult> = {
      overview: () => overview(this.#live, this.#place, nowMs),
      oncall: () => onCallView(this.#live, this.#place, nowMs),
      alarms: () => alarmsView(this.#live, this.#place, nowMs),
      runs: () => runsView(this.#live, this.#place),
    };
    const view = views[path] ?? (() => empty('There is no such page.'));
    show(this.#main, view());
  }

  async #showDashboard(): Promise<void> {
    const wanted = this.#place.path.split('/')[1] ?? this.#dashboards[0]?.name ?? '';
    const dashboard = this.#dashboards.find(({ name }) => name === wanted);
    if (!dashboard) {
      return show(
        this.#main,
        empty(this.#dashboards.length > 0 ? `There is no dashboard "${wanted}".` : 'Waiting for the stage.'),
      );
    }
    if (this.#page?.name !== wanted) {
      this.#leavePage();
      const page = new DashboardPage(dashboard, ({ fromMs, toMs }) => this.#move({ zoom: { fromMs, toMs } }));
      this.#page = { name: wanted, page };
    }
    const { page } = this.#page;
    show(
      this.#main,
      html`<h1 class="visually-hidden">${dashboard.title}</h1>
        <p class="muted">${explained(dashboard)}</p>
        ${page.element}`,
    );
    page.bringOut(this.#place);
    this.#updateAgain = this.#updating;
    if (this.#updating) return;
    this.#updating = true;
    try {
      await page.update(this.#live, this.#range(), this.#place);
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
    if (this.#report?.id !== id) {
      this.#leaveReport();
      this.#report = new ReportPage(id);
    }
    show(this.#main, this.#report.element);
    await this.#report.update(this.#reportContext());
  }

  #reportContext(): ReportContext {
    return {
      live: this.#live,
      dashboards: this.#dashboards,
      place: this.#place,
      nowMs: this.#nowMs(),
    };
  }

  #leavePage(): void {
    this.#page?.page.destroy();
    this.#page = null;
  }

  #leaveReport(): void {
    this.#report?.destroy();
    this.#report = null;
  }

  #onThemeChange(): void {
    this.#page?.page.changeTheme();
    this.#report?.changeTheme(this.#reportContext());
  }

  /** The search narrows what is listed; each letter is no page of its own to go back to. */
  #onInput({ target }: Event): void {
    if (!(target instanceof HTMLInputElement) || target.dataset['input'] !== 'find') return;
    this.#place = { ...this.#place, find: target.value };
    history.replaceState(null, '', hrefOf(this.#place));
    this.#show();
  }

  /** Copies the commands beside a button, and says so on it. */
  async #copy(target: Element | null): Promise<void> {
    const button = target?.closest<HTMLElement>('[data-action="copy"]');
    const text = button?.parentElement?.querySelector('code')?.textContent ?? '';
    if (!button) return;
    await navigator.clipboard.writeText(text);
    button.dataset['copied'] = 'true';
    setTimeout(() => delete button.dataset['copied'], 2_000);
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
    } else if (what === 'copy') {
      void this.#copy(target);
      return;
    } else if (what === 'content') {
      // The address says where the reader is: a link to a part of the page would lead away.
      event.preventDefault();
      this.#main.focus();
    } else {
      return;
    }
    this.#show();
  }
}

/** What a dashboard is for, in a line for whoever sees it for the first time. */
function explained({ title }: DashboardView): string {
  return title === 'Overview'
    ? 'The fleet as a whole: unhealthy hosts, the alarms that sum others up, and the systems that stand out.'
    : "Each metric across all systems, with its limit. Drag across a plot to zoom; click a system's name to " +
        'highlight it everywhere.';
}

new Console().start();
