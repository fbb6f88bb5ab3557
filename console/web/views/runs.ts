import { html, type TemplateResult } from 'lit-html';
import type { Live } from '../feed.ts';
import type { Place } from '../location.ts';
import { noRuns, runRows } from './parts.ts';

/** Load tests and drills that have ended, the newest first. */
export function runsView({ feed }: Live, place: Place): TemplateResult {
  const { runs = [], stage } = feed;
  return html`
    <h1>Runs</h1>
    <p class="muted">
      Finished load tests and drills, newest first. Each opens its report, which is also saved as report.html
      in its folder.
    </p>
    ${runs.length === 0 ? noRuns(stage) : runRows(runs, place)}
  `;
}
