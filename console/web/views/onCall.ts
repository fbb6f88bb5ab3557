import { html, nothing, type TemplateResult } from 'lit-html';
import type { AlarmView } from '../../wire.ts';
import type { Live } from '../feed.ts';
import { dateTime, duration, time } from '../format.ts';
import type { Place } from '../location.ts';
import { alarmCards, alarmLines, alarmLinks, empty, heading, linkToAll, nameOf, reasonOf } from './parts.ts';
import { isFound } from './systemList.ts';

/** Cards that are drawn at once. */
const shownCards = 20;

/** For who was woken: what tells, since when, what is likely behind it, its runbook, and the first commands to copy. */
export function onCallView({ feed }: Live, place: Place, nowMs: number): TemplateResult {
  const alarms = (feed.alarms ?? []).filter(
    ({ state, system }) => state === 'ALARM' && isFound(system, place),
  );
  const isHeldBack = ({ composite }: AlarmView): boolean => (composite?.heldBack ?? null) !== null;
  const telling = alarms.filter((alarm) => alarm.tells && !isHeldBack(alarm));
  const quiet = alarms.filter((alarm) => !telling.includes(alarm));
  const most = place.all ? Infinity : shownCards;
  const shown = telling.slice(0, most);
  const shownQuiet = quiet.slice(0, most);
  return html`
    <h1>
      On call<span class="muted note"
        >${telling.length} ${telling.length === 1 ? 'alarm is' : 'alarms are'} notifying</span
      >
    </h1>
    <p class="muted">
      What is notifying someone right now, newest first: the likely cause, the runbook, and its first checks
      to copy. They are for AWS; to run them here, export the variables that "npx headroom up" prints.
    </p>
    ${
      telling.length === 0
        ? empty('No alarm is notifying anyone right now.')
        : alarmCards(shown, (alarm) => card(alarm, place, nowMs))
    }
    ${linkToAll(place, { shown: shown.length, of: telling.length })}
    ${
      quiet.length > 0
        ? html`${heading('Also in alarm', 'suppressed, or part of the above')}
            <ul class="rows lines">
              ${alarmLines(shownQuiet, place, nowMs)}
            </ul>
            ${linkToAll(place, { shown: shownQuiet.length, of: quiet.length })}`
        : nothing
    }
  `;
}

const card = (alarm: AlarmView, place: Place, nowMs: number): TemplateResult =>
  html`<li id="call-${alarm.name}" class="alarm">
    <div class="head">
      <strong>${nameOf(alarm)}</strong>
      <span class="muted" title="${dateTime(alarm.sinceMs)} UTC"
        >for ${duration(nowMs - alarm.sinceMs)}, since ${time(alarm.sinceMs)} UTC</span
      >
      ${alarmLinks(alarm, place)}
    </div>
    <p><strong>Likely cause:</strong> ${likelyCause(alarm)}</p>
    <p class="muted">${alarm.composite ? alarm.meaning : alarm.reason}</p>
    <div class="commands">
      ${alarm.commands.map(
        (command) =>
          html`<div>
            <pre><code>${command}</code></pre>
            <button type="button" data-action="copy">Copy</button>
          </div>`,
      )}
    </div>
  </li>`;

/** Of a composite what it is made of; of a metric what it reached. */
function likelyCause(alarm: AlarmView): string {
  const causes = alarm.composite?.causes ?? [];
  return causes.length > 0 ? causes.join('; ') : reasonOf(alarm);
}
