import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isErrorClass, shownWords } from './failureWords.ts';
import { plainFailureOf, suspicious } from './plainFailures.ts';

const id = '5f3c1a9e-0c1d-4b7e-9a55-0123456789ab';
const at = '2026-11-03T12:00:00.123Z';

describe('a line that other code wrote', () => {
  it.each([
    // Lambda itself.
    [`${at} ${id} Task timed out after 3.00 seconds\n\n`, 'Sandbox.Timedout', 'task timed out'],
    [
      '{"time":"x","type":"platform.report","record":{"status":"timeout"}}',
      'Sandbox.Timedout',
      'task timed out',
    ],
    [
      '{"type":"platform.report","record":{"status":"error","errorType":"Runtime.ExitError"}}',
      'Runtime.ExitError',
      '',
    ],
    [
      `RequestId: ${id} Error: Runtime exited with error: exit status 1\nRuntime.ExitError`,
      'unnamed',
      'error runtime exited with error exit status …',
    ],
    // Its runtimes, as text and as JSON.
    [
      `${at}\t${id}\tERROR\tInvoke Error \t{"errorType":"TypeError","errorMessage":"no client Ana","stack":["x"]}`,
      'TypeError',
      'no client …',
    ],
    [
      `[ERROR] ValueError: client 77 not found\rTraceback (most recent call last):\r  File "/var/task/a.py"`,
      'ValueError',
      'client … not found',
    ],
    [
      `[ERROR] psycopg2.errors.UniqueViolation: duplicate key value violates unique constraint "c_tax_id"`,
      'psycopg2.errors.UniqueViolation',
      'duplicate key value violates unique constraint …',
    ],
    [
      `{"timestamp":"${at}","level":"ERROR","message":{"errorType":"RangeError","errorMessage":"too many rows"}}`,
      'RangeError',
      'too many rows',
    ],
    // Loggers.
    [
      `[ERROR]\t${at}\t${id}\tcould not store 12.345.678-9\nTraceback (most recent call last):\n  File\nKeyError: 'tax_id'`,
      'KeyError',
      'could not store …',
    ],
    [`${at}\t${id}\tERROR\tconnect ECONNREFUSED 10.0.3.7:5439`, 'unnamed', 'connect ECONNREFUSED …'],
    [
      '{"level":50,"time":1,"msg":"cannot reach database","err":{"type":"PoolTimeout"}}',
      'PoolTimeout',
      'cannot … database',
    ],
    ['{"level":"error","message":"publish failed"}', 'unnamed', 'publish failed'],
    ['java.lang.NullPointerException: order of Ana', 'java.lang.NullPointerException', '… of …'],
  ])('%s', (line, name, words) => {
    expect(line).toMatch(new RegExp(suspicious));
    expect(plainFailureOf(line)).toMatchObject({ name, words });
  });

  it.each([
    ['REPORT RequestId: x Duration: 3 ms Status: error Error Type: Runtime.ExitError', 'none'],
    ['{"type":"platform.report","record":{"status":"error","errorType":"TypeError"}}', 'none'],
    ['{"level":"ERROR","errorCode":"databaseUnreachable"}', 'none'],
    ['{"level":"INFO","message":"no error"}', 'none'],
    [`${at}\t${id}\tINFO\tretry after error`, 'none'],
    ['there was an error somewhere', 'unknown'],
  ])('%s tells of no failure that is known', (line, expected) => {
    expect(plainFailureOf(line)).toBe(expected);
  });

  it('shows nothing that may be a client’s, whatever the line', () => {
    const value = fc.oneof(
      fc.string(),
      fc.constantFrom('Ana Pérez', 'ana@example.com', '12.345.678-9', 'ELENA'),
    );
    const line = fc
      .tuple(
        fc.constantFrom('', '[ERROR] ', `${at}\t${id}\tERROR\t`, 'panic: ', 'ValueError: '),
        fc.array(value),
      )
      .map(([before, values]) => before + values.join(' '));
    const json = fc
      .record({
        level: fc.constant('ERROR'),
        message: fc.oneof(value, fc.record({ errorType: value, errorMessage: value })),
      })
      .map((members) => JSON.stringify(members));
    fc.assert(
      fc.property(fc.oneof(line, json), (text) => {
        const found = plainFailureOf(text);
        if (typeof found === 'string') return;
        expect(found.name === 'unnamed' || isErrorClass(found.name)).toBe(true);
        // Saying it again changes nothing: all that is shown are words that may be.
        expect(shownWords(found.words)).toBe(found.words);
        expect(found.words).not.toMatch(/Ana|Pérez|ana|ELENA|[0-9@]/);
      }),
      { numRuns: 500 },
    );
  });
});
