import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { rehearsalNote } from '../../../monitoring/rehearsal.ts';
import type { SignalView, SystemView } from '../../wire.ts';
import { bar, chip } from '../dom.ts';
import type { Live } from '../feed.ts';
import { duration, number, percent as percentText } from '../format.ts';
import { hrefOf, type Place } from '../location.ts';
import { alarmLines, empty, heading, noRuns, runRows, stateBadge } from './parts.ts';
import { fewSystems, isFound, systemRows } from './systemList.ts';

const shownRuns = 6;
const shownAlarms = 10;

/** What somebody who was woken wants to see first: what is wrong, where, and what was being done. */
export function overview({ feed }: Live, place: Place, nowMs: number): TemplateResult {
  const { alarms = [], systems = [], runs = [], stage } = feed;
  const wrong = alarms.filter(({ state, system }) => state === 'ALARM' && isFound(system, place));
  const withoutData = alarms.filter(({ state }) => state === 'INSUFFICIENT_DATA').length;
  const all = (path: string, text: string): TemplateResult =>
    html`<p><a href=${hrefOf({ ...place, path })}>${text}</a></p>`;
  return html`
    <h1 class="visually-hidden">Status</h1>
    <p class="muted">
      The fleet right now: what is in alarm, how close each system is to its limits, and the latest runs.
    </p>
    <section id="overview-alarms">
      ${heading('Alarms')}
      ${
        wrong.length > 0
          ? html`<ul class="rows lines">
              ${alarmLines(wrong.slice(0, shownAlarms), place, nowMs)}
            </ul>`
          : place.find.trim() === ''
            ? quiet(alarms.length, withoutData, place)
            : empty('None of these systems is in alarm.')
      }
      ${wrong.length > shownAlarms ? all('alarms', `All ${wrong.length} in alarm`) : nothing}
    </section>
    <section id="overview-systems">
      ${heading(
        'Systems',
        stage && `use of each capacity in the newest ${stage.periodSeconds} s, limit marked`,
      )}
      ${systemsTable(systems, place)}
    </section>
    <section id="overview-runs">
      ${heading('Last runs')} ${runs.length === 0 ? noRuns(stage) : runRows(runs.slice(0, shownRuns), place)}
      ${runs.length > shownRuns ? all('runs', `All ${runs.length} runs`) : nothing}
    </section>
    <p class="muted">
      ${stage ? `Stage "${stage.stage}" on this machine, up for ${duration(nowMs - stage.startedMs)}.` : ''}
      ${rehearsalNote}
    </p>
  `;
}

function quiet(count: number, withoutData: number, place: Place): TemplateResult {
  const rest =
    withoutData === 0 ? 'all of them ok' : `${count - withoutData} ok, ${withoutData} without data`;
  return html`<p class="quiet">
    <strong>Nothing is in alarm.</strong> ${count} alarms are watching, ${rest}.
    <a href=${hrefOf({ ...place, path: 'alarms' })}>All alarms</a>
  </p>`;
}

function systemsTable(systems: readonly SystemView[], place: Place): TemplateResult {
  const titles = systems[0]?.signals ?? [];
  const { shown, hidden } = systemRows(systems, place);
  if (shown.length === 0 && systems.length > 0) return empty(`No system's name has “${place.find}” in it.`);
  return html`<table class=${systems.length > fewSystems ? 'systems many' : 'systems'}>
      <thead>
        <tr>
          <th scope="col">System</th>
          <th scope="col">State</th>
          <th scope="col" class="figure">Requests a second</th>
          ${titles.map(({ title }) => html`<th scope="col" class="figure">${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${repeat(
          shown,
          ({ name }) => name,
          (system) => systemRow(system, place),
        )}
      </tbody>
    </table>
    ${
      hidden > 0
        ? html`<p>
            Systems in alarm first, then the closest to a limit.
            <a href=${hrefOf({ ...place, all: true })}>All ${shown.length + hidden} systems</a>
          </p>`
        : nothing
    }`;
}

function systemRow(system: SystemView, place: Place): TemplateResult {
  const { name, color, state, requestsPerSecond, expectedRequestsPerSecond } = system;
  const requests = requestsPerSecond === null ? '–' : number(requestsPerSecond);
  return html`<tr id="system-${name}" class=${state.toLowerCase()}>
    <th scope="row">
      ${chip(color)}<a href=${hrefOf({ ...place, path: 'dashboard', system: name })}>${name}</a>
    </th>
    <td>${stateBadge(state)}</td>
    <td class="figure" data-title="Requests a second">
      <span>${requests}</span><span class="muted"> of ${number(expectedRequestsPerSecond)}</span>
    </td>
    ${system.signals.map(signalCell)}
  </tr>`;
}

function signalCell({ title, percent, limitPercent }: SignalView): TemplateResult {
  const isOver = percent !== null && percent >= limitPercent;
  // Where many systems stand below each other, what is far from its limit tells nothing.
  const isFar = percent === null || percent < limitPercent / 2;
  const state = `${percent === null ? 'none' : isOver ? 'over' : ''} ${isFar ? 'far' : ''}`;
  // A limit of 1 % would be invisible on a bar of 100 %: there, the bar ends at twice the limit.
  const full = limitPercent < 20 ? 2 * limitPercent : 100;
  return html`<td class="figure ${state}" data-title=${title} title="limit ${percentText(limitPercent)}">
    <span>${percent === null ? '–' : percentText(percent)}</span
    >${isOver ? html`<span class="visually-hidden">, over the limit</span>` : nothing}${bar(
      (100 * (percent ?? 0)) / full,
      (100 * limitPercent) / full,
    )}
  </td>`;
}
