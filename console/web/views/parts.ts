import type { AlarmState, AlarmView, Outcome, RunningView, RunSummary } from '../../wire.ts';
import { h } from '../dom.ts';
import { dateTime, duration, time } from '../format.ts';
import { hrefOf, type Place } from '../location.ts';

const stateWords: Record<AlarmState, string> = { ALARM: 'in alarm', OK: 'ok', INSUFFICIENT_DATA: 'no data' };

/** A state by colour, sign and word. */
export const stateBadge = (state: AlarmState): HTMLElement =>
  h('span', { class: `badge ${state.toLowerCase()}` }, stateWords[state]);

const outcomeWords: Record<Outcome, string> = {
  passed: 'passed',
  failed: 'failed',
  inconclusive: 'inconclusive',
  interrupted: 'interrupted',
  notJudged: 'not judged',
  answered: 'answered',
  unreadable: 'unreadable',
};

export const kindWords: Record<RunningView['kind'], string> = { load: 'Load test', drill: 'Drill' };

/** When a run was, and how long it took where that is known. */
const timeOf = ({ startMs, endMs }: RunSummary): string =>
  endMs > startMs ? `${dateTime(startMs)}, ${duration(endMs - startMs)}` : dateTime(startMs);

export const outcomeBadge = (outcome: Outcome): HTMLElement =>
  h('span', { class: `badge ${outcome.toLowerCase()}` }, outcomeWords[outcome]);

const runbookHref = (alarm: AlarmView): string =>
  `/runbooks/${alarm.runbook ?? ''}${alarm.system === null ? '' : `?system=${alarm.system}`}`;

/** What keeps a composite from telling anybody, as a badge with its explanation. */
const heldBackBadge = ({ composite, state }: AlarmView): HTMLElement | false => {
  if (!composite?.heldBack || state !== 'ALARM') return false;
  const { why, by } = composite.heldBack;
  const [text, explanation] = {
    Alarm: [`held back by “${by}”`, 'which is in alarm and tells in its stead'],
    WaitPeriod: [`waits for “${by}”`, 'which may be about to tell in its stead'],
    ExtensionPeriod: [
      `held back after “${by}”`,
      'which is just over: what it dragged along may clear by itself',
    ],
  }[why];
  return h('span', { class: 'badge held', title: explanation }, text);
};

/** Why it is in its state: of a composite what it is made of, for CloudWatch names only what changed last. */
function reasonOf({ composite, reason, state }: AlarmView): string {
  if (!composite || state === 'INSUFFICIENT_DATA') return reason;
  const { causes, of } = composite;
  if (state === 'ALARM') return causes.length > 0 ? `because of ${causes.join('; ')}` : reason;
  if (causes.length > 0) return `${causes.join('; ')} alone is not enough`;
  return of === 1 ? 'its one cause is not in alarm' : `none of its ${of} causes is in alarm`;
}

/** An alarm in one line, where several must be taken in at once. */
export const alarmLine = (alarm: AlarmView, place: Place, nowMs: number): HTMLElement =>
  h(
    'li',
    { id: `alarm-${alarm.name}` },
    stateBadge(alarm.state),
    h('strong', {}, alarm.system === null ? alarm.title : `${alarm.system}: ${alarm.title}`),
    h(
      'span',
      { class: 'muted', title: `since ${time(alarm.sinceMs)} UTC` },
      `for ${duration(nowMs - alarm.sinceMs)}`,
    ),
    heldBackBadge(alarm),
    h('span', { class: 'reason', title: alarm.reason }, reasonOf(alarm)),
    links(alarm, place),
  );

function links(alarm: AlarmView, place: Place): HTMLElement {
  const { dashboard, runbook, system } = alarm;
  return h(
    'span',
    { class: 'links', 'data-key': 'links' },
    dashboard !== null &&
      h('a', { href: hrefOf({ ...place, path: `dashboard/${dashboard}`, system, zoom: null }) }, 'Dashboard'),
    runbook !== null && h('a', { href: runbookHref(alarm), target: '_blank' }, 'Runbook'),
  );
}

export function alarmCard(alarm: AlarmView, place: Place, nowMs: number): HTMLElement {
  return h(
    'li',
    { id: `alarm-${alarm.name}`, class: alarm.state.toLowerCase() },
    h(
      'div',
      { class: 'head' },
      stateBadge(alarm.state),
      h('strong', {}, alarm.system === null ? alarm.title : `${alarm.system}: ${alarm.title}`),
      h(
        'span',
        { class: 'muted', title: `${dateTime(alarm.sinceMs)} UTC` },
        `for ${duration(nowMs - alarm.sinceMs)}, since ${time(alarm.sinceMs)}`,
      ),
      heldBackBadge(alarm),
      links(alarm, place),
    ),
    h('p', {}, reasonOf(alarm)),
    alarm.state === 'ALARM' && h('p', { class: 'muted' }, alarm.meaning),
  );
}

/** What runs now, as one line with how far it is. */
export function runningLine(running: RunningView, nowMs: number): HTMLElement {
  const { kind, name, startedMs, plannedSeconds, faults } = running;
  const elapsed = nowMs - startedMs;
  const fault = faults.find(({ endMs }) => endMs === null);
  return h(
    'li',
    { class: fault ? 'running fault' : 'running' },
    h('span', { class: 'pulse', 'aria-hidden': 'true' }),
    h('strong', {}, `${kindWords[kind]} ${name}`),
    h('span', {}, phase(elapsed, plannedSeconds, faults)),
  );
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

export function runRow(run: RunSummary, place: Place): HTMLElement {
  const link = h('a', { href: hrefOf({ ...place, path: `runs/${run.id}`, zoom: null }) }, run.name);
  return h(
    'li',
    { id: `run-${run.id}`, class: 'run' },
    outcomeBadge(run.outcome),
    h(
      'span',
      { class: 'what' },
      link,
      run.kind !== null && h('span', { class: 'muted' }, kindWords[run.kind].toLowerCase()),
    ),
    h('span', { class: 'muted when' }, timeOf(run)),
    run.place !== null &&
      run.place !== 'local' &&
      h('span', { class: 'badge' }, `${run.stage} on ${run.place}`),
    h('p', { class: 'headline' }, run.headline),
  );
}

export const empty = (text: string): HTMLElement => h('p', { class: 'empty' }, text);
