import { styleText } from 'node:util';
import { rehearsalNote } from '../monitoring/rehearsal.ts';
import type { DrillResult, ExpectationRecord } from '../records/drill.ts';
import { scopeInWords } from '../records/drillScope.ts';
import { drillPicture } from './drillPicture.ts';
import { formatValue } from './verdict.ts';

const barWidth = 40;

const signs: Record<ExpectationRecord['outcome'], { sign: string; color: 'green' | 'red' | 'yellow' }> = {
  met: { sign: '✓', color: 'green' },
  unmet: { sign: '✗', color: 'red' },
  undecided: { sign: '?', color: 'yellow' },
};

const verdictColors: Record<DrillResult['verdict'], 'green' | 'red' | 'yellow'> = {
  passed: 'green',
  failed: 'red',
  invalid: 'yellow',
  interrupted: 'yellow',
};

export interface DrillFormat {
  color: boolean;
  /** Only the picture and what was not met, for whoever shows more than the drill. */
  inShort?: boolean;
}

/** The result for a terminal: verdict, timeline, expectations with the worst system's value, messages. */
export function formatDrill(result: DrillResult, { color, inShort = false }: DrillFormat): string {
  const paint = (style: 'green' | 'red' | 'yellow' | 'bold' | 'dim', text: string): string =>
    color ? styleText(style, text, { validateStream: false }) : text;
  const place = result.rehearsal ? `${result.stage}, a rehearsal` : result.stage;
  const lines = [
    `${paint('bold', `Drill ${result.drill}`)} (${place}, ${scopeInWords(result.systems, result.scope)}): ` +
      `${paint(verdictColors[result.verdict], result.verdict.toUpperCase())}: ${result.reason}`,
    paint('dim', `  ${result.hypothesis}`),
  ];
  const picture = drillPicture(result);
  if (!inShort || picture.length === 0) lines.push('', ...timelineLines(result.timeline));
  if (picture.length > 0) lines.push('', ...picture);
  const titleWidth = Math.max(0, ...result.expectations.map(({ title }) => title.length));
  let step = '';
  const all = groups(result.expectations);
  const shown = inShort ? all.filter((group) => group.some(({ outcome }) => outcome !== 'met')) : all;
  for (const group of shown) {
    if (group[0].step !== step) {
      step = group[0].step;
      lines.push('', `  ${paint('bold', step)}`);
    }
    const worst = worstOf(group);
    const { sign, color: signColor } = signs[worst.outcome];
    const met = group.filter(({ outcome }) => outcome === 'met').length;
    const value = worst.measured === null ? 'no data' : formatValue(worst.measured, worst.unit);
    const limit = `${worst.relation} ${formatValue(worst.limit, worst.unit)}`;
    lines.push(
      `    ${paint(signColor, sign)} ${worst.title.padEnd(titleWidth)}  ${value.padStart(8)}  ` +
        `${limit.padEnd(11)}  ${met}/${group.length}${group.length > 1 ? `, worst ${worst.system}` : ''}`,
    );
  }
  if (inShort)
    lines.push('', `  ${all.length - shown.length} of ${all.length} expectations met on every system`);
  for (const { system, lacks, titles } of result.unasked ?? []) {
    lines.push(paint('dim', `    not checked for ${system}, which lacks ${lacks}: ${titles.join(', ')}`));
  }
  lines.push(...messageLines(result.messages).slice(inShort ? 1 : 0));
  if (result.rehearsal && !inShort) lines.push('', paint('dim', `  ${rehearsalNote}`));
  return `${lines.join('\n')}\n`;
}

/** One bar a step, on one scale. */
function timelineLines(timeline: DrillResult['timeline']): string[] {
  const spans = timeline.map(({ step, start, end }) => ({
    step,
    start,
    startMs: Date.parse(start),
    endMs: Date.parse(end),
  }));
  const firstMs = spans[0]?.startMs ?? 0;
  const totalMs = Math.max(1, (spans.at(-1)?.endMs ?? 0) - firstMs);
  return spans.map(({ step, start, startMs, endMs }) => {
    const from = Math.min(barWidth - 1, Math.floor(((startMs - firstMs) / totalMs) * barWidth));
    const width = Math.max(1, Math.round(((endMs - startMs) / totalMs) * barWidth));
    const bar = `${' '.repeat(from)}${'█'.repeat(Math.min(width, barWidth - from))}`.padEnd(barWidth);
    const seconds = `${((endMs - startMs) / 1_000).toFixed(1)} s`;
    return `  ${start.slice(11, 19)}Z  ${step.padEnd(8)}${seconds.padStart(8)}  ${bar.trimEnd()}`;
  });
}

type Group = [ExpectationRecord, ...ExpectationRecord[]];

/** Records of one expectation in one step together, in the order in which they were made. */
function groups(records: readonly ExpectationRecord[]): Group[] {
  const byKey = new Map<string, Group>();
  for (const record of records) {
    const key = `${record.step} ${record.id}`;
    const group = byKey.get(key);
    if (group) group.push(record);
    else byKey.set(key, [record]);
  }
  return [...byKey.values()];
}

const severity = { unmet: 2, undecided: 1, met: 0 } as const;

/** The system that is worst off: by outcome first, then by how far its value is from the limit. */
function worstOf(group: Group): ExpectationRecord {
  const slack = ({ measured, limit, relation }: ExpectationRecord): number =>
    measured === null ? -Infinity : relation === '<=' ? limit - measured : measured - limit;
  return group.reduce((worst, record) => {
    const difference = severity[record.outcome] - severity[worst.outcome];
    return difference > 0 || (difference === 0 && slack(record) < slack(worst)) ? record : worst;
  });
}

/** All systems in one line, then each system that lost or doubled something. */
function messageLines(messages: DrillResult['messages']): string[] {
  if (messages.length === 0) return [];
  const sum = (key: 'published' | 'stored' | 'deadLettered' | 'lost' | 'duplicated' | 'unresolved'): number =>
    messages.reduce((total, message) => total + message[key], 0);
  const unresolved = sum('unresolved');
  const lines = [
    '',
    `  messages: ${sum('published')} published = ${sum('stored')} stored + ${sum('deadLettered')} ` +
      `dead-lettered + ${sum('lost')} lost; ${sum('duplicated')} stored twice` +
      (unresolved > 0 ? `; ${unresolved} never acknowledged` : ''),
  ];
  const poison = messages.flatMap((message) => message.poison ?? []);
  if (poison.length > 0) {
    const all = (key: keyof (typeof poison)[number]): number =>
      poison.reduce((total, one) => total + one[key], 0);
    lines.push(
      `  poison:   ${all('published')} published, ${all('deadLettered')} dead-lettered, ` +
        `${all('stored')} stored; ${all('left')} left in the dead-letter queue`,
    );
  }
  for (const { system, examples } of messages) {
    if (examples.lost.length > 0) lines.push(`    ${system}: lost, for example ${examples.lost.join(', ')}`);
    if (examples.duplicated.length > 0) {
      lines.push(`    ${system}: stored twice, for example ${examples.duplicated.join(', ')}`);
    }
  }
  return lines;
}
