import { describe, expect, it } from 'vitest';
import type { StageConfig } from '../../fleet/fleet.ts';
import type { VerdictFile } from '../../records/verdict.ts';
import { adviceFor, type AdviceInput } from './advice.ts';
import { formatHints } from './formatHints.ts';
import { counted, divisible, rampAndHold, runOf } from './headroom/testing/measured.ts';
import { services } from './headroom/testing/services.ts';
import { simulate, type SimulatedService } from './headroom/testing/simulatedService.ts';
import { holdPasses, simulatedRun } from './headroom/testing/simulatedRun.ts';
import type { ResourceUse } from './headroom/systemLaws.ts';
import { judge } from './judge.ts';
import { systemHeadroomOf, type MeasuredSystem } from './systemHeadroom.ts';
import { config, judgeInput, systems } from './testing/judgeInput.ts';
import { adoptedSystem } from '../../monitoring/testing/adoptedAlarms.ts';
import { stageSchema } from '../../fleet/stageSchema.ts';
import { seededRandom } from '../../core/testing/seededRandom.ts';

const around = (values: readonly number[], by = 0.4): number[] =>
  values.map((value, index) => value + (index % 2 === 0 ? by : -by));
/** At load 1, growing from a tenth of it at rest. */
const upTo = (percent: number): number[] =>
  around(rampAndHold.map((load) => percent * (0.1 + 0.9 * load))).map((value) => Math.min(100, value));

const measured = (
  resources: readonly ResourceUse[],
  run = runOf(rampAndHold),
  system: MeasuredSystem['system'] = systems[0]!,
): MeasuredSystem => ({ system, loaded: run, resources });

const advised = (of: readonly MeasuredSystem[], changes: Partial<AdviceInput> = {}) =>
  adviceFor({
    systems: of,
    headroom: of.map((one) => systemHeadroomOf(one, null)),
    config,
    verdict: 'pass',
    rehearsal: false,
    ...changes,
  });

/** A cluster of which the rest is hardly used. */
const databaseWith = (cpu: ResourceUse): ResourceUse[] => [
  cpu,
  ...['databaseMemory', 'databaseDisk'].map((id): ResourceUse => ({
    ...divisible(id, []),
    percent: new Map([...cpu.percent.keys()].map((startMs, index) => [startMs, 5 + (index % 2)])),
    atRest: 'spread',
  })),
];

const withNodes = (nodes: number): StageConfig => ({ ...config, database: { ...config.database, nodes } });
const asText = (advice: VerdictFile['advice']): string =>
  formatHints({ ...judge(judgeInput()), advice, disagreements: [] }, 200).join('\n');

describe('what is too small', () => {
  it('is nothing where a short hold alone keeps the bound low', () => {
    const loads = [0.5, 1, 1, 1];
    const of = [measured([counted('functionConcurrency', 10, [2, 2, 2, 1])], runOf(loads, 3))];
    const [found] = of.map((one) => systemHeadroomOf(one, null));
    expect(found?.atLeast).toBeLessThan(1);
    expect(advised(of)).toEqual([]);
  });

  it('is told with what is enough and what it costs', () => {
    const advice = advised([measured([divisible('databaseCpu', upTo(100))])], { verdict: 'fail' });
    expect(advice).toEqual([
      {
        setting: 'database.nodes',
        from: 2,
        to: 3,
        system: 'orders',
        signal: 'databaseCpu',
        // One node more for 730 hours at 0.543.
        usdAMonth: expect.closeTo(396.39, 2),
      },
    ]);
    expect(asText(advice)).toBe(
      '\nTo keep the reserve at the whole peak, at least:\n' +
        '  database.nodes from 2 to 3 (database CPU of orders needs the most); 396 USD a month more',
    );
  });

  it('is decided by the system that needs most, of all resources of a setting', () => {
    const [orders, returns] = systems;
    const advice = advised(
      [
        measured([divisible('databaseCpu', upTo(110))], undefined, orders),
        measured(
          [{ ...divisible('databaseDisk', around(rampAndHold.map(() => 95))), atRest: 'spread' }],
          undefined,
          returns,
        ),
      ],
      { config: withNodes(10), verdict: 'fail' },
    );
    expect(advice).toMatchObject([{ system: 'orders', signal: 'databaseCpu', from: 10 }]);
    // The disk's data are spread: 95 of 80 percent.
    const disk = advised(
      [measured([{ ...divisible('databaseDisk', around(rampAndHold.map(() => 95))), atRest: 'spread' }])],
      { config: withNodes(10), verdict: 'fail' },
    );
    expect(disk).toMatchObject([{ signal: 'databaseDisk', from: 10 }]);
    expect(disk[0]!.to).toBeGreaterThanOrEqual(12);
    expect(disk[0]!.to).toBeLessThanOrEqual(13);
  });

  it('is told where the run does not tell by how much, too', () => {
    const advice = advised([measured([counted('functionConcurrency', 10, Array<number>(14).fill(10))])], {
      verdict: 'fail',
    });
    expect(advice).toEqual([
      {
        setting: 'api.reservedConcurrency',
        from: 10,
        to: null,
        system: 'orders',
        signal: 'functionConcurrency',
        usdAMonth: null,
      },
    ]);
    expect(asText(advice)).toContain('api.reservedConcurrency: more than 10; this run does not show');
  });

  it('is told on this machine for what this machine has, without a price', () => {
    const one = [
      measured([
        divisible('databaseCpu', upTo(100)),
        { ...divisible('functionMemory', around(rampAndHold.map(() => 90))), atRest: 'spread' as const },
      ]),
    ];
    expect(advised(one, { rehearsal: true, verdict: 'fail' })).toMatchObject([
      { setting: 'api.memoryMiB', from: 256, to: 320, usdAMonth: null },
    ]);
  });
});

describe('a system with a size of its own', () => {
  const [orders, returns] = systems;
  const own = stageSchema.parse({
    database: { nodes: 2 },
    systems: { returns: { database: { nodes: 4 }, subscriber: { maximumConcurrency: 8 } } },
  });

  it('is advised by itself, and by its own field; the others by what they share', () => {
    const busy = divisible('databaseCpu', upTo(100));
    const advice = advised([measured([busy], undefined, orders), measured([busy], undefined, returns)], {
      config: own,
      verdict: 'fail',
    });
    expect(advice).toMatchObject([
      { setting: 'database.nodes', from: 2, to: 3, system: 'orders', usdAMonth: expect.closeTo(396.39, 2) },
      {
        setting: 'systems.returns.database.nodes',
        from: 4,
        to: 6,
        system: 'returns',
        usdAMonth: expect.closeTo(2 * 396.39, 2),
      },
    ]);
  });

  it('is no reason to leave the others larger than they have to be', () => {
    const advice = advised(
      [
        measured(databaseWith(divisible('databaseCpu', upTo(12))), undefined, orders),
        measured(databaseWith(divisible('databaseCpu', upTo(75))), undefined, returns),
      ],
      { config: { ...own, database: { ...own.database, nodes: 8 } } },
    );
    expect(advice).toMatchObject([{ setting: 'database.nodes', from: 8, to: 2, system: 'orders' }]);
  });
});

describe('what is too large', () => {
  const idle = measured(databaseWith(divisible('databaseCpu', upTo(12))));

  it('is told with what a month would save, where every system has enough with less', () => {
    const advice = advised([idle, { ...idle, system: systems[1]! }], { config: withNodes(8) });
    expect(advice).toMatchObject([
      { setting: 'database.nodes', from: 8, to: 2, usdAMonth: expect.closeTo(-2 * 6 * 396.39, 0) },
    ]);
    expect(asText(advice)).toContain(
      'Larger than the measured load needs on every system:\n' +
        '  database.nodes: 2 instead of 8 would be enough (database CPU of orders needs the most); saves 4,757 USD a month',
    );
  });

  it.each<[string, Partial<AdviceInput>, MeasuredSystem[]]>([
    ['what did not pass', { verdict: 'inconclusive' }, [idle]],
    ['a rehearsal', { rehearsal: true }, [idle]],
    ['a stage with a system of which nothing is known', {}, [idle, measured([], runOf([]), systems[1])]],
    ['what is the least already', { config: withNodes(1) }, [idle]],
  ])('is not told of %s', (_, changes, of) => {
    expect(advised(of, { config: withNodes(8), ...changes })).toEqual([]);
  });

  it.each([
    ['api', 'functionMemory', 'headroom size)'],
    ['subscriber', 'subscriberMemory', 'headroom size --function subscriber)'],
  ] as const)('says of memory of the %s that it is CPU, too, and how to measure it', (role, signal, how) => {
    const advice = advised(
      [measured([{ ...divisible(signal, around(rampAndHold.map(() => 20))), atRest: 'spread' as const }])],
      { config: { ...config, [role]: { ...config[role], memoryMiB: 512 } } },
    );
    expect(advice).toMatchObject([{ setting: `${role}.memoryMiB`, from: 512 }]);
    expect(advice[0]!.usdAMonth).toBeLessThan(0);
    expect(asText(advice)).toMatch(
      /saves .* USD a month at the same run time, but less memory means less CPU/,
    );
    expect(asText(advice)).toContain(how);
  });
});

describe.each<[string, SimulatedService]>([
  ['cores that are too few', { ...services['cores that bind first']!, cores: 1, places: 60 }],
  ['cores that are too many', { ...services['cores that bind first']!, cores: 12, places: 12 }],
])('followed, the advice is enough: %s', (_, service) => {
  it('by as many cores as it says for nodes, and as many places as it says for concurrency', () => {
    const cores = service.cores!;
    const outcomes = Array.from({ length: 10 }, (__, seed) => {
      const shape = { load: 1, rampPeriods: 3, heldPeriods: 10 };
      const { run, resources } = simulatedRun(service, shape, 1_000 + 7_919 * seed);
      const named = { cpu: 'databaseCpu', concurrency: 'functionConcurrency' } as const;
      const [cpu, places] = resources.map((resource) => ({
        ...resource,
        id: named[resource.id as keyof typeof named],
      }));
      const advice = advised([measured([...databaseWith(cpu!), places!], run)], {
        config: {
          ...withNodes(cores),
          api: { ...config.api, reservedConcurrency: service.places },
        },
      });
      const sizeOf = (setting: string, now: number): number =>
        advice.find((one) => one.setting === setting)?.to ?? now;
      const followed = {
        ...service,
        cores: sizeOf('database.nodes', cores),
        places: sizeOf('api.reservedConcurrency', service.places),
      };
      const [, ...periods] = simulate(
        followed,
        () => 1,
        { periods: 11, periodSeconds: 10 },
        seededRandom(seed + 1),
      );
      return {
        changed: followed.cores !== cores,
        cpu: periods.every(({ cpuPercent }) => cpuPercent < 80),
        places: holdPasses(followed, 1, seed + 1),
      };
    });
    expect(outcomes.every(({ changed }) => changed)).toBe(true);
    expect(outcomes.filter(({ cpu }) => cpu).length).toBeGreaterThanOrEqual(9);
    expect(outcomes.filter(({ places }) => places).length).toBeGreaterThanOrEqual(9);
  });
});

describe('an adopted system', () => {
  const sizes = { connectionLimit: 400, memoryMiB: 16_384, storageGiB: 100 };
  const adopted = (database: object): MeasuredSystem['system'] => ({
    ...adoptedSystem({ apiUrl: 'https://clients.example', reservedConcurrency: 20, database }),
    expectedRequestsPerSecond: 30,
    expectedMessagesPerSecond: 0,
  });
  const spread = (id: string): ResourceUse => ({ ...divisible(id, upTo(100)), atRest: 'spread' });
  const used = [divisible('databaseCpu', upTo(100)), spread('databaseMemory'), spread('databaseDisk')];

  it('over PostgreSQL is told of the class of its instance, and of what that costs nothing', () => {
    const system = adopted({ engine: 'rds-postgresql', identifier: 'clients', ...sizes });
    const advice = advised([measured(used, undefined, system)], { verdict: 'fail' });
    expect(advice.map(({ setting, from }) => [setting, from])).toEqual([
      ["legacy: vCPUs of the database's instance class, percent of now", 100],
      ["legacy: memory of the database's instance class, MiB", 16_384],
      ["legacy: the database's storage, GiB", 100],
    ]);
    for (const { from, to, usdAMonth } of advice) {
      expect(to).toBeGreaterThan(1.2 * from);
      expect(to).toBeLessThan(1.6 * from);
      expect(usdAMonth).toBeNull();
    }
    expect(asText(advice)).toMatch(
      /class, percent of now from 100 to \d+ \(database CPU of legacy needs the most\); not priced: it is adopted/,
    );
  });

  it('over Redshift is told of its nodes, of which nobody here knows the number', () => {
    const system = adopted({ identifier: 'clients' });
    const advice = advised([measured(used, undefined, system)], { verdict: 'fail' });
    expect(advice).toMatchObject([
      { setting: "legacy: nodes of the database's cluster, percent of now", from: 100 },
    ]);
  });

  it('does not decide what the others share, and gets no less of what nobody here gives it', () => {
    const system = adopted({ engine: 'rds-postgresql', identifier: 'clients', ...sizes });
    const idle = [divisible('databaseCpu', upTo(10)), spread('databaseDisk')];
    const own = measured(databaseWith(divisible('databaseCpu', upTo(100))));
    const advice = advised([own, measured(used, undefined, system)], { verdict: 'fail' });
    expect(advice.filter(({ setting }) => setting === 'database.nodes')).toMatchObject([
      { system: 'orders' },
    ]);
    expect(
      advised([measured(idle, undefined, system)]).filter(({ from, to }) => to !== null && to < from),
    ).toEqual([]);
    expect(advised([measured(used, undefined, system)], { verdict: 'fail', rehearsal: true })).toEqual([]);
  });
});
