import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { notExercised } from '../../monitoring/rehearsal.ts';
import { formatVerdict } from './formatVerdict.ts';
import { judge } from './judge.ts';
import { goodRun, judgeInput } from './testing/judgeInput.ts';
import { verdictFileSchema, type VerdictFile } from '../../records/verdict.ts';
import { writeVerdict } from './writeAnswers.ts';

const passed = judge(judgeInput());
const failed = (() => {
  const run = goodRun();
  run.systems[1]!.hold.failed = 900;
  return judge(judgeInput({ run }));
})();

describe('formatVerdict', () => {
  it('shows a row for each system and signal, and the verdict last', () => {
    const text = formatVerdict(passed, { color: false, width: 120 });
    const lines = text.trimEnd().split('\n');
    expect(lines.find((line) => line.includes('databaseConnections'))).toMatch(
      /databaseConnections\s+40\.0 %\s+80\.0 %\s+40\.0 %\s+pass$/,
    );
    expect(lines.filter((line) => line.includes('latencyP99'))).toHaveLength(2);
    expect(lines.filter((line) => line.includes('threshold:'))).toEqual([]);
    expect(lines).toContain('Thresholds of the script that held: 1.');
    expect(lines.at(-1)).toMatch(
      /^PASS stage local: 47 passed, 0 failed, 0 inconclusive over 6 periods of metrics\.$/,
    );
  });

  it('has a row for a threshold that was crossed', () => {
    const run = goodRun();
    run.thresholds[0]!.ok = false;
    const text = formatVerdict(judge(judgeInput({ run })), { color: false, width: 120 });
    expect(text).toMatch(/^\(run\).*\n(?:.*\n)*? +threshold:http_req_failed .*fail$/m);
    expect(text).not.toContain('that held');
  });

  it('says why something did not pass', () => {
    const text = formatVerdict(failed, { color: false, width: 120 });
    expect(text).toContain(
      'fail: 900 of 1800 requests failed, by status or by body. (returns failedRequests)',
    );
    expect(text.trimEnd().split('\n').at(-1)).toMatch(/^FAIL stage local/);
  });

  it('says a reason once, with what it concerns', () => {
    const text = formatVerdict(judge(judgeInput({ run: goodRun(25) })), { color: false, width: 400 });
    expect(text.match(/hold for at least 40 s/g)).toHaveLength(1);
    expect(text).toMatch(/\(orders databaseCpu, .* and 26 more\)/);
  });

  it('speaks of a rehearsal only where it was one', () => {
    const local = formatVerdict(passed, { color: false, width: 1_000 });
    for (const what of notExercised) expect(local).toContain(what);
    expect(local).toContain('no deployment accepts');
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
      -2,
    );
    expect(prose.length).toBeGreaterThan(4);
    for (const line of prose) expect(line.length).toBeLessThanOrEqual(40);
  });

  it('shows the exceptions and the tightest of a large fleet', () => {
    const systems = Array.from({ length: 50 }, (_, index) => `system-${index}`);
    const records = systems.map((system, index) => ({
      ...passed.records[0]!,
      system,
      headroom: 10 + index,
      verdict: index === 40 ? ('fail' as const) : ('pass' as const),
    }));
    const text = formatVerdict({ ...failed, records }, { color: false, width: 120 });
    expect(text).toMatch(/system-0 .*pass\nsystem-40 .*fail\n… and 48 more/);
    expect(text).toContain('49 passed, 1 failed');
  });
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
