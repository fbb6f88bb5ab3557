import { rehearsalNote } from '../../../monitoring/rehearsal.ts';
import type { SignalView, SystemView } from '../../wire.ts';
import { bar, chip, h } from '../dom.ts';
import type { Live } from '../feed.ts';
import { duration, number, percent as percentText } from '../format.ts';
import { hrefOf, type Place } from '../location.ts';
import { alarmLine, empty, runRow, stateBadge } from './parts.ts';

const shownRuns = 6;
const shownAlarms = 10;

/** What somebody who was woken wants to see first: what is wrong, where, and what was being done. */
export function overview({ feed }: Live, place: Place, nowMs: number): HTMLElement[] {
  const { alarms = [], systems = [], runs = [], stage } = feed;
  const wrong = alarms.filter(({ state }) => state === 'ALARM');
  return [
    h('h1', { class: 'visually-hidden' }, 'Status'),
    h(
      'section',
      { id: 'overview-alarms' },
      h('h2', {}, 'Alarms'),
      wrong.length > 0
        ? h(
            'ul',
            { class: 'rows lines' },
            wrong.slice(0, shownAlarms).map((alarm) => alarmLine(alarm, place, nowMs)),
          )
        : quiet(alarms.length, alarms.filter(({ state }) => state === 'INSUFFICIENT_DATA').length, place),
      wrong.length > shownAlarms &&
        h('p', {}, h('a', { href: hrefOf({ ...place, path: 'alarms' }) }, `All ${wrong.length} in alarm`)),
    ),
    h(
      'section',
      { id: 'overview-systems' },
      h(
        'h2',
        {},
        'Systems',
        stage &&
          h(
            'span',
            { class: 'muted note' },
            `use of each capacity in the newest ${stage.periodSeconds} s, limit marked`,
          ),
      ),
      systemsTable(systems, place),
    ),
    h(
      'section',
      { id: 'overview-runs' },
      h('h2', {}, 'Last runs'),
      runs.length === 0
        ? empty('No load test or drill yet. In another terminal: npx headroom load peak')
        : h(
            'ul',
            { class: 'rows' },
            runs.slice(0, shownRuns).map((run) => runRow(run, place)),
          ),
      runs.length > shownRuns &&
        h('p', {}, h('a', { href: hrefOf({ ...place, path: 'runs' }) }, `All ${runs.length} runs`)),
    ),
    h(
      'p',
      { class: 'muted' },
      stage ? `Stage "${stage.stage}" on this machine, up for ${duration(nowMs - stage.startedMs)}. ` : '',
      rehearsalNote,
    ),
  ];
}

function quiet(count: number, withoutData: number, place: Place): HTMLElement {
  const rest =
    withoutData === 0 ? 'all of them ok' : `${count - withoutData} ok, ${withoutData} without data`;
  return h(
    'p',
    { class: 'quiet' },
    h('strong', {}, 'Nothing is in alarm. '),
    `${count} alarms are watching, ${rest}. `,
    h('a', { href: hrefOf({ ...place, path: 'alarms' }) }, 'All alarms'),
  );
}

function systemsTable(systems: readonly SystemView[], place: Place): HTMLElement {
  const titles = systems[0]?.signals ?? [];
  return h(
    'table',
    { class: 'systems' },
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('th', { scope: 'col' }, 'System'),
        h('th', { scope: 'col' }, 'State'),
        h('th', { scope: 'col', class: 'figure' }, 'Requests a second'),
        titles.map(({ title }) => h('th', { scope: 'col', class: 'figure' }, title)),
      ),
    ),
    h(
      'tbody',
      {},
      systems.map((system) => systemRow(system, place)),
    ),
  );
}

function systemRow(system: SystemView, place: Place): HTMLElement {
  const { name, color, state, requestsPerSecond, expectedRequestsPerSecond } = system;
  return h(
    'tr',
    { id: `system-${name}`, class: state.toLowerCase() },
    h(
      'th',
      { scope: 'row' },
      chip(color),
      h('a', { href: hrefOf({ ...place, path: 'dashboard', system: name }) }, name),
    ),
    h('td', {}, stateBadge(state)),
    h(
      'td',
      { class: 'figure', 'data-title': 'Requests a second' },
      h('span', {}, requestsPerSecond === null ? '–' : number(requestsPerSecond)),
      h('span', { class: 'muted' }, ` of ${number(expectedRequestsPerSecond)}`),
    ),
    system.signals.map(signalCell),
  );
}

function signalCell({ title, percent, limitPercent }: SignalView): HTMLElement {
  const isOver = percent !== null && percent >= limitPercent;
  const state = percent === null ? 'none' : isOver ? 'over' : '';
  // A limit of 1 % would be invisible on a bar of 100 %: there, the bar ends at twice the limit.
  const full = limitPercent < 20 ? 2 * limitPercent : 100;
  return h(
    'td',
    { class: `figure ${state}`, 'data-title': title, title: `limit ${percentText(limitPercent)}` },
    h('span', {}, percent === null ? '–' : percentText(percent)),
    isOver && h('span', { class: 'visually-hidden' }, ', over the limit'),
    bar((100 * (percent ?? 0)) / full, (100 * limitPercent) / full),
  );
}
