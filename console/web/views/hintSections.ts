import { html, nothing, type TemplateResult } from 'lit-html';
import type { Advice, Capacity, LoadMismatch, Outlier, VerdictFile } from '../../../records/verdict.ts';
import { inUnit, number, words } from '../format.ts';
import { heading } from './parts.ts';
import { table } from './table.ts';

/** What the figures suggest beside a verdict. */
export const hintSections = ({
  advice = [],
  capacity,
  disagreements = [],
  standingOut,
}: VerdictFile): TemplateResult => html`
  ${advice.length > 0 ? adviceSection(advice) : nothing} ${capacity ? capacitySection(capacity) : nothing}
  ${disagreements.length > 0 ? loadMismatchSection(disagreements) : nothing}
  ${standingOut ? outlierSection(standingOut) : nothing}
`;

const adviceSection = (advice: readonly Advice[]): TemplateResult => html`
  ${heading('To regain the reserve', 'at least; what is used up hides what more would have been asked for')}
  ${table(
    ['Setting', '#Now', '#At least', 'System', 'Because of'],
    advice.map(({ setting, from, to, system, signal }) => [
      setting,
      number(from),
      number(to),
      system,
      words(signal),
    ]),
  )}
`;

const loadMismatchSection = (disagreements: readonly LoadMismatch[]): TemplateResult => html`
  ${heading('Load and use disagree', 'no part of the verdict')}
  ${table(
    ['System', 'What', 'How', '#From', '#To'],
    disagreements.map(({ system, signal, kind, from, to }) => [
      system,
      words(signal),
      kind === 'atNoLoad'
        ? 'used before any request: by something else?'
        : 'grew over the hold, at the same load: a leak?',
      inUnit(from, 'percent'),
      inUnit(to, 'percent'),
    ]),
  )}
`;

/** How far each system's reserve reaches, the nearest end first. */
const capacitySection = (capacity: readonly Capacity[]): TemplateResult => html`
  ${heading('Where the reserve ends', 'a straight line through ramp and hold; no part of the verdict')}
  ${table(
    ['System', 'Binds first', '#Limit', '#Reached at', '#90 % interval', '#Seen'],
    capacity
      .toSorted((a, b) => shareUsed(b) - shareUsed(a))
      .map(({ system, seenPerSecond, bindsFirst }) => [
        system,
        bindsFirst ? words(bindsFirst.signal) : 'nothing surely grew with the load',
        bindsFirst ? inUnit(bindsFirst.limit, 'percent') : '–',
        bindsFirst ? inUnit(bindsFirst.atPerSecond, 'perSecond') : '–',
        bindsFirst
          ? `${number(bindsFirst.lowPerSecond)} to ${inUnit(bindsFirst.highPerSecond, 'perSecond')}`
          : '–',
        inUnit(seenPerSecond, 'perSecond'),
      ]),
  )}
`;

const shareUsed = ({ bindsFirst, seenPerSecond }: Capacity): number =>
  bindsFirst === null ? 0 : seenPerSecond / bindsFirst.atPerSecond;

/** The systems should carry alike loads: who differs is worth a look, whatever the verdict. */
const outlierSection = (outliers: readonly Outlier[]): TemplateResult => html`
  ${heading('Standing out', 'from the other systems; no part of the verdict')}
  ${
    outliers.length === 0
      ? html`<p class="muted">No system stands out from its like.</p>`
      : table(
          ['System', 'What', '#Value', '#Median', '#Spreads from it'],
          outliers.map(({ system, signal, value, median, score, unit }) => [
            system,
            words(signal),
            inUnit(value, unit),
            inUnit(median, unit),
            `${score > 0 ? '+' : ''}${number(score)}`,
          ]),
        )
  }
`;
