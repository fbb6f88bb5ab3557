import { html, nothing, type TemplateResult } from 'lit-html';
import { adviceInWords } from '../../../loadtests/gate/adviceInWords.ts';
import type { VerdictFile } from '../../../records/verdict.ts';
import { whatDidNotPass } from '../../../records/whatDidNotPass.ts';
import type { Outcome, RunReport } from '../../wire.ts';
import { dateTime, duration } from '../format.ts';
import { comparisonSection } from './comparisonSection.ts';
import { breakpointSection, deliverySection, recoverySection } from './answerSections.ts';
import { drillAnswer } from './drillAnswer.ts';
import { headroomChart } from './headroomChart.ts';
import { notAsked } from './notAsked.ts';
import { badge, heading, outcomeBadge, runTitle } from './parts.ts';

/** The worst first: what all parts of a run together are. */
const severity: readonly Outcome[] = [
  'unreadable',
  'interrupted',
  'failed',
  'inconclusive',
  'notJudged',
  'answered',
  'passed',
];

/**
 * What a run answers, before any of its figures: one sentence a part, when and where, the headroom chart, what did not
 * pass and what to do about it, and what a drill looked like.
 * @param more what stands beside time and place
 */
export function answerView(
  reports: readonly RunReport[],
  more: TemplateResult | typeof nothing = nothing,
): TemplateResult {
  const outcome = severity.find((one) => reports.some(({ summary }) => summary.outcome === one));
  return html`<section class="answer">
    <h1>${titleOf(reports)} ${outcome ? outcomeBadge(outcome) : nothing}</h1>
    ${reports.filter((report) => isTold(report, reports)).map((report) => sentence(report, reports.length > 1))}
    ${reports.flatMap(({ unreadable }) => unreadable.slice(1)).map((problem) => html`<p>${problem}</p>`)}
    <p class="muted">${whereAndWhen(reports)} ${more}</p>
    ${reports.map(answersOf)}
  </section>`;
}

function titleOf(reports: readonly RunReport[]): string {
  const [first] = reports;
  if (reports.length === 1 && first) return runTitle(first.summary);
  const names = reports.map(({ summary }) => summary.name);
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`.replace(/^./, (letter) =>
    letter.toUpperCase(),
  );
}

/** Beside a verdict nobody needs to be told that a smoke test passed. */
const isTold = ({ summary, verdict, drill }: RunReport, all: readonly RunReport[]): boolean =>
  all.length === 1 || verdict !== null || drill !== null || summary.outcome !== 'passed';

const sentence = ({ summary }: RunReport, isNamed: boolean): TemplateResult =>
  html`<p class="lead">
    ${isNamed ? html`<span class="part">${summary.name}</span> ${outcomeBadge(summary.outcome)} ` : nothing}${summary.headline}
  </p>`;

function whereAndWhen(reports: readonly RunReport[]): string {
  const startMs = Math.min(...reports.map(({ summary }) => summary.startMs));
  const endMs = Math.max(...reports.map(({ summary }) => summary.endMs));
  const [{ summary } = { summary: null }] = reports;
  const stage =
    summary === null || summary.stage === null
      ? ''
      : `Stage ${summary.stage}, ${summary.place === 'local' ? 'on this machine, a rehearsal' : summary.place}; `;
  const length = endMs > startMs ? `, ${duration(endMs - startMs)}` : '';
  return `${stage}${dateTime(startMs)} UTC${length}${idOf(reports)}.`;
}

/** Parts of a run lie below its folder. */
function idOf(reports: readonly RunReport[]): string {
  const [id = ''] = reports.map(({ summary }) => summary.id);
  const shared = reports.length > 1 ? id.split('/').slice(0, -1).join('/') : id;
  return shared === '' ? '' : `; run ${shared}`;
}

const answersOf = ({
  verdict,
  recovery,
  breakpoint,
  delivery,
  comparison,
  drill,
}: RunReport): TemplateResult => html`
  ${verdict ? verdictAnswer(verdict) : nothing} ${recovery ? recoverySection(recovery) : nothing}
  ${breakpoint ? breakpointSection(breakpoint) : nothing} ${delivery ? deliverySection(delivery) : nothing}
  ${comparison ? comparisonSection(comparison) : nothing} ${drill ? drillAnswer(drill) : nothing}
`;

function verdictAnswer(verdict: VerdictFile): TemplateResult {
  const open = whatDidNotPass(verdict);
  const advice = (verdict.advice ?? []).map(adviceInWords);
  return html`
    ${headroomChart(verdict)}
    ${
      open.length > 0
        ? html`${heading('What did not pass')}
            <ul class="findings">
              ${open.map(
                ({ verdict: kind, reason, subjects }) =>
                  html`<li>
                    ${badge(kind)}<span>${reason} <span class="muted">${subjects}</span></span>
                  </li>`,
              )}
            </ul>`
        : nothing
    }
    ${verdict.noSchedule === undefined ? nothing : html`<p class="muted">${verdict.noSchedule}</p>`}
    ${notAsked(verdict)}
    ${
      advice.length > 0
        ? html`${heading('What to change', 'sizes that keep the reserve at the whole peak, by the measured load')}
            <ul class="findings">
              ${advice.map((text) => html`<li>${text}</li>`)}
            </ul>`
        : nothing
    }
  `;
}
