import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkBudgets,
  concurrencyBudget,
  connectionBudget,
  probeBudget,
  probeStatementsPerSecond,
} from './budget.ts';
import { BudgetError } from './errors.ts';
import { parseFleet, type FleetConfig } from '../fleet/fleet.ts';
import { contract } from '../service/contract.ts';

const expectedPeak = { requestsPerSecond: 30, messagesPerSecond: 5 };

const fleetOf = (
  stage: FleetConfig['stages'][string],
  more: Partial<FleetConfig> & { systemCount?: number } = {},
) => {
  const { systemCount = 1, ...rest } = more;
  return parseFleet({
    service: contract,
    region: 'us-east-1',
    systems: Array.from({ length: systemCount }, (_, index) => ({ name: `system-${index}`, expectedPeak })),
    stages: { prod: stage, local: { account: '000000000000' } },
    ...rest,
  });
};

const findingsOf = (check: () => void): readonly string[] => {
  try {
    check();
    return [];
  } catch (error) {
    if (error instanceof BudgetError) return error.findings;
    throw error;
  }
};

describe('connectionBudget', () => {
  it('doubles what may run, adds the reserves and keeps a fifth free', () => {
    const fleet = fleetOf({ api: { reservedConcurrency: 18 }, subscriber: { maximumConcurrency: 2 } });
    expect(connectionBudget(fleet, 'prod', 'system-0')).toMatchObject({ needed: 50, allowed: 400 });
  });

  const configured = fc.record({
    reservedConcurrency: fc.integer({ min: 1, max: 900 }),
    maximumConcurrency: fc.integer({ min: 2, max: 100 }),
    connectionLimit: fc.integer({ min: 1, max: 2_000 }),
  });

  it('passes exactly the configurations whose overlapping executions fit into 80 % of the limit', () => {
    fc.assert(
      fc.property(configured, ({ reservedConcurrency, maximumConcurrency, connectionLimit }) => {
        const fleet = fleetOf(
          { api: { reservedConcurrency }, subscriber: { maximumConcurrency }, database: { connectionLimit } },
          { accountConcurrency: 1_000_000 },
        );
        // The slow reading: open them one by one and look when the reserve is touched.
        let open = 0;
        for (let execution = 0; execution < reservedConcurrency + maximumConcurrency; execution += 1)
          open += 2;
        const fits = (open + 5 + 5) * 100 <= connectionLimit * 80;
        const findings = findingsOf(() => checkBudgets(fleet, 'prod'));
        expect(findings.length).toBe(fits ? 0 : 1);
      }),
    );
  });

  it('never passes more concurrency where it refused less', () => {
    fc.assert(
      fc.property(configured, fc.integer({ min: 1, max: 50 }), (config, more) => {
        const overBy = (reservedConcurrency: number) => {
          const { needed, allowed } = connectionBudget(
            fleetOf({
              api: { reservedConcurrency },
              database: { connectionLimit: config.connectionLimit },
            }),
            'prod',
            'system-0',
          );
          return needed - allowed;
        };
        expect(overBy(config.reservedConcurrency + more)).toBeGreaterThan(overBy(config.reservedConcurrency));
      }),
    );
  });
});

describe('the runs of a stage', () => {
  const withRuns = (atOnce: number) => ({
    stages: {
      qa: { database: { connectionLimit: 100 } },
      test: { runsOn: { stage: 'qa', atOnce }, api: { reservedConcurrency: 3 } },
      local: { account: '000000000000' },
    },
  });

  it("hold connections of the database they use, and executions of its account's", () => {
    const fleet = fleetOf({}, withRuns(2));
    // (10 + 2 of QA, twice 3 + 2 of its runs) × 2 + 10.
    expect(connectionBudget(fleet, 'qa', 'system-0').needed).toBe((12 + 2 * 5) * 2 + 10);
    expect(connectionBudget(fleet, 'test-1', 'system-0')).toEqual(connectionBudget(fleet, 'qa', 'system-0'));
    expect(concurrencyBudget(fleet, 'qa').needed).toBe(10 + 2 * 3 + 100);
  });

  it('are refused when too many of them could exist at once', () => {
    expect(findingsOf(() => checkBudgets(fleetOf({}, withRuns(5)), 'qa'))).toEqual([
      expect.stringContaining('+ 25 of 5 test stages'),
    ]);
  });
});

describe('concurrencyBudget', () => {
  it('gives fifty systems eighteen executions each, and no more', () => {
    const withReserved = (reservedConcurrency: number) =>
      fleetOf({ api: { reservedConcurrency } }, { systemCount: 50 });
    expect(concurrencyBudget(withReserved(18), 'prod')).toMatchObject({ needed: 1_000, allowed: 1_000 });
    expect(findingsOf(() => checkBudgets(withReserved(18), 'prod'))).toEqual([]);
    expect(findingsOf(() => checkBudgets(withReserved(19), 'prod'))).toHaveLength(1);
  });

  it('adds up the stages of one account and leaves out those of another', () => {
    const stages = (qaAccount?: string) =>
      fleetOf(
        {},
        {
          systemCount: 50,
          stages: {
            prod: {},
            qa: qaAccount === undefined ? {} : { account: qaAccount },
            local: { account: '000000000000' },
          },
        },
      );
    expect(concurrencyBudget(stages(), 'prod').needed).toBe(50 * 10 * 2 + 50 * 2 * 2);
    expect(concurrencyBudget(stages('111122223333'), 'prod').needed).toBe(50 * 10 + 50 * 2);
  });
});

describe('probeBudget', () => {
  /** Three stages of as many systems, in one account or in one each. */
  const three = (systemCount: number, accounts: 'one' | 'apart' = 'one') => {
    const accountOf = (account: string) => (accounts === 'apart' ? { account } : {});
    return fleetOf(
      {},
      {
        systemCount,
        accountConcurrency: 1_000_000,
        stages: {
          prod: accountOf('111122223333'),
          qa: accountOf('222233334444'),
          demo: accountOf('333344445555'),
          test: { runsOn: { stage: 'qa' }, ...accountOf('222233334444') },
          local: { account: '000000000000' },
        },
      },
    );
  };

  it('counts the databases of every stage in the account but those of runs, which have no probe', () => {
    expect(probeBudget(three(133), 'prod')).toMatchObject({ needed: 399, allowed: 400 });
    expect(probeBudget(three(133, 'apart'), 'qa')).toMatchObject({ needed: 133, allowed: 400 });
    expect(probeBudget(three(133), 'local')).toMatchObject({ needed: 133, allowed: 400 });
  });

  it('counts what is asked through the Redshift Data API alone: Aurora has its own, Amazon RDS has none', () => {
    const probe = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:probe-a1B2c3';
    const adopted = (name: string, engine: object) => ({
      name,
      expectedPeak,
      adopt: {
        apiUrl: 'https://clients.example',
        database: { identifier: name, database: 'clients', memoryMiB: 8_192, ...engine },
      },
    });
    const systems = [
      { name: 'own', expectedPeak },
      adopted('redshift', { secrets: { probe } }),
      adopted('unasked', {}),
      adopted('aurora', { engine: 'aurora-postgresql', secrets: { probe } }),
      adopted('rds', { engine: 'rds-postgresql', database: undefined }),
    ];
    expect(probeBudget(fleetOf({}, { systems }), 'prod')).toMatchObject({ needed: 2 });
  });

  it('fails the synthesis of more than can be asked, and says what to do', () => {
    expect(findingsOf(() => checkBudgets(three(133), 'prod'))).toEqual([]);
    expect(findingsOf(() => checkBudgets(three(134), 'prod'))).toEqual([
      'Databases probed: 402 a minute and 400 are allowed (402 databases in prod and qa and demo, at 80 % of the ' +
        '20 statements a second that the Redshift Data API takes from an account in a region, for 25 s of each ' +
        'minute), 2 too many: give the stage an account of its own (stages.prod.account).',
    ]);
    expect(findingsOf(() => checkBudgets(three(134, 'apart'), 'prod'))).toEqual([]);
  });

  it('gives each stage of an account an equal part of the rate', () => {
    expect(probeStatementsPerSecond(three(1), 'prod')).toBeCloseTo(16 / 3);
    expect(probeStatementsPerSecond(three(1, 'apart'), 'prod')).toBe(16);
    expect(probeStatementsPerSecond(three(1), 'local')).toBe(16);
  });
});

describe('a system with sizes of its own', () => {
  const own = { database: { connectionLimit: 60 }, api: { reservedConcurrency: 30, timeoutMs: 2_500 } };
  const fleet = fleetOf({ systems: { 'system-1': own } }, { systemCount: 3 });

  it('counts with them, and is told by its own field', () => {
    expect(connectionBudget(fleet, 'prod', 'system-1')).toMatchObject({ needed: 74, allowed: 48 });
    expect(connectionBudget(fleet, 'prod', 'system-2')).toMatchObject({ needed: 34, allowed: 400 });
    expect(concurrencyBudget(fleet, 'prod').needed).toBe(10 + 30 + 10 + 100);
    expect(findingsOf(() => checkBudgets(fleet, 'prod'))).toEqual([
      expect.stringMatching(/26 too many: lower stages\.prod\.systems\.system-1\.api\.reservedConcurrency/),
      expect.stringMatching(/^stages\.prod\.systems\.system-1\.api\.timeoutMs: expected whole seconds/),
    ]);
  });

  it('counts in a run of another stage with what it has there', () => {
    const stages = (more: object) => ({
      stages: {
        qa: { database: { connectionLimit: 100 } },
        test: { runsOn: { stage: 'qa' }, ...more },
        local: { account: '000000000000' },
      },
    });
    const needed = (more: object) => connectionBudget(fleetOf({}, stages(more)), 'qa', 'system-0').needed;
    expect(needed({}) - needed({ systems: { 'system-0': { api: { reservedConcurrency: 2 } } } })).toBe(
      2 * 8 * 2,
    );
  });
});

describe('checkBudgets', () => {
  it('says the sum, the limit, by how much, and what to change', () => {
    const fleet = fleetOf({ api: { reservedConcurrency: 20 }, database: { connectionLimit: 50 } });
    expect(() => checkBudgets(fleet, 'prod')).toThrow(
      'stage "prod" cannot be built as configured: Database connections: 54 may be needed and 40 are ' +
        'allowed ((20 API + 2 subscriber executions) × 2 + 5 Data API + 5 operators, against 80 % of the ' +
        "cluster's 50), 14 too many: lower stages.prod.api.reservedConcurrency",
    );
  });

  it('asks for memory that leaves its reserve, a full batch included', () => {
    const findingsAt = (memoryMiB: number, batchSize: number) =>
      findingsOf(() => checkBudgets(fleetOf({ subscriber: { memoryMiB, batchSize } }), 'prod'));
    expect(findingsAt(128, 100)).toEqual([]);
    expect(findingsAt(128, 1_000)).toEqual([
      expect.stringContaining('and a batch of 1000 stay below 80 %; got 128'),
    ]);
    expect(findingsAt(133, 1_000)).toEqual([]);
  });

  it('tells everything at once', () => {
    const fleet = fleetOf({
      api: { reservedConcurrency: 950, timeoutMs: 2_500 },
      subscriber: { timeoutMs: 2_001, batchSize: 11, batchWindowSeconds: 0 },
    });
    const findings = findingsOf(() => checkBudgets(fleet, 'prod'));
    expect(findings.map((finding) => finding.split(':')[0])).toEqual([
      'Database connections',
      'Concurrent executions',
      'stages.prod.api.timeoutMs',
      'stages.prod.subscriber.timeoutMs',
      'stages.prod.subscriber.batchWindowSeconds',
    ]);
  });
});
