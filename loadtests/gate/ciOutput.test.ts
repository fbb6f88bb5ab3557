import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatJunit } from './formatJunit.ts';
import { githubAnnotations } from './githubAnnotations.ts';
import { judge } from './judge.ts';
import { goodRun, judgeInput } from './testing/judgeInput.ts';
import type { VerdictFile, VerdictRecord } from '../../records/verdict.ts';

const passed = judge(judgeInput());
const recordOf = (changes: Partial<VerdictRecord>): VerdictRecord => ({ ...passed.records[0]!, ...changes });
const withRecords = (...records: VerdictRecord[]): VerdictFile => ({ ...passed, records, headroom: [] });

describe('formatJunit', () => {
  it('has a suite a system and one for the run, and a case a signal', () => {
    const lines = formatJunit(passed).split('\n');
    expect(lines[3]).toMatch(
      /^    <properties><property name="headroom" value="carries at least [\d.]+ × its peak.*"\/><property name="rehearsal" value=".*absolute capacity.*"\/><\/properties>$/,
    );
    expect(formatJunit({ ...passed, rehearsal: false })).not.toContain('rehearsal');
    expect(formatJunit({ ...passed, rehearsal: false, headroom: [] })).not.toContain('properties');
    expect(lines.toSpliced(3, 1).slice(0, 5)).toEqual([
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<testsuites name="headroom gate local" tests="47" failures="0" errors="0">',
      '  <testsuite name="orders" timestamp="2026-01-05T12:02:00.000Z" tests="21" failures="0" errors="0">',
      '    <testcase classname="orders" name="databaseCpu"/>',
      '    <testcase classname="orders" name="databaseMemory"/>',
    ]);
    expect(lines.filter((line) => line.startsWith('  <testsuite '))).toHaveLength(3);
    expect(lines.filter((line) => line.startsWith('  <testsuite name="run-1"'))).toHaveLength(1);
  });

  it('stays well-formed, whatever stands in a reason', () => {
    // Char of XML 1.0: https://www.w3.org/TR/xml/#charsets
    const characters = /^[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]*$/u;
    const awkward = fc.constantFrom(
      '\uFFFE',
      '\uFFFF',
      '\uD800',
      '\uDC00',
      '\u0000',
      '\u001B',
      '<',
      '"',
      '&',
      '𠮷',
    );
    const reasons = fc.array(fc.oneof(awkward, fc.string({ unit: 'binary' }))).map((parts) => parts.join(''));
    fc.assert(
      fc.property(reasons, (reason) => {
        const text = formatJunit(withRecords(recordOf({ verdict: 'fail', reason })));
        expect(text).toMatch(characters);
        expect(
          text.match(/<failure message="[^"<&]*(&(amp|lt|gt|quot);[^"<&]*)*" type="fail"\/>/),
        ).not.toBeNull();
      }),
    );
  });

  it('calls what failed a failure and what is not known an error, each with its reason', () => {
    const run = goodRun();
    run.systems[1]!.hold.failed = 900;
    run.complete = false;
    run.reason = 'it was stopped';
    const text = formatJunit(judge(judgeInput({ run })));
    expect(text).toContain('tests="47" failures="1" errors="1">');
    expect(text).toContain(
      '<failure message="900 of 1800 requests failed, by status or by body." type="fail"/>',
    );
    expect(text).toContain('<error message="The run is not complete: it was stopped." type="inconclusive"/>');
  });

  it('stays XML whatever a reason contains', () => {
    const reason = 'rate<0.01 & "more"\u0007\n]]>';
    expect(formatJunit(withRecords(recordOf({ verdict: 'fail', reason })))).toContain(
      'message="rate&lt;0.01 &amp; &quot;more&quot;  ]]&gt;"',
    );
  });
});

describe('githubAnnotations', () => {
  it('says of a pass alone how much each system carries', () => {
    const [notice, ...others] = githubAnnotations(passed);
    expect(others).toEqual([]);
    expect(notice).toMatch(
      /^::notice title=local%3A headroom \(a rehearsal\)::orders carries at least [\d.]+ × .*%0Areturns carries at least /,
    );
    expect(githubAnnotations({ ...passed, headroom: [] })).toEqual([]);
  });

  it('names ten systems in its notice and counts the rest', () => {
    const headroom = Array.from({ length: 12 }, (_, index) => ({
      ...passed.headroom[0]!,
      system: `s${index}`,
      atLeast: index === 11 ? 0.5 : 1,
    }));
    const [notice] = githubAnnotations({ ...passed, headroom });
    expect(notice).toContain('::s11 carries');
    expect(notice).toMatch(/s8 [^%]*%0A… and 2 more$/);
  });

  it('says each reason once, with what it concerns, as GitHub wants it written', () => {
    const reason = '3 of 5 periods in a row\nreached 80 %.';
    const records = [
      recordOf({ system: 'orders', verdict: 'fail', reason }),
      recordOf({ system: 'returns', verdict: 'fail', reason }),
      recordOf({ system: null, signal: 'run', verdict: 'inconclusive', reason: 'no data' }),
    ];
    expect(githubAnnotations(withRecords(...records))).toEqual([
      '::error title=local%3A below the reserve::orders database CPU, returns database CPU: ' +
        '3 of 5 periods in a row%0Areached 80 %25.',
      '::warning title=local%3A not known::record of the run: no data',
    ]);
  });

  it('keeps within what GitHub shows, and says how many there are more', () => {
    const records = Array.from({ length: 12 }, (_, index) =>
      recordOf({ verdict: 'fail', reason: `reason ${index}` }),
    );
    const annotations = githubAnnotations(withRecords(...records));
    expect(annotations).toHaveLength(10);
    expect(annotations.at(-2)).toContain('reason 8');
    expect(annotations.at(-1)).toContain('3 more reasons');
    expect(githubAnnotations(withRecords(...records.slice(0, 10))).at(-1)).toContain('reason 9');
  });
});
