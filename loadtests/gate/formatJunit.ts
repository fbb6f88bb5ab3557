import { rehearsalNote } from '../../monitoring/rehearsal.ts';
import type { VerdictFile, VerdictRecord } from '../../records/verdict.ts';

/**
 * The verdict as JUnit XML, the form that CI servers draw: a suite a system and one for the run, a case a
 * signal. What failed is a failure; what is not known is an error, so that nobody takes it for a pass.
 */
export function formatJunit({ stage, runId, judgedAt, records, rehearsal }: VerdictFile): string {
  const suites = Map.groupBy(records, ({ system }) => system ?? runId);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes({ name: `headroom gate ${stage}`, ...tally(records) })}>`,
    ...[...suites].flatMap(([name, cases]) => [
      `  <testsuite ${attributes({ name, timestamp: judgedAt, ...tally(cases) })}>`,
      ...(rehearsal ? [properties({ rehearsal: rehearsalNote })] : []),
      ...cases.flatMap((record) => testCase(name, record)),
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

const properties = (values: Record<string, string>): string =>
  `    <properties>${Object.entries(values)
    .map(([name, value]) => `<property ${attributes({ name, value })}/>`)
    .join('')}</properties>`;

const tally = (records: readonly VerdictRecord[]) => ({
  tests: records.length,
  failures: records.filter(({ verdict }) => verdict === 'fail').length,
  errors: records.filter(({ verdict }) => verdict === 'inconclusive').length,
});

const attributes = (values: Record<string, string | number>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}="${escape(String(value))}"`)
    .join(' ');

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** A control character has no place in XML, escaped or not. */
const escape = (text: string): string =>
  text.replaceAll(/[&<>"]/g, (character) => entities[character]!).replaceAll(/\p{Cc}/gu, ' ');
