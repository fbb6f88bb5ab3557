import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { notExercised } from '../../monitoring/rehearsal.ts';
import { formatVerdict } from './formatVerdict.ts';
import { judge } from './judge.ts';
import { goodRun, judgeInput, systems } from './testing/judgeInput.ts';
import { questionTitle } from '../../records/questionTitles.ts';
import { verdictInWords } from '../../records/verdictInWords.ts';
import {
  verdictFileSchema,
  type SystemHeadroomRecord,
  type VerdictFile,
  type VerdictRecord,
} from '../../records/verdict.ts';
import { signalsOf } from '../../monitoring/signals.ts';
import { writeVerdict } from './writeAnswers.ts';

const passed = judge(judgeInput());
const failed = (() => {
  const run = goodRun();
  run.systems[1]!.hold.failed = 900;
  return judge(judgeInput({ run }));
})();

describe('formatVerdict', () => {
  it('shows a row for each system and signal where all is wanted, and the verdict last', () => {
    const text = formatVerdict(passed, { color: false, width: 120, detail: 'all' });
    const lines = text.trimEnd().split('\n');
    expect(lines.find((line) => line.includes('databaseConnections'))).toMatch(
      /databaseConnections\s+40\.0 %\s+80\.0 %\s+40\.0 %\s+pass$/,
    );
    expect(lines.filter((line) => line.includes('latencyP99'))).toHaveLength(2);
    expect(lines.filter((line) => line.includes('threshold:'))).toEqual([]);
    expect(lines).toContain('Script thresholds that held: 1.');
    expect(lines.at(-1)).toMatch(
      /^PASS stage local: 47 passed, 0 failed, 0 inconclusive over 6 periods of metrics\.$/,
    );
  });

  it('says which threshold of the script was crossed', () => {
    const run = goodRun();
    run.thresholds[0]!.ok = false;
    const text = formatVerdict(judge(judgeInput({ run })), { color: false, width: 120 });
    expect(text).toContain("fail: The script's threshold rate<0.01 failed. (threshold of http_req_failed)");
    expect(questionTitle('threshold:checks{system:orders,phase:hold}')).toBe('Threshold of checks of orders');
    expect(text).not.toContain('that held');
  });

  it('says why something did not pass', () => {
    const text = formatVerdict(failed, { color: false, width: 120 });
    expect(text).toContain(
      'fail: 900 of 1800 requests failed, by status or by body. (returns failed requests)',
    );
    expect(text.trimEnd().split('\n').at(-1)).toMatch(/^FAIL stage local/);
  });

  it('says a reason once, with what it concerns', () => {
    const text = formatVerdict(judge(judgeInput({ run: goodRun(25) })), { color: false, width: 400 });
    expect(text.match(/hold for at least 40 s/g)).toHaveLength(1);
    expect(text).toMatch(/\(orders database CPU, .* and 26 more\)/);
  });

  it('speaks of a rehearsal only where it was one', () => {
    const local = formatVerdict(passed, { color: false, width: 1_000 });
    for (const what of notExercised) expect(local).toContain(what);
    expect(local).toContain('does not authorise a deployment');
    const text = formatVerdict({ ...passed, place: 'aws', rehearsal: false }, { color: false, width: 120 });
    expect(text).not.toContain('rehearsal');
  });

  it('changes nothing but colours when it colours', () => {
    const coloured = formatVerdict(failed, { color: true, width: 80 });
    const plain = formatVerdict(failed, { color: false, width: 80 });
    expect(coloured).not.toBe(plain);
    expect(stripVTControlCharacters(coloured)).toBe(plain);
  });

  it('wraps what is prose to the width', () => {
    const lines = formatVerdict(failed, { color: false, width: 40 }).split('\n');
    const prose = lines.slice(
      lines.findIndex((line) => line.startsWith('fail: ')),
      lines.findIndex((line) => line.startsWith('How many times')),
    );
    expect(prose.length).toBeGreaterThan(2);
    for (const line of prose) expect(line.length).toBeLessThanOrEqual(40);
  });

  const fifty = (changes: (index: number) => Partial<VerdictRecord>): VerdictFile => ({
    ...passed,
    records: Array.from({ length: 50 }, (_, index) => ({
      ...passed.records[0]!,
      system: `system-${index}`,
      worst: 20 + index,
      headroom: 60 - index,
      ...changes(index),
    })),
  });

  it('has a row a signal, whatever the number of systems: the lowest, the median, and which is worst', () => {
    const text = formatVerdict(
      fifty(() => ({})),
      { color: false, width: 120 },
    );
    expect(text).toMatch(/^Database CPU +20\.0 % +44\.0 % +69\.0 % +system-49 +80\.0 % +██████▉· +pass$/m);
    expect(text.match(/^Database CPU/gm)).toHaveLength(1);
    expect(text.match(/system-\d+/g)).toEqual(['system-49']);
  });

  it('counts of a signal what did not pass, and shows of those the worst', () => {
    const verdict = fifty((index) => (index === 7 ? { verdict: 'fail', reason: 'it was full' } : {}));
    const text = formatVerdict(verdict, { color: false, width: 120 });
    expect(text).toMatch(/^Database CPU .* 27\.0 % +system-7 .* 1 of 50 fail$/m);
    expect(text).toContain('fail: it was full (system-7 database CPU)');
  });

  it('as a part of something larger shows resources and what did not pass, and neither note nor answer', () => {
    const options = { color: false, width: 120, detail: 'part' } as const;
    const text = formatVerdict(failed, options);
    expect(text).toMatch(/^Database CPU .*pass$/m);
    expect(text).toMatch(/^Failed requests .* 1 of 2 fail$/m);
    expect(text).not.toMatch(/^Latency p99/m);
    expect(text).toMatch(/^… and \d+ more results, all passed\.$/m);
    expect(text).not.toContain('does not authorise a deployment');
    expect(text).not.toContain('keep 20 %');
  });

  it('shows a single system’s answers one by one: it has no median', () => {
    const records = passed.records.filter(({ system }) => system !== 'returns');
    const text = formatVerdict({ ...passed, records }, { color: false, width: 120 });
    expect(text).toMatch(/^orders +databaseCpu/m);
    expect(text).not.toContain('Median');
  });
});

describe('the answer in a sentence', () => {
  it.each<[string, VerdictFile, RegExp]>([
    ['a pass', passed, /^2 of 2 systems keep 20 % in reserve at 30 requests and 5 messages a second; .*\.$/],
    [
      'a failure',
      failed,
      /^1 of 2 systems does not keep 20 % in reserve at 30 requests and 5 messages a second: failed requests of returns\.$/,
    ],
    [
      'a hold that is too short',
      judge(judgeInput({ run: goodRun(25) })),
      /^It is not known whether 2 of 2 systems keep 20 % in reserve at .*: see database CPU, database memory, and 13 more of orders; /,
    ],
  ])('says of %s who keeps the reserve, at which load', (_, verdict, expected) => {
    expect(verdictInWords(verdict)).toMatch(expected);
  });

  it('does not blame the systems for what the generator did', () => {
    const run = goodRun();
    run.systems[1]!.hold.failed = 900;
    run.generator.lateIterations = 2_000;
    const verdict = judge(judgeInput({ run }));
    expect(verdict.records.some((record) => record.verdict === 'fail')).toBe(true);
    expect(verdictInWords(verdict)).toMatch(
      /^It is not known whether 2 systems keep .*: see late iterations\.$/,
    );
  });

  it('names what binds first, of the system where it does so first', () => {
    const [one] = passed.headroom;
    const of = (system: string, value: number): SystemHeadroomRecord => ({
      ...one!,
      system,
      bindsFirst: 'functionConcurrency',
      resources: one!.resources.map((resource) =>
        resource.signal === 'functionConcurrency'
          ? { ...resource, likely: { value, low: 1.04, high: null } }
          : resource,
      ),
    });
    expect(verdictInWords({ ...passed, headroom: [of('orders', 3), of('returns', 2.41)] })).toMatch(
      /; the first to bind is API function concurrency of returns, at about 2\.4 × that load \(1 or more\)\.$/,
    );
    expect(verdictInWords({ ...passed, headroom: [] })).toMatch(
      /; the run does not show which limit comes first\.$/,
    );
  });

  it('says “expected peak” where systems differ in it', () => {
    const records = passed.records.map((record) =>
      record.system === 'returns' && record.signal === 'load' ? { ...record, limit: 7 } : record,
    );
    expect(verdictInWords({ ...passed, records })).toContain('20 % in reserve at the expected peak;');
  });
});

it('resources have the titles of their alarms and dashboards; what is an estimate is called one in its reason', () => {
  const memory = passed.records.filter(({ signal }) => signal === 'databaseMemory');
  for (const { id, title, isEstimate } of Object.values(signalsOf(systems[0]!, 10)))
    expect(`${questionTitle(id)}${isEstimate ? ' (estimate)' : ''}`).toBe(title);
  expect(memory).toHaveLength(2);
  for (const { reason } of memory) expect(reason).toMatch(/^Below the limit .*\. An estimate\.$/);
});

it('everything that is asked has a title', () => {
  for (const { signal } of passed.records) expect(questionTitle(signal)).toMatch(/^[A-Z]/);
});

describe('writeVerdict', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headroom-verdict-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('writes what can be read again, and nothing else', async () => {
    await writeVerdict(join(folder, 'verdict.json'), failed);
    const read = verdictFileSchema.parse(JSON.parse(await readFile(join(folder, 'verdict.json'), 'utf8')));
    expect(read).toEqual(failed);
    expect(await readdir(folder)).toEqual(['verdict.json']);
  });

  it('keeps an answer when the same run is judged again with less to go by', async () => {
    const path = join(folder, 'verdict.json');
    const late = { ...passed, verdict: 'inconclusive' as const, judgedAt: '2026-01-02T00:00:00.000Z' };
    expect(await writeVerdict(path, late)).toBe(late);
    expect(await writeVerdict(path, passed)).toBe(passed);
    expect(await writeVerdict(path, late)).toEqual(passed);
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ verdict: 'pass' });
    expect(await writeVerdict(path, { ...late, runId: 'another' })).toMatchObject({ runId: 'another' });
  });

  it('refuses what is no verdict', async () => {
    const wrong = { ...failed, verdict: 'survived' } as unknown as VerdictFile;
    await expect(writeVerdict(join(folder, 'verdict.json'), wrong)).rejects.toThrow(/verdict/);
    expect(await readdir(folder)).toEqual([]);
  });

  it('says which file could not be written', async () => {
    const path = join(folder, 'absent', 'verdict.json');
    await expect(writeVerdict(path, failed)).rejects.toThrow(`cannot write ${path}`);
  });
});
