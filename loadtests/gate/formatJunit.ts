import { rehearsalNote } from '../../monitoring/rehearsal.ts';
import type { VerdictFile, VerdictRecord } from '../../records/verdict.ts';

/**
 * The verdict as JUnit XML, the form that CI servers draw: a suite a system and one for the run, a case a
 * signal. What failed is a failure; what is not known is an error, so that nobody takes it for a pass. How much a
 * system carries is a property of its suite.
 */
export function formatJunit(verdict: VerdictFile): string {
  const { stage, runId, judgedAt, records, rehearsal, headroom, unasked = [] } = verdict;
  const summaries = new Map(headroom.map(({ system, summary }) => [system, summary]));
  const suites = Map.groupBy(records, ({ system }) => system ?? runId);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes({ name: `headroom gate ${stage}`, ...tally(records, unasked) })}>`,
    ...[...suites].flatMap(([name, cases]) => [
      `  <testsuite ${attributes({
        name,
        timestamp: judgedAt,
        ...tally(
          cases,
          unasked.filter(({ system }) => system === name),
        ),
      })}>`,
      ...properties({ headroom: summaries.get(name), rehearsal: rehearsal ? rehearsalNote : undefined }),
      ...cases.flatMap((record) => testCase(name, record)),
      ...unasked.filter(({ system }) => system === name).flatMap(skipped),
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n');
}

type Unasked = NonNullable<VerdictFile['unasked']>[number];

const elementOf = { fail: 'failure', inconclusive: 'error' } as const;

function testCase(suite: string, { signal, verdict, reason }: VerdictRecord): string[] {
  const opening = `    <testcase ${attributes({ classname: suite, name: signal })}`;
  if (verdict === 'pass') return [`${opening}/>`];
  return [
    `${opening}>`,
    `      <${elementOf[verdict]} ${attributes({ message: reason, type: verdict })}/>`,
    '    </testcase>',
  ];
}

function properties(values: Record<string, string | undefined>): string[] {
  const present = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [`<property ${attributes({ name, value })}/>`],
  );
  return present.length === 0 ? [] : [`    <properties>${present.join('')}</properties>`];
}

/** What was not asked, as the configuration has it. */
const skipped = ({ system, lacks, signals }: Unasked): string[] =>
  signals.flatMap((signal) => [
    `    <testcase ${attributes({ classname: system, name: signal })}>`,
    `      <skipped ${attributes({ message: `not asked: ${lacks} is missing` })}/>`,
    '    </testcase>',
  ]);

const tally = (records: readonly VerdictRecord[], unasked: readonly Unasked[]) => {
  const skips = unasked.reduce((sum, { signals }) => sum + signals.length, 0);
  return {
    tests: records.length + skips,
    failures: records.filter(({ verdict }) => verdict === 'fail').length,
    errors: records.filter(({ verdict }) => verdict === 'inconclusive').length,
    ...(skips > 0 && { skipped: skips }),
  };
};

const attributes = (values: Record<string, string | number>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}="${escape(String(value))}"`)
    .join(' ');

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** What has no place in XML 1.0, escaped or not: control characters, halves of pairs, and the two that are no characters. */
const escape = (text: string): string =>
  text
    .replaceAll(/[&<>"]/g, (character) => entities[character]!)
    .replaceAll(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, ' ');
