import type { AlarmView } from '../../wire.ts';
import { h } from '../dom.ts';
import type { Live } from '../feed.ts';
import { duration } from '../format.ts';
import { hrefOf, type Place } from '../location.ts';
import { alarmCard, empty } from './parts.ts';

/** Every alarm, those that went off first. */
export function alarmsView({ feed }: Live, place: Place, nowMs: number): HTMLElement[] {
  const { alarms = [] } = feed;
  const { system } = place;
  const shown = alarms.filter((alarm) => system === null || alarm.system === system);
  const count = (state: string): number => shown.filter((alarm) => alarm.state === state).length;
  return [
    h(
      'h1',
      {},
      'Alarms',
      h(
        'span',
        { class: 'muted note' },
        `${count('ALARM')} in alarm, ${count('OK')} ok, ${count('INSUFFICIENT_DATA')} without data`,
      ),
    ),
    ...(system === null
      ? []
      : [
          h(
            'p',
            {},
            `Those of ${system}. `,
            h('a', { href: hrefOf({ ...place, system: null }) }, 'Of all systems'),
          ),
        ]),
    shown.length === 0
      ? empty('The stage has no alarm here.')
      : h(
          'ul',
          { class: 'cards' },
          shown.map((alarm) => alarmCard(alarm, place, nowMs)),
        ),
  ];
}

/** How long alarms have been in their states, as it is written: what changes by itself on this page. */
export const agesOf = (alarms: readonly AlarmView[], nowMs: number): string =>
  alarms.map(({ sinceMs }) => duration(nowMs - sinceMs)).join();
