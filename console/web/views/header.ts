import { html, nothing, type TemplateResult } from 'lit-html';
import type { DashboardView, SystemView } from '../../wire.ts';
import { chip } from '../dom.ts';
import type { Live } from '../feed.ts';
import { time } from '../format.ts';
import { hrefOf, rangesMinutes, type Place } from '../location.ts';
import { runningLine } from './parts.ts';
import { fewSystems, systemChips } from './systemList.ts';

export interface HeaderState {
  live: Live;
  place: Place;
  dashboards: readonly DashboardView[];
  /** The range stands still. */
  paused: boolean;
  nowMs: number;
}

/** Where one is, how the stage is, and what runs on it; with the range where there are plots. */
export function header(state: HeaderState): TemplateResult {
  const { live, place, nowMs } = state;
  const { running = [], unreadable = [], stage } = live.feed;
  return html`
    <div class="top">
      <a class="brand" href=${hrefOf({ ...place, path: 'overview' })}>Headroom</a>
      <span class="stage">${stage?.stage ?? '…'}</span>
      ${navigation(state)}
      ${
        live.connected
          ? html`<span class="clock">${time(nowMs)} UTC</span>`
          : html`<span class="clock lost">no answer</span>`
      }
    </div>
    <!-- For who doesn't see the count: told as soon as it changes. -->
    <p class="visually-hidden" role="status">${stage ? `${countInAlarm(live)} in alarm` : ''}</p>
    ${live.connected || !stage ? nothing : away}
    ${
      running.length > 0
        ? html`<ul class="now" aria-label="Running now">
            ${running.map((one) => runningLine(one, nowMs))}
          </ul>`
        : nothing
    }
    ${unreadable.map((problem) => html`<p class="warning" role="alert">${problem}</p>`)}
    ${place.path.startsWith('dashboard') ? toolbar(state) : searchBar(state)}
  `;
}

const away = html`<p class="warning" role="alert">
  The stage does not answer: what you see is out of date. The page continues once the stage is back: npx
  headroom up
</p>`;

const countInAlarm = ({ feed }: Live): number =>
  feed.alarms?.filter(({ state }) => state === 'ALARM').length ?? 0;

const hidden = (text: string): TemplateResult => html`<span class="visually-hidden">${text}</span>`;

/** The page's title: what is in alarm first, for it is read in a row of tabs. */
export function titleOf({ live, place, dashboards }: HeaderState): string {
  const count = countInAlarm(live);
  const [kind = '', ...rest] = place.path.split('/');
  const name = rest.join('/');
  const dashboard = name === '' ? dashboards[0] : dashboards.find((one) => one.name === name);
  const run = live.feed.runs?.find(({ id }) => id === name);
  const titles: Record<string, string | undefined> = {
    dashboard: dashboard?.title,
    oncall: 'On call',
    alarms: 'Alarms',
    runs: name === '' ? 'Runs' : run && `Run ${run.name}`,
  };
  const title = titles[kind];
  return `${count > 0 ? `(${count} in alarm) ` : ''}${title === undefined ? '' : `${title} – `}Headroom`;
}

function navigation({ live, place, dashboards }: HeaderState): TemplateResult {
  const current = place.path === 'dashboard' ? `dashboard/${dashboards[0]?.name}` : place.path;
  const count = countInAlarm(live);
  const link = (path: string, title: unknown, more: unknown = nothing, kind = ''): TemplateResult => {
    const isCurrent = path === 'runs' ? current.startsWith(path) : current === path;
    return html`<a
      href=${hrefOf({ ...place, path })}
      class=${kind}
      aria-current=${isCurrent ? 'page' : nothing}
      >${title}${more}</a
    >`;
  };
  /** Of a fleet that takes several pages of a kind, the further ones are a number after the first. */
  const dashboardLinks = ([kind, pages]: [string, DashboardView[]]): TemplateResult =>
    html`<span class="kind"
      >${pages.map(({ name, title }) =>
        title === kind
          ? link(`dashboard/${name}`, title)
          : link(`dashboard/${name}`, hidden(`${kind} `), title.slice(kind.length).trim(), 'further'),
      )}</span
    >`;
  const kinds = Map.groupBy(dashboards, ({ title }) => title.replace(/ \d+$/, ''));
  return html`<nav aria-label="Pages">
    ${link('overview', 'Status')} ${link('oncall', 'On call')} ${[...kinds].map(dashboardLinks)}
    ${link(
      'alarms',
      'Alarms',
      count > 0 ? html`<span class="count">${count}</span>${hidden(' in alarm')}` : nothing,
    )}
    ${link('runs', 'Runs')}
  </nav>`;
}

function toolbar({ live, place, paused }: HeaderState): TemplateResult {
  const { systems = [] } = live.feed;
  return html`<div class="toolbar">
    <div class="group" role="group" aria-label="Range">
      ${rangesMinutes.map((minutes) =>
        button(
          `range:${minutes}`,
          place.zoom === null && place.rangeMinutes === minutes,
          minutes < 60 ? `${minutes} min` : `${minutes / 60} h`,
        ),
      )}
    </div>
    ${
      place.zoom
        ? html`<div class="group">
            <span class="zoom">${time(place.zoom.fromMs)} – ${time(place.zoom.toMs)}</span>
            ${button('live', false, 'Back to now')}
          </div>`
        : button('pause', paused, paused ? 'Paused: resume' : 'Pause')
    }
    ${systems.length > fewSystems ? search(place) : nothing} ${chips(systems, place)}
  </div>`;
}

/** Where systems are listed, and are many. */
function searchBar({ live, place }: HeaderState): TemplateResult | typeof nothing {
  const { systems = [] } = live.feed;
  if (systems.length <= fewSystems || !['overview', 'alarms', 'oncall'].includes(place.path)) return nothing;
  return html`<div class="toolbar">${search(place)}</div>`;
}

const search = ({ find }: Place): TemplateResult =>
  html`<input
    type="search"
    data-input="find"
    placeholder="Find a system"
    aria-label="Find a system"
    autocomplete="off"
    .value=${find}
  />`;

function chips(systems: readonly SystemView[], place: Place): TemplateResult {
  const { shown, hidden: more } = systemChips(systems, place);
  return html`<div class="chips" role="group" aria-label="Highlight a system">
    ${shown.map((system) => systemButton(system, place.system === system.name))}
    ${more > 0 ? html`<span class="muted">${shown.length > 0 ? `and ${more} more` : `${more} systems, none in alarm`}</span>` : nothing}
  </div>`;
}

const button = (action: string, pressed: boolean, text: string): TemplateResult =>
  html`<button type="button" data-action=${action} aria-pressed=${pressed}>${text}</button>`;

const systemButton = ({ name, color, state }: SystemView, pressed: boolean): TemplateResult =>
  html`<button
    type="button"
    class=${state.toLowerCase()}
    data-action="system:${name}"
    aria-pressed=${pressed}
  >
    ${chip(color)}${name}${state === 'ALARM' ? hidden(' in alarm') : nothing}
  </button>`;
