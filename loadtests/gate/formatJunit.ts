import { rehearsalNote } from '../../monitoring/rehearsal.ts';
import type { VerdictFile, VerdictRecord } from '../../records/verdict.ts';

/**
 * The verdict as JUnit XML, the form that CI servers draw: a suite a system and one for the run, a case a
 * signal. What failed is a failure; what is not known is an error, so that nobody takes it for a pass; what was not
 * asked is skipped. How much a system carries is a property of its suite.
 */
export function formatJunit(verdict: VerdictFile): string {
  const { stage, runId, judgedAt, records, rehearsal, headroom } = verdict;
  const summaries = new Map(headroom.map(({ system, summary }) => [system, summary]));
  const suites = [...Map.groupBy(records, ({ system }) => system ?? runId)].map(([name, cases]) => ({
    name,
    cases,
    skipped: skippedOf(verdict, name),
  }));
  const skips = suites.reduce((sum, { skipped }) => sum + skipped.length, 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes({ name: `headroom gate ${stage}`, ...tally(records, skips) })}>`,
    ...suites.flatMap(({ name, cases, skipped }) => [
      `  <testsuite ${attributes({ name, timestamp: judgedAt, ...tally(cases, skipped.length) })}>`,
      ...properties({ headroom: summaries.get(name), rehearsal: rehearsal ? rehearsalNote : undefined }),
      ...cases.flatMap((record) => testCase(name, record)),
      ...skipped.flat(),
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n');
}

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

const skippedCase = (suite: string, signal: string, message: string): string[] => [
  `    <testcase ${attributes({ classname: suite, name: signal })}>`,
  `      <skipped ${attributes({ message })}/>`,
  '    </testcase>',
];

/** What was not asked of a suite's system, as the configuration has it, or of the run. */
const skippedOf = ({ unasked = [], noSchedule, runId }: VerdictFile, suite: string): string[][] => [
  ...unasked
    .filter(({ system }) => system === suite)
    .flatMap(({ lacks, signals }) =>
      signals.map((signal) => skippedCase(suite, signal, `not checked: ${lacks} is missing`)),
    ),
  ...(noSchedule !== undefined && suite === runId ? [skippedCase(suite, 'schedule', noSchedule)] : []),
];

const tally = (records: readonly VerdictRecord[], skipped: number) => ({
  tests: records.length + skipped,
  failures: records.filter(({ verdict }) => verdict === 'fail').length,
  errors: records.filter(({ verdict }) => verdict === 'inconclusive').length,
  ...(skipped > 0 && { skipped }),
});

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
