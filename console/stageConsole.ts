import type { ObservedStage } from '../local/observedStage.ts';
import { knownAlarms, type KnownAlarm } from '../monitoring/alarms/knownAlarms.ts';
import { SeriesList } from './dashboards/series.ts';
import { SeriesReader } from './dashboards/seriesReader.ts';
import { dashboardView } from './dashboards/view.ts';
import { runbookCommands } from './runbooks.ts';
import { RunArchive } from './runs/archive.ts';
import { alarmViews, systemViews } from './stageView.ts';
import type { AlarmView, DashboardView, Feed, SeriesValues } from './wire.ts';

interface Board {
  body: string;
  view: DashboardView;
  series: SeriesList;
}

/** What the console knows of the stage. It only reads. */
export class StageConsole {
  readonly runs: RunArchive;
  readonly #stage: ObservedStage;
  readonly #reader: SeriesReader;
  readonly #knownAlarms: ReadonlyMap<string, KnownAlarm>;
  readonly #boards = new Map<string, Board>();
  /** Of runbooks, which do not change while the stage runs. */
  readonly #commands = new Map<string, Promise<string[]>>();

  readonly #evidenceProfile: string;

  /** @param evidenceProfile of the stage's service */
  constructor(stage: ObservedStage, evidenceProfile: string) {
    this.#stage = stage;
    this.#evidenceProfile = evidenceProfile;
    const { info, systems } = stage;
    this.#knownAlarms = knownAlarms(info.stage, systems, info.periodSeconds);
    this.#reader = new SeriesReader(stage.metrics, stage.info.startedMs);
    this.runs = new RunArchive(stage.stateDirectory);
  }

  get stage(): string {
    return this.#stage.info.stage;
  }

  dashboards(): DashboardView[] {
    return this.#allBoards().map(({ view }) => view);
  }

  /** A dashboard's series over a range; null when there is no such dashboard. */
  async series(name: string, range: { fromMs: number; toMs: number }): Promise<SeriesValues[] | null> {
    const board = this.#allBoards().find(({ view }) => view.name === name);
    if (!board) return null;
    return this.#reader.read(board.series.all(), range.fromMs, range.toMs, this.#stage.clock.now());
  }

  /** Everything that the feed tells. */
  async snapshot(): Promise<Feed> {
    const { info, systems, metrics, clock } = this.#stage;
    const alarms = await Promise.all(
      alarmViews(this.#stage.alarms, this.#knownAlarms).map((alarm) => this.#withCommands(alarm)),
    );
    const nowMs = clock.now();
    const colors = this.#colors();
    const [underWay, runs] = await Promise.all([this.runs.running(info.stage), this.runs.list()]);
    return {
      stage: { ...info, evidenceProfile: this.#evidenceProfile },
      tick: { nowMs },
      alarms,
      systems: systemViews({ systems, alarms, metrics, periodSeconds: info.periodSeconds, colors, nowMs }),
      ...underWay,
      runs,
    };
  }

  async #withCommands(alarm: AlarmView): Promise<AlarmView> {
    const { runbook, system, state, tells } = alarm;
    if (state !== 'ALARM' || !tells || runbook === null) return alarm;
    const key = `${runbook} ${system}`;
    let commands = this.#commands.get(key);
    if (!commands) {
      commands = runbookCommands(runbook, { stage: this.stage, system });
      this.#commands.set(key, commands);
    }
    return { ...alarm, commands: await commands };
  }

  /** A system's colour is that of the lines which carry its name. */
  #colors(): Map<string, string> {
    const lines = this.dashboards()
      .flatMap(({ widgets }) => widgets)
      .flatMap((widget) => (widget.kind === 'plot' ? widget.plot.lines : []));
    return new Map(lines.map(({ label, color }) => [label, color]));
  }

  #allBoards(): Board[] {
    return [...this.#stage.dashboards].map(([name, body]) => {
      const known = this.#boards.get(name);
      if (known?.body === body) return known;
      const series = new SeriesList();
      const view = this.#view(name, body, series);
      const board = { body, view, series };
      this.#boards.set(name, board);
      return board;
    });
  }

  #view(name: string, body: string, series: SeriesList): DashboardView {
    const { alarms, info } = this.#stage;
    const title = titleOf(name, info.stage);
    try {
      return dashboardView(name, title, body, { series, alarms });
    } catch (error) {
      const reason = `This dashboard is not drawn here: ${String(error)}`;
      const place = { x: 0, y: 0, width: 24, height: 4 };
      return { name, title, widgets: [{ ...place, title, kind: 'refused', reason }] };
    }
  }
}

/** `local-fleet-application` of the stage `local` is `Application`. */
function titleOf(name: string, stage: string): string {
  const short = name.replace(`${stage}-`, '').replace(/^fleet-/, '');
  return `${short.charAt(0).toUpperCase()}${short.slice(1)}`.replaceAll('-', ' ');
}
