import { number } from '../format.ts';
import { html, nothing, type TemplateResult } from 'lit-html';
import type { Live } from '../feed.ts';
import { hrefOf, type Place } from '../location.ts';
import { alarmCard, alarmCards, empty, linkToAll } from './parts.ts';
import { isFound } from './systemList.ts';

/** Cards that are drawn at once. */
const shownCards = 600;

/** Every alarm, those that went off first. */
export function alarmsView({ feed }: Live, place: Place, nowMs: number): TemplateResult {
  const { alarms = [] } = feed;
  const { system } = place;
  const those = alarms.filter(
    (alarm) => (system === null || alarm.system === system) && isFound(alarm.system, place),
  );
  const shown = place.all ? those : those.slice(0, shownCards);
  const count = (state: string): number => those.filter((alarm) => alarm.state === state).length;
  const counts = `${number(count('ALARM'))} in alarm, ${number(count('OK'))} ok, ${number(count('INSUFFICIENT_DATA'))} without data`;
  return html`
    <h1>Alarms<span class="muted note">${counts}</span></h1>
    <p class="muted">
      Every alarm of the stage: those in alarm first, then those without data, then the rest.
    </p>
    ${
      system === null
        ? nothing
        : html`<p>Those of ${system}. <a href=${hrefOf({ ...place, system: null })}>Of all systems</a></p>`
    }
    ${
      shown.length === 0
        ? empty('The stage has no alarm here.')
        : alarmCards(shown, (alarm) => alarmCard(alarm, place, nowMs))
    }
    ${linkToAll(place, { shown: shown.length, of: those.length, what: ' alarms' })}
  `;
}
