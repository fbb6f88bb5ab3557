import fc from 'fast-check';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseFleet, withSystems, type Fleet } from '../../fleet/fleet.ts';
import type { Template } from '../rules/template.ts';
import { appOf } from '../cdkApp.ts';
import { limits } from '../../monitoring/limits.ts';
import { exampleFleet, expectedPeak } from '../testing/templates.ts';
import { costOf } from './cost.ts';
import { formatPlan } from './formatPlan.ts';
import { countsAt, inventoryOf, type Inventory } from './inventory.ts';
import { measureInventory } from './measure.ts';
import { planStage } from './plan.ts';
import { nodePrices, prices } from './prices.ts';

let inventories: Map<string, Inventory>;

const fleet = parseFleet({
  ...exampleFleet,
  stages: {
    prod: {},
    qa: { database: { pausable: true } },
    local: { account: '000000000000' },
  },
});

beforeAll(async () => {
  inventories = new Map();
  for (const stage of ['prod', 'qa']) inventories.set(stage, await measureInventory(fleet, stage));
});

const planAt = (systems: number, more: Partial<Parameters<typeof planStage>[0]> = {}) =>
  planStage({ fleet: withSystems(fleet, systems), stage: 'prod', inventories, loadShare: 1, ...more });
const usdOf = (plan: ReturnType<typeof planAt>, item: string) =>
  plan.cost.items.find((one) => one.item === item)?.usd ?? 0;

describe('the inventory', () => {
  it('is a straight line through one and two systems that meets the templates of five', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'headroom-plan-test-'));
    try {
      const templates = appOf({
        fleet: withSystems(fleet, 5),
        stages: ['prod'],
        outputDirectory: join(directory, 'out'),
        codeDirectory: import.meta.dirname,
        release: 'none',
        validate: false,
      })
        .synth()
        .stacks.map(({ template }) => template as Template);
      expect(countsAt(inventories.get('prod')!, 5)).toEqual(countsAt(inventoryOf(templates, templates), 1));
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
});

describe('planStage', () => {
  it('agrees with what is known of fifty systems', () => {
    const plan = planAt(50);
    // 50 clusters of two ra3.large nodes around the clock.
    expect(usdOf(plan, 'Redshift nodes')).toBeCloseTo(50 * 2 * 0.543 * 730, 6);
    // 50 systems × 30 requests a second.
    expect(usdOf(plan, 'API requests')).toBeCloseTo(((50 * 30 * 730 * 3_600) / 1e6) * 3.5, 6);
    expect(plan.cost.alternatives.map(({ usd }) => Math.round(usd))).toEqual([2_628, 150, 392]);
    expect(usdOf(plan, 'Dashboards')).toBe(9);
    // Twelve composites a system, three for the fleet; 50 × 13 signals every quarter of an hour.
    expect(usdOf(plan, 'Composite alarms')).toBe(0.5 * (12 * 50 + 3));
    expect(usdOf(plan, 'Metrics read to compare the systems')).toBeCloseTo(18.98, 2);
    // A minute's run of five seconds: the canary's 1,024 MiB, the probe's 256 and longer by an eighth of a second for
    // each database, and the comparison's each 15th.
    const scheduled = 43_800 * (5 + (5 + 50 / 8) * 0.25 + (5 * 0.25) / 15) * 0.0000133334;
    expect(usdOf(plan, 'Canary, probe and comparison')).toBeCloseTo(scheduled, 6);
    expect(plan.cost.totalUsd).toBeCloseTo(
      plan.cost.items.reduce((sum, { usd }) => sum + usd, 0),
      6,
    );
    const monitoring = plan.cost.items.filter(({ group }) => group === 'monitoring');
    expect(plan.cost.monitoringUsd).toBeCloseTo(
      monitoring.reduce((sum, { usd }) => sum + usd, 0),
      6,
    );
  });

  it("counts the account's other stages against its quotas, and no other account's", () => {
    const nodesOf = (config: Fleet) =>
      planAt(3, { fleet: config }).quotas.find(({ name }) => name === 'Redshift nodes')!.used;
    const apart = parseFleet({
      ...fleet,
      stages: { ...fleet.stages, qa: { ...fleet.stages['qa'], account: '111122223333' } },
    });
    expect(nodesOf(fleet)).toBe(12);
    expect(nodesOf(apart)).toBe(6);
  });

  it("counts every stage's peak against the rates that an account's APIs and the Data API have in a region", () => {
    const quota = (plan: ReturnType<typeof planAt>, name: string) =>
      plan.quotas.find((one) => one.name === name);
    const rate = 'API requests a second';
    // Production and QA, each of 200 systems at 30 requests a second.
    expect(quota(planAt(200), rate)).toMatchObject({ used: 12_000, limit: 10_000, adjustable: true });
    expect(formatPlan(planAt(200))).toMatch(/✗ API requests a second +12,000 of 10,000 +120 %/);
    expect(quota(planAt(200), 'API requests at once')).toMatchObject({ used: 400, limit: 5_000 });
    // What a Data API that gives 16 answers a second is asked in 25 seconds.
    const probed = 'Databases probed a minute';
    expect(quota(planAt(200), probed)).toMatchObject({ used: 400, limit: 400, adjustable: false });
    const milan = planAt(200, { fleet: { ...withSystems(fleet, 200), region: 'eu-south-1' } });
    expect(quota(milan, rate)).toMatchObject({ used: 12_000, limit: 2_500 });
    expect(quota(milan, 'API requests at once')).toMatchObject({ limit: 1_250 });
  });

  it('says how many generators a load test of all systems takes, by what one was measured to carry', () => {
    const { requestsPerSecond: each } = limits.generator;
    expect(planAt(1).load).toEqual({ requestsPerSecond: 30, generators: 1 });
    expect(formatPlan(planAt(1))).toContain('sends 30 requests a second: one core of a generator, at');
    const { requestsPerSecond, generators } = planAt(200).load;
    expect(requestsPerSecond).toBe(6_000);
    expect(generators * each).toBeGreaterThanOrEqual(6_000);
    expect((generators - 1) * each).toBeLessThan(6_000);
  });

  it('puts the most used quota on top, and finds how many systems fit, and what one more exceeds', () => {
    const { quotas, firstLimit } = planAt(3);
    expect(quotas.map(({ usedPercent }) => usedPercent)).toEqual(
      quotas.map(({ usedPercent }) => usedPercent).sort((a, b) => b - a),
    );
    const fits = (systems: number) => planAt(systems).quotas.every(({ used, limit }) => used <= limit);
    expect([fits(firstLimit.systems), fits(firstLimit.systems + 1)]).toEqual([true, false]);
    const exceeded = planAt(firstLimit.systems + 1).quotas.filter(({ used, limit }) => used > limit);
    expect(exceeded.map(({ name }) => name)).toEqual([firstLimit.quota]);
  });

  it('counts a system with what it has otherwise than the others', () => {
    const own = {
      expectedPeak: { requestsPerSecond: 300 },
      database: { nodeType: 'ra3.xlplus' as const, nodes: 5 },
    };
    const some = parseFleet({ ...fleet, stages: { ...fleet.stages, prod: { systems: { orders: own } } } });
    const plan = planAt(3, { fleet: some });
    const hours = 730;
    expect(usdOf(plan, 'Redshift nodes, ra3.large')).toBeCloseTo(
      2 * 2 * hours * nodePrices['ra3.large'].usd,
      6,
    );
    expect(usdOf(plan, 'Redshift nodes, ra3.xlplus')).toBeCloseTo(
      5 * hours * nodePrices['ra3.xlplus'].usd,
      6,
    );
    // Five, twice two, and QA's three times two.
    expect(plan.quotas.find(({ name }) => name === 'Redshift nodes')).toMatchObject({ used: 5 + 4 + 6 });
    expect(plan.load.requestsPerSecond).toBe(300 + 30 + 30);
    expect(usdOf(plan, 'API requests')).toBeCloseTo(((360 * hours * 3_600) / 1e6) * 3.5, 6);
  });

  it('says what pausing would leave to pay, where the databases can be paused', () => {
    expect(planAt(3).cost.totalWhenPausedUsd).toBeNull();
    const qa = planAt(3, { stage: 'qa' });
    const idle = planAt(3, { stage: 'qa', loadShare: 0 });
    const databases = usdOf(qa, 'Redshift nodes');
    // What stands there all day, and a 24th of the databases and of what comes with the load.
    const standing = idle.cost.totalUsd - databases;
    expect(qa.cost.totalWhenPausedUsd).toBeCloseTo(standing + (qa.cost.totalUsd - standing) / 24, 6);
    expect(qa.cost.totalWhenPausedUsd).toBeLessThan(qa.cost.totalUsd / 5);
  });

  it('costs more with every system and every bit of load', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 199 }),
        fc.double({ min: 0, max: 0.9, noNaN: true }),
        (systems, loadShare) => {
          const { totalUsd } = planAt(systems, { loadShare }).cost;
          expect(planAt(systems + 1, { loadShare }).cost.totalUsd).toBeGreaterThan(totalUsd);
          expect(planAt(systems, { loadShare: loadShare + 0.1 }).cost.totalUsd).toBeGreaterThan(totalUsd);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('costs something where nobody asks, and only what stands there', () => {
    const items = planAt(3, { loadShare: 0 }).cost.items.map(({ item }) => item);
    expect(items).toContain('Redshift nodes');
    expect(items).not.toContain('API requests');
  });
});

describe('costOf', () => {
  it('fills batches as far as a window of the messages does', () => {
    const batchesAt = (messagesPerSecond: number) => {
      const systems = [
        {
          config: fleet.stages['prod']!,
          expectedPeak: { ...expectedPeak, requestsPerSecond: 1e-9, messagesPerSecond },
        },
      ];
      const counts = countsAt(inventories.get('prod')!, 0);
      const items = costOf({ systems, counts, loadShare: 1 });
      const invocations = items.find(({ item }) => item === 'Function invocations')!.usd / 0.2;
      const scheduled = 43_800 * (2 + 1 / 15);
      return (invocations * 1e6 - scheduled) / (730 * 3_600);
    };
    // One message a batch below one a second, a window's messages, and full batches of 100 above.
    expect(batchesAt(0.5)).toBeCloseTo(0.5, 3);
    expect(batchesAt(20)).toBeCloseTo(1, 3);
    expect(batchesAt(1_000)).toBeCloseTo(10, 3);
  });

  it('pays for each message sent, for each batch received and deleted, and for asking an empty queue', () => {
    const systems = [
      {
        config: fleet.stages['prod']!,
        expectedPeak: { ...expectedPeak, requestsPerSecond: 1e-9, messagesPerSecond: 20 },
      },
    ];
    const counts = countsAt(inventories.get('prod')!, 0);
    const queueUsd = (loadShare: number) =>
      costOf({ systems, counts, loadShare }).find(({ item }) => item === 'Queue requests')!.usd;
    const secondsAMonth = 730 * 3_600;
    // Twenty messages a second in one batch; five pollers that ask every 20 s. 0.40 USD a million requests.
    expect(queueUsd(1)).toBeCloseTo(((20 + 2 * 1 + 5 / 20) * secondsAMonth * 0.4) / 1e6, 4);
    expect(queueUsd(0)).toBeCloseTo(((5 / 20) * secondsAMonth * 0.4) / 1e6, 4);
  });
});

describe('the prices', () => {
  it('name their source', () => {
    for (const price of [...Object.values(prices), ...Object.values(nodePrices)]) {
      expect(price.source).toMatch(/^https:\/\/aws\.amazon\.com\/[\w-]+\/pricing\/$/);
      expect(price.usd).toBeGreaterThan(0);
    }
  });
});

describe('docs/cost.md', () => {
  it('has what plan says of the stage that ships here', async () => {
    const page = await readFile(fileURLToPath(new URL('../../docs/cost.md', import.meta.url)), 'utf8');
    const usd = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 0 });
    const groups = ['database', 'service', 'security', 'network', 'monitoring'] as const;
    for (const systems of [1, 3, 50, 200]) {
      const { items, totalUsd } = planAt(systems).cost;
      const sums = groups.map((group) =>
        items.filter((item) => item.group === group).reduce((sum, item) => sum + item.usd, 0),
      );
      expect(page).toContain(`| ${[systems, ...[...sums, totalUsd].map(usd)].join(' | ')} |\n`);
    }
    const qa = planAt(50, { stage: 'qa' }).cost.totalWhenPausedUsd;
    expect(page.replaceAll(/\s+/g, ' ')).toContain(
      `cost ${usd(qa!)} a month instead of ${usd(planAt(50).cost.totalUsd)}`,
    );
    for (const { usd: saved } of planAt(50).cost.alternatives) expect(page).toContain(usd(saved));
  });
});

describe('formatPlan', () => {
  it.each([1, 50, 200])('shows sums that a reader can check, at %i systems', (systems) => {
    const { cost, ...plan } = planAt(systems);
    const lines = formatPlan({ ...plan, cost }).split('\n');
    const amount = (text: string) => Number.parseFloat(text.replaceAll(',', ''));
    const printed = lines.flatMap((line) => {
      const [, usd, , sum] = /^ +([\d,]+\.\d\d)  (\S.*?) {2,}(\S.*)$/.exec(line) ?? [];
      return usd !== undefined && sum !== undefined ? [{ usd: amount(usd), sum }] : [];
    });
    const items = printed.slice(0, cost.items.length);
    for (const { usd, sum } of items) {
      const product = sum.split(' × ').reduce((result, part) => result * amount(part), 1);
      expect(Math.abs(product - usd), sum).toBeLessThan(0.02 + usd * 0.01);
    }
    const total = amount(lines.find((line) => line.includes('in all, of which monitoring'))!.trim());
    const sum = items.reduce((all, { usd }) => all + usd, 0);
    expect(Math.abs(total - sum)).toBeLessThan(0.01 * items.length);
  });

  it.each([
    [1, 'reaches 1; each wave is watched by its alarms, 39 min in all'],
    [50, 'reaches 1, then 5, then 44; each wave is watched by its alarms, 1 h 27 min in all'],
    [200, 'reaches 1, then 20, then 179; each wave is watched by its alarms, 2 h 39 min in all'],
  ])('says in which waves a release reaches %i systems', (systems, line) => {
    expect(formatPlan(planAt(systems))).toContain(`  ${line}\n`);
  });

  it('prices nothing of what is adopted, and says so', () => {
    const legacy = {
      name: 'legacy',
      expectedPeak,
      adopt: {
        apiUrl: 'https://clients.example',
        database: { engine: 'aurora-postgresql', identifier: 'clients' } as const,
      },
    };
    const beside = parseFleet({ ...fleet, systems: [...fleet.systems, legacy] });
    const plans = [fleet, beside].map((of) => planAt(3, { fleet: of }));
    // It is no pattern for what could be built beside it.
    expect(plans[1]!.firstLimit).toEqual(plans[0]!.firstLimit);
    expect(plans.map(({ cost }) => cost.items.find(({ group }) => group === 'database'))).toEqual([
      plans[0]!.cost.items.find(({ group }) => group === 'database'),
      plans[0]!.cost.items.find(({ group }) => group === 'database'),
    ]);
    const [without, withLegacy] = plans.map(formatPlan);
    expect(withLegacy).toContain(
      'Nor is anything of what is adopted: legacy. Its database is priced nowhere here.',
    );
    expect(without).not.toContain('adopted');
  });

  it('says whose list prices they are', () => {
    expect(formatPlan(planAt(3))).toContain('(list prices of us-east-1 in USD, read on ');
  });

  it('marks what is exceeded, and says by how much', () => {
    const tight = parseFleet({
      ...fleet,
      stages: { ...fleet.stages, prod: { database: { connectionLimit: 40 } } },
    });
    const text = formatPlan(planAt(3, { fleet: withSystems(tight, 150) }));
    expect(text).toContain('✗ 34 may be needed, 32 are allowed: 2 too many');
    expect(text).toMatch(/✗ Redshift nodes +600 of 200 +300 %/);
    expect(text).toMatch(/room for 41 systems; what binds first is: Concurrent executions\./);
    expect(formatPlan(planAt(1))).toMatch(/^Stage prod, 1 system\n/);
  });
});
