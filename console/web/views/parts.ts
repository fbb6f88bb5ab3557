import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { AlarmState, AlarmView, Outcome, RunningView, RunSummary, StageInfo } from '../../wire.ts';
import { dateTime, duration, time } from '../format.ts';
import { hrefOf, type Place } from '../location.ts';

const stateWords: Record<AlarmState, string> = { ALARM: 'in alarm', OK: 'ok', INSUFFICIENT_DATA: 'no data' };

/** By colour, sign and word. */
export const badge = (kind: string, text = kind): TemplateResult =>
  html`<span class="badge ${kind.toLowerCase()}">${text}</span>`;

export const stateBadge = (state: AlarmState): TemplateResult => badge(state, stateWords[state]);

const outcomeWords: Record<Outcome, string> = {
  passed: 'passed',
  failed: 'failed',
  inconclusive: 'inconclusive',
  interrupted: 'interrupted',
  notJudged: 'not judged',
  answered: 'answered',
  unreadable: 'unreadable',
};

const kindWords: Record<RunningView['kind'], string> = { load: 'Load test', drill: 'Drill' };

/** `Load test peak`; of a run whose kind no record tells `Run` and its name. */
export const runTitle = ({ kind, name }: Pick<RunSummary, 'kind' | 'name'>): string =>
  `${kind === null ? 'Run' : kindWords[kind]} ${name}`;

/** When a run was, and how long it took where that is known. */
const timeOf = ({ startMs, endMs }: RunSummary): string =>
  endMs > startMs ? `${dateTime(startMs)}, ${duration(endMs - startMs)}` : dateTime(startMs);

export const outcomeBadge = (outcome: Outcome): TemplateResult => badge(outcome, outcomeWords[outcome]);

const runbookHref = (alarm: AlarmView): string =>
  `/runbooks/${alarm.runbook ?? ''}${alarm.system === null ? '' : `?system=${alarm.system}`}`;

/** What keeps a composite from telling anybody, as a badge with its explanation. */
const heldBackBadge = ({ composite, state }: AlarmView): TemplateResult | typeof nothing => {
  if (!composite?.heldBack || state !== 'ALARM') return nothing;
  const { why, by } = composite.heldBack;
  const [text, explanation] = {
    Alarm: [`suppressed by “${by}”`, 'which is in alarm and notifies instead'],
    WaitPeriod: [`waits for “${by}”`, 'which may be about to notify instead'],
    ExtensionPeriod: [
      `suppressed after “${by}”`,
      'which has just ended: its side effects may clear by themselves',
    ],
  }[why];
  return html`<span class="badge held" title=${explanation}>${text}</span>`;
};

/**
 * Why it is in its state: of a composite what it is made of, for CloudWatch names only what changed last; of a metric
 * what its alarm means, where CloudWatch counts datapoints.
 */
export function reasonOf({ composite, reason, state, meaning, system }: AlarmView): string {
  if (!composite && state === 'ALARM') return system === null ? meaning : meaning.replace(`${system}: `, '');
  if (!composite || state === 'INSUFFICIENT_DATA') return reason;
  const { causes, of } = composite;
  if (state === 'ALARM') return causes.length > 0 ? `because of ${causes.join('; ')}` : reason;
  if (causes.length > 0) return `${causes.join('; ')} alone is not enough`;
  return of === 1 ? 'its one cause is not in alarm' : `none of its ${of} causes is in alarm`;
}

/** An alarm in one line, where several must be taken in at once. */
const alarmLine = (alarm: AlarmView, place: Place, nowMs: number): TemplateResult =>
  html`<li id="alarm-${alarm.name}">
    ${stateBadge(alarm.state)}
    <strong>${nameOf(alarm)}</strong>
    <span class="muted" title="since ${time(alarm.sinceMs)} UTC">for ${duration(nowMs - alarm.sinceMs)}</span>
    ${heldBackBadge(alarm)}
    <span class="reason" title=${alarm.reason}>${isPlainlyOk(alarm) ? nothing : reasonOf(alarm)}</span>
    ${alarmLinks(alarm, place)}
  </li>`;

/** Of what is below its limit the datapoints say nothing that is worth a line. */
const isPlainlyOk = ({ composite, state }: AlarmView): boolean => !composite && state === 'OK';

export const alarmLines = (alarms: readonly AlarmView[], place: Place, nowMs: number): TemplateResult =>
  html`${repeat(
    alarms,
    ({ name }) => name,
    (alarm) => alarmLine(alarm, place, nowMs),
  )}`;

export const nameOf = ({ system, title }: AlarmView): string =>
  system === null ? title : `${system}: ${title}`;

export function alarmLinks(alarm: AlarmView, place: Place): TemplateResult {
  const { dashboard, runbook, system } = alarm;
  const onDashboard = { ...place, path: `dashboard/${dashboard}`, system, zoom: null };
  return html`<span class="links">
    ${dashboard === null ? nothing : html`<a href=${hrefOf(onDashboard)}>Dashboard</a>`}
    ${runbook === null ? nothing : html`<a href=${runbookHref(alarm)} target="_blank">Runbook</a>`}
  </span>`;
}

export const alarmCard = (alarm: AlarmView, place: Place, nowMs: number): TemplateResult =>
  html`<li id="alarm-${alarm.name}" class=${alarm.state.toLowerCase()}>
    <div class="head">
      ${stateBadge(alarm.state)}
      <strong>${nameOf(alarm)}</strong>
      <span class="muted" title="${dateTime(alarm.sinceMs)} UTC"
        >for ${duration(nowMs - alarm.sinceMs)}, since ${time(alarm.sinceMs)}</span
      >
      ${heldBackBadge(alarm)} ${alarmLinks(alarm, place)}
    </div>
    <p>${reasonOf(alarm)}</p>
    ${alarm.state === 'ALARM' ? html`<p class="muted">${alarm.composite ? alarm.meaning : alarm.reason}</p>` : nothing}
  </li>`;

/** @param card of one, such as `alarmCard` */
export const alarmCards = (
  alarms: readonly AlarmView[],
  card: (alarm: AlarmView) => TemplateResult,
): TemplateResult =>
  html`<ul class="cards">
    ${repeat(alarms, ({ name }) => name, card)}
  </ul>`;

/** What runs now, as one line with how far it is. */
export function runningLine(running: RunningView, nowMs: number): TemplateResult {
  const { startedMs, plannedSeconds, faults } = running;
  const elapsed = nowMs - startedMs;
  const fault = faults.find(({ endMs }) => endMs === null);
  return html`<li class=${fault ? 'running fault' : 'running'}>
    <span class="pulse" aria-hidden="true"></span>
    <strong>${runTitle(running)}</strong>
    <span>${phase(elapsed, plannedSeconds, faults)}</span>
  </li>`;
}

function phase(
  elapsedMs: number,
  planned: RunningView['plannedSeconds'],
  faults: RunningView['faults'],
): string {
  const [last] = faults.slice(-1);
  if (last)
    return last.endMs === null
      ? `fault in place since ${time(last.startMs)}`
      : `restored at ${time(last.endMs)}, recovering`;
  if (!planned || planned.ramp + planned.hold === 0) return `for ${duration(elapsedMs)}`;
  const seconds = elapsedMs / 1_000;
  if (seconds < planned.ramp) return `ramp, ${duration(elapsedMs)} of ${planned.ramp} s`;
  const over = Math.round(seconds - planned.ramp - planned.hold);
  // A spike goes on after its hold; others end with it.
  if (over > 1) return `after the ${planned.hold === 0 ? 'ramp' : 'hold'}, ${over} s`;
  const held = Math.min(planned.hold, Math.round(seconds - planned.ramp));
  return `hold, ${held} s of ${planned.hold} s`;
}

export const runRows = (runs: readonly RunSummary[], place: Place): TemplateResult =>
  html`<ul class="rows">
    ${repeat(
      runs,
      ({ id }) => id,
      (run) => runRow(run, place),
    )}
  </ul>`;

function runRow(run: RunSummary, place: Place): TemplateResult {
  const { id, name, kind } = run;
  return html`<li id="run-${id}" class="run">
    ${outcomeBadge(run.outcome)}
    <span class="what"
      ><a href=${hrefOf({ ...place, path: `runs/${id}`, zoom: null })}>${name}</a>${
        kind === null ? nothing : html`<span class="muted">${kindWords[kind].toLowerCase()}</span>`
      }</span
    >
    <span class="muted when">${timeOf(run)}</span>
    ${
      run.place === null || run.place === 'local'
        ? nothing
        : html`<span class="badge">${run.stage} on ${run.place}</span>`
    }
    <p class="headline">${run.headline}</p>
  </li>`;
}

/** The way to the whole of a list, where only the first are shown. */
export const linkToAll = (
  place: Place,
  { shown, of, what = '' }: { shown: number; of: number; what?: string },
): TemplateResult | typeof nothing =>
  shown < of ? html`<p><a href=${hrefOf({ ...place, all: true })}>All ${of}${what}</a></p>` : nothing;

/** A section's heading, and beside it what must be known of it. */
export const heading = (title: string, note?: string): TemplateResult =>
  html`<h2>${title}${note === undefined ? nothing : html`<span class="muted note">${note}</span>`}</h2>`;

export const empty = (text: string): TemplateResult => html`<p class="empty">${text}</p>`;

/** What to do where there is no run; of a stage that has not said what it is, not how. */
export const noRuns = (stage: StageInfo | undefined): TemplateResult =>
  empty(
    `No load test or drill yet.${stage ? ` In another terminal: npx headroom load ${stage.evidenceProfile}` : ''}`,
  );

/** What a mark of a chart means, beside the mark. */
export const keyed = (mark: string, meaning: string): TemplateResult =>
  html`<span><span class="key ${mark}"></span>${meaning}</span>`;
