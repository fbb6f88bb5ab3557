import { styleText } from 'node:util';
import type { DryRun } from './dryRun.ts';
import { noWay } from './permissions.ts';
import { scopeInWords } from '../records/drillScope.ts';

/** So many systems are named in a line that is not about all of them. */
const namedSystems = 3;
/** Some plans hold the bodies of messages. */
const longestPlan = 160;

/** What a drill would do, for a terminal. What is the same of several systems stands there once. */
export function formatDryRun(run: DryRun, { color }: { color: boolean }): string {
  const paint = (style: 'green' | 'red' | 'bold' | 'dim', text: string): string =>
    color ? styleText(style, text, { validateStream: false }) : text;
  const good = paint('green', '✓');
  const bad = paint('red', '✗');
  // Of all of them the same is done: JSON has each.
  const [told] = run.systems;
  const more = run.systems.length - 1;
  const unasked = run.permissions.filter(({ answer, reason }) => answer === 'not asked' && reason === noWay);
  const conclusion = run.ready
    ? paint('green', 'nothing known prevents it')
    : paint('red', 'it cannot be carried out');
  const lines = [
    `${paint('bold', `Dry run of ${run.drill}`)} (${run.stage}, ${scopeInWords(run.systems, run.scope)}): ${conclusion}`,
    paint('dim', '  nothing was changed, published or received'),
    ...run.refusals.map((refusal) => `  ${bad} ${refusal}`),
    '',
    `  ${paint('bold', 'steady state and probes')}`,
    ...alike(run, run.looks, ({ what, answer, said }) => {
      if (answer === 'not looked at') return `? ${what}: ${answer}: ${said}`;
      return `${answer === 'fine' ? good : bad} ${what}: ${said}`;
    }),
    ...alike(run, run.unasked, ({ title, lacks, essential }) => {
      const so = essential ? ': without it the drill is not passed' : '';
      return `? not checked: ${title}, since ${lacks} is missing${so}`;
    }),
    '',
    `  ${paint('bold', 'faults')}`,
    ...run.faults.filter(({ system }) => system === told).flatMap(faultLines),
    ...(more > 0 ? [`    and the same for ${more} more systems: --json lists them all`] : []),
    '',
    `  ${paint('bold', 'permissions')}`,
    ...alike(
      run,
      run.permissions.filter((one) => !unasked.includes(one)),
      ({ action, answer, reason }) => {
        if (answer === 'granted') return `${good} ${action}`;
        return `${answer === 'refused' ? bad : '?'} ${action}: ${answer}: ${reason}`;
      },
    ),
    `    ? not checked, since ${noWay}: ${[...new Set(unasked.map(({ action }) => action))].join(', ')}`,
  ];
  if (run.steps.length > 0) {
    const seconds = run.steps.reduce((sum, { atMostSeconds }) => sum + atMostSeconds, 0);
    const each = run.steps.map(({ step, atMostSeconds }) => `${step} ${atMostSeconds} s`).join(', ');
    lines.push('', `  it would be watched for ${seconds} s at most: ${each}`);
  }
  return `${lines.join('\n')}\n`;
}

function faultLines({
  system,
  fault,
  arguments: planned,
  inverse,
  schedule,
}: DryRun['faults'][number]): string[] {
  const undone = inverse === null ? 'heals by itself' : `undone by ${plan(inverse)}`;
  return [
    `    ${system}: ${fault} ${plan(planned)}`,
    `      ${undone}`,
    ...(schedule === null ? [] : [`      if nothing else undoes it, a schedule calls ${schedule.target}`]),
  ];
}

function plan(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= longestPlan ? text : `${text.slice(0, longestPlan)}… (--json has all of it)`;
}

/** Each distinct line once, with the systems that it is about where those are not all. */
function alike<Item extends { system: string }>(
  { systems: all }: DryRun,
  items: readonly Item[],
  lineOf: (item: Item) => string,
): string[] {
  return [...Map.groupBy(items, lineOf)].map(([line, of]) => {
    const systems = [...new Set(of.map(({ system }) => system))];
    if (systems.length === all.length) return `    ${line}`;
    return `    ${line} (${systems.length > namedSystems ? `${systems.length} systems` : systems.join(', ')})`;
  });
}
