import { firstCrossing } from './breakpoint.ts';
import { foretoldInWords } from './foretold.ts';
import type { BreakpointFile } from '../../records/breakpoint.ts';

const closings: Record<BreakpointFile['answer'], string> = {
  crossed: 'Breakpoint',
  notCrossed: 'No breakpoint',
  inconclusive: 'Breakpoint unknown',
};

/** The answer for a terminal: each system, then what gave way first. */
export function formatBreakpoint(breakpoint: BreakpointFile): string {
  const { systems, answer, reason } = breakpoint;
  const first = firstCrossing(systems);
  return [
    ...systems.flatMap((one) => {
      const later = one.crossings.slice(1).map(({ signal }) => signal);
      const foretold = foretoldInWords(one);
      return [
        `  ${one.system}: ${one.reason}`,
        ...(foretold === null ? [] : [`    ${foretold}`]),
        ...(later.length > 0 ? [`    crossed later: ${later.join(', ')}`] : []),
      ];
    }),
    `${closings[answer]}: ${reason}` +
      (answer === 'inconclusive' && first
        ? ` Of what is known, ${first.crossing.signal} of ${first.system} gave way first.`
        : ''),
  ].join('\n');
}
