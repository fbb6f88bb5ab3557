import { h } from '../dom.ts';
import type { Live } from '../feed.ts';
import type { Place } from '../location.ts';
import { empty, runRow } from './parts.ts';

/** Load tests and drills that have ended, the newest first. */
export function runsView({ feed }: Live, place: Place): HTMLElement[] {
  const { runs = [] } = feed;
  return [
    h('h1', {}, 'Runs'),
    runs.length === 0
      ? empty('No load test or drill yet. In another terminal: npx headroom load peak')
      : h(
          'ul',
          { class: 'rows' },
          runs.map((run) => runRow(run, place)),
        ),
  ];
}
