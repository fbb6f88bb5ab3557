import { html, nothing, type TemplateResult } from 'lit-html';
import type {
  Advice,
  LoadMismatch,
  Outlier,
  SystemHeadroomRecord,
  VerdictFile,
} from '../../../records/verdict.ts';
import { questionTitle } from '../../../records/questionTitles.ts';
import { inUnit, number } from '../format.ts';
import { heading } from './parts.ts';
import { table } from './table.ts';

/** What the figures suggest beside a verdict. */
export const hintSections = ({
  advice = [],
  headroom,
  disagreements = [],
  standingOut,
}: VerdictFile): TemplateResult => html`
  ${headroom.length > 0 ? headroomSection(headroom) : nothing}
  ${advice.length > 0 ? adviceSection(advice) : nothing}
  ${disagreements.length > 0 ? loadMismatchSection(disagreements) : nothing}
  ${standingOut ? outlierSection(standingOut) : nothing}
`;

const adviceSection = (advice: readonly Advice[]): TemplateResult => html`
  ${heading('Sizes that the measured load needs', 'to keep the reserve at the whole peak')}
  ${table(
    ['Setting', '#Now', '#Enough', '#USD a month', 'System that needs most', 'Because of'],
    advice.map(({ setting, from, to, system, signal, usdAMonth }) => [
      setting,
      number(from),
      to === null ? 'more than now' : number(to),
      usdAMonth === null ? '–' : `${usdAMonth > 0 ? '+' : ''}${number(usdAMonth)}`,
      system,
      questionTitle(signal),
    ]),
  )}
`;

const loadMismatchSection = (disagreements: readonly LoadMismatch[]): TemplateResult => html`
  ${heading('Load and use disagree', 'not part of the verdict')}
  ${table(
    ['System', 'What', 'How', '#From', '#To'],
    disagreements.map(({ system, signal, kind, from, to }) => [
      system,
      questionTitle(signal),
      kind === 'atNoLoad'
        ? 'used before any request: by something else?'
        : 'grew over the hold, at the same load: a leak?',
      inUnit(from, 'percent'),
      inUnit(to, 'percent'),
    ]),
  )}
`;

/** How many times its peak each system carries, the least first. */
const headroomSection = (headroom: readonly SystemHeadroomRecord[]): TemplateResult => html`
  ${heading('Headroom', 'as multiples of the expected peak; a forecast from ramp and hold, not part of the verdict')}
  ${table(
    ['System', '#Carries at least', 'Bound by', 'Binds first', '#At about', '#95 % interval', '#Seen'],
    headroom
      .toSorted((a, b) => a.atLeast - b.atLeast)
      .map(({ system, seen, atLeast, boundBy, bindsFirst, resources }) => {
        const likely = resources.find(({ signal }) => signal === bindsFirst)?.likely ?? null;
        return [
          system,
          times(atLeast),
          boundBy === null ? '–' : questionTitle(boundBy),
          bindsFirst === null ? '–' : questionTitle(bindsFirst),
          likely === null ? 'not known' : times(likely.value),
          likely === null
            ? '–'
            : likely.high === null
              ? `${number(likely.low)} or more`
              : `${number(likely.low)} to ${times(likely.high)}`,
          times(seen),
        ];
      }),
  )}
`;

const times = (multiple: number): string => `${number(multiple)} ×`;

/** The systems should carry similar loads: who differs is worth a look, whatever the verdict. */
const outlierSection = (outliers: readonly Outlier[]): TemplateResult => html`
  ${heading('Standing out', 'from the other systems; not part of the verdict')}
  ${
    outliers.length === 0
      ? html`<p class="muted">No system stands out from its like.</p>`
      : table(
          ['System', 'What', '#Value', '#Median', '#Spreads from it'],
          outliers.map(({ system, signal, value, median, score, unit }) => [
            system,
            questionTitle(signal),
            inUnit(value, unit),
            inUnit(median, unit),
            `${score > 0 ? '+' : ''}${number(score)}`,
          ]),
        )
  }
`;
