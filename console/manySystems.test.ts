import { describe, expect, it } from 'vitest';
import { runbookCommands } from './runbooks.ts';
import { readPlace } from './web/location.ts';
import { outstandingLines } from './web/plot/outstanding.ts';
import { systemChips, systemRows } from './web/views/systemList.ts';
import type { SystemView } from './wire.ts';

const system = (index: number, change: Partial<SystemView> = {}): SystemView => ({
  name: `system-${String(index).padStart(2, '0')}`,
  color: null,
  state: 'OK',
  requestsPerSecond: 30,
  expectedRequestsPerSecond: 30,
  signals: [{ id: 'databaseCpu', title: 'Database CPU', percent: 20, limitPercent: 80 }],
  ...change,
});
const near = (percent: number): Partial<SystemView> => ({
  signals: [{ id: 'databaseCpu', title: 'Database CPU', percent, limitPercent: 80 }],
});
const fifty = Array.from({ length: 50 }, (_, index) =>
  system(index + 1, index === 40 ? { state: 'ALARM' } : index === 30 ? near(70) : {}),
);
const place = (query: string) => readPlace(`#/overview?${query}`);
const names = (systems: readonly SystemView[]): string[] => systems.map(({ name }) => name);

describe('systems in a table', () => {
  it('keep their order while they are few', () => {
    const few = [system(2), system(1, { state: 'ALARM' })];
    expect(systemRows(few, place(''))).toEqual({ shown: few, hidden: 0 });
  });

  it('of many show who is in trouble, then who is nearest to a limit, and twenty until all are wanted', () => {
    const { shown, hidden } = systemRows(fifty, place(''));
    expect(names(shown).slice(0, 3)).toEqual(['system-41', 'system-31', 'system-01']);
    expect([shown.length, hidden]).toEqual([20, 30]);
    expect(systemRows(fifty, place('all=')).shown).toHaveLength(50);
  });

  it('are those whose name has what was looked for', () => {
    expect(names(systemRows(fifty, place('find=M-4')).shown)).toHaveLength(10);
    expect(systemRows(fifty, place('find=orders'))).toEqual({ shown: [], hidden: 0 });
  });
});

describe('systems as chips', () => {
  it('are all while they are few', () => {
    expect(systemChips(fifty.slice(0, 12), place(''))).toMatchObject({ hidden: 0 });
  });

  it('of many are those in alarm and the one that is brought out, or those that were looked for', () => {
    const { shown, hidden } = systemChips(fifty, place('system=system-07'));
    expect([names(shown), hidden]).toEqual([['system-07', 'system-41'], 48]);
    expect(names(systemChips(fifty, place('find=-1')).shown)).toHaveLength(10);
    const all = systemChips(fifty, place('find=system'));
    expect([all.shown.length, all.hidden]).toEqual([12, 38]);
  });
});

describe('lines that stand out among many', () => {
  const columns = (...values: (number | null)[]): (number | null)[][] => values.map((value) => [1, value]);

  it('are those far from the others, the farthest first, and no more than five', () => {
    const calm = Array.from({ length: 20 }, (_, index) => 30 + (index % 3));
    expect(outstandingLines(columns(...calm, 60, 95))).toEqual([21, 20]);
    expect(outstandingLines(columns(...calm, 60, 61, 62, 63, 64, 65, 66))).toHaveLength(5);
  });

  it('are none where all are alike, nearly alike, or without data', () => {
    expect(outstandingLines(columns(...Array<number>(12).fill(30)))).toEqual([]);
    expect(outstandingLines(columns(...Array<number>(12).fill(30), 30.5))).toEqual([]);
    expect(outstandingLines(columns(...Array<null>(12).fill(null)))).toEqual([]);
  });
});

describe('the first commands of a runbook', () => {
  it('are its checks, each with the variables that it takes, and nothing that changes anything', async () => {
    const commands = await runbookCommands('databaseConnections', { stage: 'qa', system: 'orders' });
    expect(commands).toHaveLength(2);
    expect(commands[0]).toMatch(
      /^STAGE=qa SYSTEM=orders\nDOCUMENT=.*\nCLUSTER=.*\nDATABASE=.*\nADMIN=.*\nID=/,
    );
    expect(commands[1]).toMatch(
      /^STAGE=qa SYSTEM=orders\nDOCUMENT=.*\nFUNCTION=.*\nSUBSCRIBER=.*\naws lambda get-function-concurrency/,
    );
    expect(commands.join()).not.toContain('resize-cluster');
  });

  it('take no system where the alarm is of the whole fleet', async () => {
    const [first] = await runbookCommands('affected', { stage: 'qa', system: null });
    expect(first).toMatch(/^STAGE=qa\naws /);
  });

  it('are none of a runbook that is not there', async () => {
    expect(await runbookCommands('../secrets', { stage: 'qa', system: null })).toEqual([]);
  });
});
