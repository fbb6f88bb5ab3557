import { html, nothing, type TemplateResult } from 'lit-html';
import { questionName } from '../../../records/questionTitles.ts';
import type { VerdictFile } from '../../../records/verdict.ts';
import { counted } from '../../../core/counted.ts';

/** What a verdict says nothing of, since the configuration of adopted systems names nothing to ask: folded away. */
export function notAsked({ unasked = [] }: VerdictFile): TemplateResult | typeof nothing {
  const questions = unasked.reduce((sum, { signals }) => sum + signals.length, 0);
  if (questions === 0) return nothing;
  // Systems that were adopted alike lack the same.
  const alike = Map.groupBy(unasked, ({ lacks, signals }) => JSON.stringify([lacks, signals]));
  return html`<details class="muted">
    <summary>
      ${counted(questions, 'question')} not checked: the configuration lacks what they take, and the verdict
      does not cover them
    </summary>
    <ul class="findings">
      ${[...alike.values()].map(
        (each) =>
          html`<li>
            <span>
              Without ${each[0]?.lacks}: ${each[0]?.signals.map(questionName).join(', ')}
              (${each.map(({ system }) => system).join(', ')})
            </span>
          </li>`,
      )}
    </ul>
  </details>`;
}
