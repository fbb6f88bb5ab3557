import { styleText } from 'node:util';
import type { DryRun } from './dryRun.ts';

/** Systems whose faults are told one by one; JSON has all. */
const toldSystems = 3;
/** Some plans hold the bodies of messages. */
const longestPlan = 160;

/** What a drill would do, for a terminal. What is the same of several systems stands there once. */
export function formatDryRun(run: DryRun, { color }: { color: boolean }): string {
  const paint = (style: 'green' | 'red' | 'bold' | 'dim', text: string): string =>
    color ? styleText(style, text, { validateStream: false }) : text;
  const good = paint('green', '✓');
  const bad = paint('red', '✗');
  const told = run.systems.slice(0, toldSystems);
  const more = run.systems.length - told.length;
  const conclusion = run.ready
    ? paint('green', 'nothing known stands in its way')
    : paint('red', 'it would not be carried out');
  const lines = [
    `${paint('bold', `Dry run of ${run.drill}`)} (${run.stage}, ${run.systems.length} systems): ${conclusion}`,
    paint('dim', '  nothing was changed, published or received'),
    ...run.refusals.map((refusal) => `  ${bad} ${refusal}`),
    '',
    `  ${paint('bold', 'steady state and probes')}`,
    ...alike(run.looks, ({ what, answer, said }) => {
      if (answer === 'not looked at') return `? ${what}: ${answer}: ${said}`;
      return `${answer === 'fine' ? good : bad} ${what}: ${said}`;
    }),
    '',
    `  ${paint('bold', 'faults')}`,
    ...run.faults.filter(({ system }) => told.includes(system)).flatMap(faultLines),
    ...(more > 0 ? [`    and the same of ${more} more systems: --json tells all`] : []),
    '',
    `  ${paint('bold', 'permissions')}`,
    ...alike(run.permissions, ({ action, answer, reason }) => {
      if (answer === 'granted') return `${good} ${action}`;
      return `${answer === 'refused' ? bad : '?'} ${action}: ${answer}: ${reason}`;
    }),
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
    ...(schedule === null ? [] : [`      should it not be, a schedule calls ${schedule.target}`]),
  ];
}

function plan(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= longestPlan ? text : `${text.slice(0, longestPlan)}… (--json tells all)`;
}

/** Each distinct line once, with the systems that it is about. */
function alike<Item extends { system: string }>(
  items: readonly Item[],
  lineOf: (item: Item) => string,
): string[] {
  return [...Map.groupBy(items, lineOf)].map(([line, of]) => {
    const systems = [...new Set(of.map(({ system }) => system))];
    return `    ${line} (${systems.length > toldSystems ? `${systems.length} systems` : systems.join(', ')})`;
  });
}
