import type { DashboardView } from '../../wire.ts';
import { chip, h } from '../dom.ts';
import type { Live } from '../feed.ts';
import { time } from '../format.ts';
import { hrefOf, rangesMinutes, type Place } from '../location.ts';
import { runningLine } from './parts.ts';

export interface HeaderState {
  live: Live;
  place: Place;
  dashboards: readonly DashboardView[];
  /** The range stands still. */
  paused: boolean;
  nowMs: number;
}

/** Where one is, how the stage is, and what runs on it; with the range where there are plots. */
export function header(state: HeaderState): HTMLElement[] {
  const { live, place, nowMs } = state;
  const { running = [], unreadable = [], stage } = live.feed;
  return [
    h(
      'div',
      { class: 'top' },
      h('a', { class: 'brand', href: hrefOf({ ...place, path: 'overview' }) }, 'Headroom'),
      h('span', { class: 'stage' }, stage?.stage ?? '…'),
      navigation(state),
      h(
        'span',
        { class: live.connected ? 'clock' : 'clock lost' },
        live.connected ? `${time(nowMs)} UTC` : 'no answer',
      ),
    ),
    // For who doesn't see the count: told as soon as it changes.
    h(
      'p',
      { id: 'told', class: 'visually-hidden', role: 'status' },
      stage ? `${countInAlarm(live)} in alarm` : '',
    ),
    ...(live.connected || !stage
      ? []
      : [
          h(
            'p',
            { id: 'away', class: 'warning', role: 'alert' },
            'The stage does not answer: what is shown is old. The page goes on when the stage is back: npx headroom up',
          ),
        ]),
    ...(running.length > 0
      ? [
          h(
            'ul',
            { id: 'now', class: 'now', 'aria-label': 'Running now' },
            running.map((one) => runningLine(one, nowMs)),
          ),
        ]
      : []),
    ...unreadable.map((problem, index) =>
      h('p', { id: `unreadable-${index}`, class: 'warning', role: 'alert' }, problem),
    ),
    ...(place.path.startsWith('dashboard') ? [toolbar(state)] : []),
  ];
}

const countInAlarm = ({ feed }: Live): number =>
  feed.alarms?.filter(({ state }) => state === 'ALARM').length ?? 0;

const hidden = (text: string): HTMLElement => h('span', { class: 'visually-hidden' }, text);

/** The page's title: what is in alarm first, for it is read in a row of tabs. */
export function titleOf({ live, place, dashboards }: HeaderState): string {
  const count = countInAlarm(live);
  const [kind = '', ...rest] = place.path.split('/');
  const name = rest.join('/');
  const dashboard = name === '' ? dashboards[0] : dashboards.find((one) => one.name === name);
  const run = live.feed.runs?.find(({ id }) => id === name);
  const titles: Record<string, string | undefined> = {
    dashboard: dashboard?.title,
    alarms: 'Alarms',
    runs: name === '' ? 'Runs' : run && `Run ${run.name}`,
  };
  const title = titles[kind];
  return `${count > 0 ? `(${count} in alarm) ` : ''}${title === undefined ? '' : `${title} – `}Headroom`;
}

function navigation({ live, place, dashboards }: HeaderState): HTMLElement {
  const current = place.path === 'dashboard' ? `dashboard/${dashboards[0]?.name}` : place.path;
  const count = countInAlarm(live);
  const link = (path: string, title: string, ...more: HTMLElement[]): HTMLElement =>
    h(
      'a',
      {
        href: hrefOf({ ...place, path }),
        'aria-current': (path === 'runs' ? current.startsWith(path) : current === path) && 'page',
      },
      title,
      ...more,
    );
  return h(
    'nav',
    { 'aria-label': 'Pages' },
    link('overview', 'Status'),
    dashboards.map(({ name, title }) => link(`dashboard/${name}`, title)),
    link(
      'alarms',
      'Alarms',
      ...(count > 0 ? [h('span', { class: 'count' }, String(count)), hidden(' in alarm')] : []),
    ),
    link('runs', 'Runs'),
  );
}

function toolbar({ live, place, paused }: HeaderState): HTMLElement {
  const { systems = [] } = live.feed;
  const button = (action: string, pressed: boolean, ...content: (Node | string)[]): HTMLElement =>
    h('button', { type: 'button', 'data-action': action, 'aria-pressed': String(pressed) }, ...content);
  return h(
    'div',
    { id: 'toolbar', class: 'toolbar' },
    h(
      'div',
      { class: 'group', role: 'group', 'aria-label': 'Range' },
      rangesMinutes.map((minutes) =>
        button(
          `range:${minutes}`,
          place.zoom === null && place.rangeMinutes === minutes,
          minutes < 60 ? `${minutes} min` : `${minutes / 60} h`,
        ),
      ),
    ),
    place.zoom
      ? h(
          'div',
          { class: 'group' },
          h('span', { class: 'zoom' }, `${time(place.zoom.fromMs)} – ${time(place.zoom.toMs)}`),
          button('live', false, 'Back to now'),
        )
      : button('pause', paused, paused ? 'Paused: go on' : 'Pause'),
    h(
      'div',
      { class: 'chips', role: 'group', 'aria-label': 'Bring a system out' },
      systems.map(({ name, color, state }) => {
        const own = button(`system:${name}`, place.system === name, chip(color), name);
        own.classList.add(state.toLowerCase());
        if (state === 'ALARM') own.append(hidden(' in alarm'));
        return own;
      }),
    ),
  );
}
