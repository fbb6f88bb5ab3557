import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { Live } from '../feed.ts';
import { hrefOf, type Place } from '../location.ts';
import { alarmCard, empty } from './parts.ts';

/** Cards that are drawn at once. */
const shownCards = 600;

/** Every alarm, those that went off first. */
export function alarmsView({ feed }: Live, place: Place, nowMs: number): TemplateResult {
  const { alarms = [] } = feed;
  const { system } = place;
  const find = place.find.trim().toLowerCase();
  const those = alarms.filter(
    (alarm) =>
      (system === null || alarm.system === system) && (find === '' || (alarm.system ?? '').includes(find)),
  );
  const shown = place.all ? those : those.slice(0, shownCards);
  const count = (state: string): number => those.filter((alarm) => alarm.state === state).length;
  const counts = `${count('ALARM')} in alarm, ${count('OK')} ok, ${count('INSUFFICIENT_DATA')} without data`;
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
        : html`<ul class="cards">
            ${repeat(
              shown,
              ({ name }) => name,
              (alarm) => alarmCard(alarm, place, nowMs),
            )}
          </ul>`
    }
    ${
      shown.length < those.length
        ? html`<p><a href=${hrefOf({ ...place, all: true })}>All ${those.length} alarms</a></p>`
        : nothing
    }
  `;
}
