import { describe, expect, it } from 'vitest';
import { contract } from '../service/contract.ts';
import { FleetConfigError } from './errors.ts';
import { configurationHash, parseFleet, systemCapacityOf, systemsOf, withSystems } from './fleet.ts';
import type { FleetConfig } from './fleet.ts';
import { configOf } from './systemOverrides.ts';

const fleetWith = (stages: FleetConfig['stages']): FleetConfig => ({
  service: contract,
  region: 'us-east-1',
  systems: ['orders', 'returns'].map((name) => ({
    name,
    expectedPeak: { requestsPerSecond: 30, messagesPerSecond: 5 },
  })),
  stages: { local: { account: '000000000000' }, ...stages },
});

/** Refusals by their field; empty where it is accepted. */
function refusals(stages: FleetConfig['stages']): Record<string, string> {
  try {
    parseFleet(fleetWith(stages));
    return {};
  } catch (error) {
    if (!(error instanceof FleetConfigError)) throw error;
    return Object.fromEntries(error.issues.map(({ field, problem }) => [field, problem]));
  }
}

const large = {
  expectedPeak: { requestsPerSecond: 300 },
  database: { nodes: 4 },
  api: { reservedConcurrency: 20, memoryMiB: 512 },
  subscriber: { maximumConcurrency: 8 },
};

describe('a system that has something otherwise than its stage', () => {
  const fleet = parseFleet(
    fleetWith({ prod: { database: { nodes: 3 }, systems: { returns: large } }, qa: {} }),
  );
  const { prod, qa } = fleet.stages;

  it('has that, and the rest as the others do', () => {
    expect(configOf(prod!, 'orders')).toBe(prod);
    const config = configOf(prod!, 'returns');
    expect(config.database).toEqual({ ...prod!.database, nodes: 4 });
    expect(config.api).toEqual({ ...prod!.api, reservedConcurrency: 20, memoryMiB: 512 });
    expect(systemCapacityOf(prod!, 'returns')).toMatchObject({
      apiReservedConcurrency: 20,
      subscriberMaximumConcurrency: 8,
    });
  });

  it('has its peak on that stage alone, of the kinds that it names', () => {
    const peaks = (stage: string) => systemsOf(fleet, stage).map(({ expectedPeak }) => expectedPeak);
    const usual = { requestsPerSecond: 30, messagesPerSecond: 5 };
    expect(peaks('prod')).toEqual([usual, { requestsPerSecond: 300, messagesPerSecond: 5 }]);
    expect(peaks('qa')).toEqual([usual, usual]);
    expect(configOf(qa!, 'returns')).toBe(qa);
  });

  it('is part of what a verdict is about', () => {
    const without = parseFleet(fleetWith({ prod: { database: { nodes: 3 } }, qa: {} }));
    expect(configurationHash(fleet)).not.toBe(configurationHash(without));
  });

  it('is forgotten where the fleet is tried without it', () => {
    expect(withSystems(fleet, 1).stages['prod']?.systems).toEqual({});
    expect(withSystems(fleet, 3).stages['prod']?.systems).toEqual(prod!.systems);
  });
});

it.each<[string, FleetConfig['stages'], string, RegExp]>([
  ['of no system', { prod: { systems: { refunds: {} } } }, 'prod.systems.refunds', /one of orders, returns/],
  [
    'of a system that no run has',
    { prod: {}, test: { runsOn: { stage: 'prod' }, systems: { returns: {} } } },
    'test.systems.returns',
    /one of orders$/,
  ],
  [
    'of a database that another stage has',
    { prod: {}, test: { runsOn: { stage: 'prod' }, systems: { orders: { database: { nodes: 4 } } } } },
    'test.systems.orders.database.nodes',
    /none: its databases are those of stage "prod"/,
  ],
  [
    "with nodes that its stage's type has not",
    { prod: { systems: { orders: { database: { nodes: 17 } } } } },
    'prod.systems.orders.database.nodes',
    /1 to 16/,
  ],
  [
    'of a field that is no size',
    { prod: { systems: { orders: { database: { pausable: true } as never } } } },
    'prod.systems.orders.database',
    /pausable/,
  ],
  [
    'with a throttle below its peak',
    { prod: { systems: { orders: { api: { throttlePerSecond: 29 } } } } },
    'prod.systems.orders.api.throttlePerSecond',
    /at least the 30 requests a second that orders must carry/,
  ],
  [
    'with a peak above the throttle of its stage',
    {
      prod: {
        api: { throttlePerSecond: 100 },
        systems: { orders: { expectedPeak: { requestsPerSecond: 101 } } },
      },
    },
    'prod.api.throttlePerSecond',
    /at least the 101 /,
  ],
])('refuses what is said %s', (_, stages, field, problem) => {
  expect(refusals(stages)).toEqual({ [`stages.${field}`]: expect.stringMatching(problem) });
});

it('refuses sizes of an adopted system, whose peak may differ all the same', () => {
  const adopted = { name: 'legacy', adopt: { apiUrl: 'https://api.example/prod' } };
  const expectedPeak = { requestsPerSecond: 30, messagesPerSecond: 0 };
  const of = (own: object) => {
    const { systems, ...fleet } = fleetWith({ prod: { systems: { legacy: own } } });
    return () => parseFleet({ ...fleet, systems: [...systems, { ...adopted, expectedPeak }] });
  };
  expect(of({ expectedPeak: { requestsPerSecond: 60 } })).not.toThrow();
  expect(of({ api: { reservedConcurrency: 5 } })).toThrow(
    'stages.prod.systems.legacy.api.reservedConcurrency: expected none: legacy is adopted',
  );
  const { systems, ...fleet } = fleetWith({ prod: {}, qa: { systems: { legacy: {} } } });
  const onProd = { ...adopted, adopt: { stages: { prod: adopted.adopt } }, expectedPeak };
  expect(() => parseFleet({ ...fleet, systems: [...systems, onProd] })).toThrow(
    'stages.qa.systems.legacy: expected a system of this stage: one of orders, returns',
  );
});

describe('a stage that proves another one', () => {
  const proven = (prod: object, qa: object) =>
    refusals({
      prod: { provenByStage: 'qa', systems: { returns: prod } },
      qa: { systems: { returns: qa } },
    });

  it('has the same systems', () => {
    expect(proven(large, large)).toEqual({});
    expect(proven(large, {})).toEqual({
      'stages.qa.systems.returns.database.nodes': expect.stringMatching(
        /^expected 4, as returns has on stage "prod"/,
      ),
      'stages.qa.systems.returns.api.memoryMiB': expect.stringMatching(/^expected 512,/),
      'stages.qa.systems.returns.api.reservedConcurrency': expect.stringMatching(/^expected 20,/),
      'stages.qa.systems.returns.subscriber.maximumConcurrency': expect.stringMatching(/^expected 8,/),
      'stages.qa.systems.returns.expectedPeak.requestsPerSecond': expect.stringMatching(/^expected 300,/),
    });
    expect(Object.keys(proven({}, { api: { throttlePerSecond: 50 } }))).toEqual([
      'stages.qa.systems.returns.api.throttlePerSecond',
    ]);
  });

  it('is told once of what all its systems have otherwise', () => {
    expect(
      Object.keys(
        refusals({
          prod: { provenByStage: 'qa', systems: { returns: {} } },
          qa: { api: { memoryMiB: 512 } },
        }),
      ),
    ).toEqual(['stages.qa.api.memoryMiB']);
  });
});
