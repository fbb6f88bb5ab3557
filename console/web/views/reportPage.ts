import { html } from 'lit-html';
import type { DashboardView, RunReport } from '../../wire.ts';
import { elementOf, show } from '../dom.ts';
import { ask, type Live } from '../feed.ts';
import type { Place } from '../location.ts';
import { readTheme } from '../plot/theme.ts';
import type { TimePlot } from '../plot/timePlot.ts';
import { empty } from './parts.ts';
import { reportView } from './report.ts';
import { drawRunPlots } from './runPlots.ts';

/** Metrics live so long. */
const retentionMs = 3 * 3_600_000;

export interface ReportContext {
  live: Live;
  dashboards: readonly DashboardView[];
  place: Place;
  nowMs: number;
}

/** One run's report: fetched again when there is more of the run, a verdict above all. */
export class ReportPage {
  readonly id: string;
  readonly element = elementOf(html`<div id="report"></div>`);
  /** Null: there is no such run. */
  #report: RunReport | null = null;
  #plots: TimePlot[] = [];
  /** What the stage's list said of the run when it was fetched. */
  #fetched: string | null = null;
  #isFetching = false;
  #drawn: string | null = null;

  constructor(id: string) {
    this.id = id;
    show(this.element, empty('Waiting for the stage.'));
  }

  /** Shows what is known by now. */
  async update(context: ReportContext): Promise<void> {
    const { runs } = context.live.feed;
    if (!runs) return;
    const listed = JSON.stringify(runs.find(({ id }) => id === this.id) ?? null);
    if (this.#fetched !== listed && !(await this.#fetch(listed))) return;
    if (this.element.isConnected) this.#draw(context);
  }

  /** False while there is no answer, or another one is under way: the next event tries again. */
  async #fetch(listed: string): Promise<boolean> {
    if (this.#isFetching) return false;
    this.#isFetching = true;
    try {
      this.#report = await ask<RunReport>(`/api/run?id=${encodeURIComponent(this.id)}`);
      this.#fetched = listed;
      return true;
    } catch {
      // The stage is away; the header says so.
      return false;
    } finally {
      this.#isFetching = false;
    }
  }

  /** Draws everything anew, in the colours of the reader's system. */
  changeTheme(context: ReportContext): void {
    if (this.#drawn === null) return;
    this.#drawn = null;
    this.#draw(context);
  }

  destroy(): void {
    for (const plot of this.#plots) plot.destroy();
    this.#plots = [];
  }

  #draw({ live, dashboards, place, nowMs }: ReportContext): void {
    const { stage, systems = [] } = live.feed;
    const colors = new Map(systems.flatMap(({ name, color }) => (color === null ? [] : [[name, color]])));
    const dashboard = dashboards[0]?.name ?? null;
    const drawn = JSON.stringify([this.#fetched, [...colors], dashboard, stage?.startedMs, place]);
    if (this.#drawn === drawn) return;
    this.#drawn = drawn;
    this.destroy();
    const report = this.#report;
    if (!report) return show(this.element, empty('There is no such run.'));
    const dataSinceMs = Math.max(nowMs - retentionMs, stage?.startedMs ?? nowMs);
    show(this.element, reportView([report], { dashboard, place, colors, nowMs, dataSinceMs }));
    const host = this.element.querySelector<HTMLElement>('.run-plots');
    if (host && report.run) this.#plots = drawRunPlots(host, report.run, colors, readTheme());
  }
}
