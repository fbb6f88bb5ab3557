import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkBudgets } from '../infra/budget.ts';
import { FleetConfigError } from './errors.ts';
import {
  configurationHash,
  connectionLimitOf,
  loadFleet,
  parseFleet,
  stageOf,
  systemsOf,
  withSystems,
  type FleetConfig,
} from './fleet.ts';
import { projectDirectory } from '../infra/testing/emptyFunctions.ts';
import { contract } from '../service/contract.ts';

const expectedPeak = { requestsPerSecond: 30, messagesPerSecond: 5 };
const config = {
  service: contract,
  region: 'us-east-1',
  systems: [{ name: 'orders', expectedPeak }],
  stages: { prod: {}, local: { periodSeconds: 10 } },
} satisfies FleetConfig;

const refusalOf = (wrong: unknown): readonly { field: string; problem: string }[] => {
  try {
    parseFleet(wrong);
  } catch (error) {
    if (error instanceof FleetConfigError) return error.issues;
    throw error;
  }
  throw new Error('accepted');
};

describe('configurationHash', () => {
  it('is the same however the configuration is written, and another for another one', () => {
    const stages = { prod: { endpoint: 'private' }, local: { periodSeconds: 10 } } as const;
    const turned = { local: stages.local, prod: stages.prod };
    const systems = [{ expectedPeak: { messagesPerSecond: 5, requestsPerSecond: 30 }, name: 'orders' }];
    const hashOf = (written: FleetConfig): string => configurationHash(parseFleet(written));
    const hash = hashOf({ ...config, stages });
    expect(hashOf({ stages: turned, systems, region: 'us-east-1', service: contract })).toBe(hash);
    expect(hashOf({ ...config, stages: { ...stages, prod: {} } })).not.toBe(hash);
    const two = [...config.systems, { name: 'clients', expectedPeak }];
    expect(hashOf({ ...config, systems: two })).not.toBe(hashOf({ ...config, systems: two.toReversed() }));
  });
});

describe('parseFleet', () => {
  it('refuses stages whose systems would share a name: qa with eu-orders, qa-eu with orders', () => {
    const stages = { qa: {}, 'qa-eu': {}, local: { periodSeconds: 10 } };
    expect(refusalOf({ ...config, stages })).toEqual([
      { field: 'stages.qa-eu', problem: expect.stringContaining('does not begin with "qa-"') },
    ]);
  });

  it('fills in what is left out', () => {
    const fleet = parseFleet(config);
    expect(fleet.accountConcurrency).toBe(1_000);
    expect(stageOf(fleet, 'prod')).toMatchObject({ periodSeconds: 60, database: { port: 5439 } });
    expect(connectionLimitOf(stageOf(fleet, 'prod'))).toBe(500);
  });

  const stage = (prod: unknown) => ({ ...config, stages: { ...config.stages, prod } });

  it.each([
    ['an unknown option', { ...config, sytems: [] }, '(the whole configuration)', /"sytems"/],
    [
      'a region whose zones nobody chose',
      { ...config, region: 'ca-central-1' },
      'zones',
      /three zones that the accounts have in ca-central-1, which are not a, b and c everywhere/,
    ],
    ['two zones', { ...config, zones: ['a', 'b'] }, 'zones', /3/],
    ['a zone twice', { ...config, zones: ['a', 'b', 'b'] }, 'zones', /three different zones/],
    [
      'a zone by its whole name',
      { ...config, zones: ['a', 'b', 'us-east-1c'] },
      'zones.2',
      /letter of a zone/,
    ],
    ['no systems', { ...config, systems: [] }, 'systems', />=1/],
    [
      "a system's name twice",
      { ...config, systems: [config.systems[0], config.systems[0]] },
      'systems',
      /name of its own/,
    ],
    [
      'a name in capitals',
      { ...config, systems: [{ name: 'Orders', expectedPeak }] },
      'systems.0.name',
      /lower-case/,
    ],
    [
      'a name that the stage uses itself',
      { ...config, systems: [{ name: 'fleet', expectedPeak }] },
      'systems.0.name',
      /other than "fleet"/,
    ],
    [
      'the name of the further dashboards’ stack',
      { ...config, systems: [{ name: 'fleet-dashboards', expectedPeak }] },
      'systems.0.name',
      /other than .*"fleet-dashboards"/,
    ],
    [
      'a name that no database may bear',
      { ...config, systems: [{ name: 'backup', expectedPeak }] },
      'systems.0.name',
      /not an SQL keyword/,
    ],
    [
      'a peak of nothing',
      { ...config, systems: [{ name: 'orders', expectedPeak: { ...expectedPeak, requestsPerSecond: 0 } }] },
      'systems.0.expectedPeak.requestsPerSecond',
      />0/,
    ],
    ["MySQL's port", stage({ database: { port: 3306 } }), 'stages.prod.database.port', /5431–5455/],
    [
      'a node type that is gone',
      stage({ database: { nodeType: 'dc2.large' } }),
      'stages.prod.database.nodeType',
      /ra3/,
    ],
    [
      'one big node alone',
      stage({ database: { nodeType: 'ra3.4xlarge', nodes: 1 } }),
      'stages.prod.database.nodes',
      /2 to 32, as AWS accepts of ra3.4xlarge/,
    ],
    [
      'more nodes than its type has',
      stage({ database: { nodes: 17 } }),
      'stages.prod.database.nodes',
      /1 to 16/,
    ],
    [
      'no retention at all',
      stage({ database: { snapshotRetentionDays: 0 } }),
      'stages.prod.database.snapshotRetentionDays',
      />=1/,
    ],
    [
      'a run on itself',
      stage({ runsOn: { stage: 'prod' } }),
      'stages.prod.runsOn.stage',
      /stage of its own on AWS/,
    ],
    [
      'a run on the stage on this machine',
      stage({ runsOn: { stage: 'local' } }),
      'stages.prod.runsOn.stage',
      /on AWS/,
    ],
    [
      'a private API with a name of its own',
      stage({
        endpoint: 'private',
        domain: { host: 'customdomain', zone: 'example.com', hostedZoneId: 'Z1' },
      }),
      'stages.prod.domain',
      /private/,
    ],
    [
      'a run in another account',
      {
        ...config,
        stages: { ...config.stages, test: { runsOn: { stage: 'prod' }, account: '111122223333' } },
      },
      'stages.test.account',
      /that of stage prod/,
    ],
    [
      'a repository that is none',
      { ...config, github: { repository: 'fleet' } },
      'github.repository',
      /owner\/name/,
    ],
    ['an account that is none', stage({ account: '12' }), 'stages.prod.account', /12 digits/],
    ['sub-minute periods on AWS', stage({ periodSeconds: 10 }), 'stages.prod.periodSeconds', /expected 60/],
    ['no local stage', { ...config, stages: { prod: {} } }, 'stages', /"local"/],
    [
      'an on-call address that is none',
      { ...config, onCall: { emails: ['me'] } },
      'onCall.emails.0',
      /email/,
    ],
    [
      'an on-call endpoint without TLS',
      { ...config, onCall: { httpsEndpoints: ['http://example.com'] } },
      'onCall.httpsEndpoints.0',
      /URL/,
    ],
  ])('refuses %s, naming the field and what was expected', (_, wrong, field, problem) => {
    expect(refusalOf(wrong)).toEqual([{ field, problem: expect.stringMatching(problem) }]);
  });
});

describe('loadFleet', () => {
  let directory: Awaited<ReturnType<typeof projectDirectory>>;
  beforeAll(async () => {
    directory = await projectDirectory();
  });
  afterAll(() => directory.remove());

  it("reads the project's own configuration, whose budgets come out on every stage", async () => {
    const fleet = await loadFleet('fleet.config.ts');
    expect(fleet.systems).toHaveLength(3);
    for (const stage of ['prod', 'qa', 'test-1', 'local'])
      expect(() => checkBudgets(fleet, stage)).not.toThrow();
    expect(stageOf(fleet, 'local')).toMatchObject({ periodSeconds: 5, account: '000000000000' });
  });

  it('names the file that it cannot read', async () => {
    const path = join(directory.path, 'broken.config.ts');
    await writeFile(path, 'export default {');
    await expect(loadFleet(path)).rejects.toThrow(FleetConfigError);
    await expect(loadFleet(path)).rejects.toThrow(/broken\.config\.ts/);
    await expect(loadFleet(join(directory.path, 'none.ts'))).rejects.toThrow(/none\.ts/);
  });
});

describe('stageOf', () => {
  it('names the stages there are', () => {
    expect(() => stageOf(parseFleet(config), 'staging')).toThrow(
      'stage: no stage "staging"; expected one of prod, local',
    );
  });
});

describe('a stage that is made for each run', () => {
  const fleet = parseFleet({
    ...config,
    systems: [...config.systems, { name: 'payments', expectedPeak }],
    stages: { ...config.stages, test: { runsOn: { stage: 'prod' } } },
  });

  it('is known under its name and the id of a run, with its first systems', () => {
    expect(stageOf(fleet, 'test-4711').runsOn).toEqual({ stage: 'prod', systems: 1, atOnce: 2 });
    expect(systemsOf(fleet, 'test-4711').map(({ name }) => name)).toEqual(['orders']);
    expect(systemsOf(fleet, 'prod').map(({ name }) => name)).toEqual(['orders', 'payments']);
  });

  it.each(['test-', 'test-a-b', 'test-A', `test-${'1'.repeat(12)}`, 'prod-1', 'local-1'])(
    'is not named %s',
    (name) => expect(() => stageOf(fleet, name)).toThrow('expected one of prod, local, test-RUN'),
  );

  it('is not deployed under its own name', () => {
    expect(() => stageOf(fleet, 'test')).toThrow(
      `"test" is created for each run: name it "test-" and the run's id`,
    );
  });
});

describe('withSystems', () => {
  it('takes the first systems, or adds copies of the last under new names', () => {
    const fleet = parseFleet({
      ...config,
      systems: [...config.systems, { name: 'system-02', expectedPeak }],
    });
    const namesOf = (count: number) => withSystems(fleet, count).systems.map(({ name }) => name);
    expect(namesOf(1)).toEqual(['orders']);
    expect(namesOf(4)).toEqual(['orders', 'system-02', 'system-01', 'system-03']);
  });
});
