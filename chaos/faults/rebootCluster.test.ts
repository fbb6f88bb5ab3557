import { RDSClient } from '@aws-sdk/client-rds';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DatabaseEngine } from '../../fleet/adoption/database.ts';
import { systemClock } from '../../core/clock.ts';
import { noObservations } from '../observations.ts';
import { observeDatabase } from '../observers/database.ts';
import { startRdsEndpoint, type FakeInstance } from '../testing/rdsEndpoint.ts';
import { testDocument } from '../testing/systemDocuments.ts';
import type { DrillClients, FaultContext } from './fault.ts';
import { rebootCluster } from './rebootCluster.ts';

const signal = new AbortController().signal;
let rds: Awaited<ReturnType<typeof startRdsEndpoint>>;
let instances: Map<string, FakeInstance>;
let clusters: Map<string, string>;
let client: RDSClient;
beforeEach(async () => {
  instances = new Map<string, FakeInstance>([
    ['others', { status: 'stopped' }],
    ['clients-db', { status: 'available' }],
    ['reader', { status: 'available', cluster: 'clients', writes: false }],
    ['writer', { status: 'available', cluster: 'clients', writes: true }],
  ]);
  clusters = new Map([
    ['elsewhere', 'available'],
    ['clients', 'available'],
  ]);
  rds = await startRdsEndpoint(instances, clusters);
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  client = new RDSClient({ endpoint: rds.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
});
afterEach(async () => {
  client.destroy();
  await rds.close();
});

function restarted(engine: DatabaseEngine, identifier: string) {
  const clients = { rds: client } as DrillClients;
  const document = testDocument('system-01');
  const { adminSecretArn: _admin, ...cluster } = { ...document.cluster, engine, identifier };
  const adopted = { ...document, adopted: true as const, cluster };
  const plan = rebootCluster.plan(
    { ...document, cluster: { ...document.cluster, engine, identifier } },
    {} as never,
  );
  const observations = noObservations(adopted);
  const look = observeDatabase({
    stage: 'test',
    scope: { stageSystems: 1, share: null },
    observations: [observations],
    clients,
    clock: systemClock,
  });
  return {
    obstacle: () => rebootCluster.obstacle(plan.arguments, clients),
    inject: () => rebootCluster.inject(plan.arguments, { clients } as FaultContext),
    permissions: () => rebootCluster.permissions(plan, clients),
    seen: async () => {
      await look(signal);
      return observations.database.at(-1)?.value;
    },
  };
}

describe.each([
  ['rds-postgresql', 'clients-db', 'clients-db', 'instance'],
  ['aurora-postgresql', 'clients', 'writer', 'cluster'],
] as const)('a restart of %s', (engine, identifier, instance, noun) => {
  it('is of the instance that writes, once, and is seen until it is available', async () => {
    const database = restarted(engine, identifier);
    expect(await database.obstacle()).toBeNull();
    expect(await database.seen()).toBe('answers');
    await database.inject();
    expect(rds.calls.filter((asked) => asked.get('Action') === 'RebootDBInstance')).toHaveLength(1);
    const away = [...instances].filter(([, { status }]) => status === 'rebooting');
    expect(away.map(([name]) => name)).toEqual([instance]);
    // No failover is asked for.
    expect(rds.calls.some((asked) => asked.has('ForceFailover'))).toBe(false);
    expect(await database.seen()).toBe('away');
    instances.get(instance)!.status = 'available';
    expect(await database.seen()).toBe('answers');
  });

  it('is refused while it is not available, and where AWS knows no such database', async () => {
    const database = restarted(engine, identifier);
    instances.get(instance)!.status = 'modifying';
    expect(await database.obstacle()).toBe(
      `${noun} ${identifier} is modifying: only one that is available can be rebooted`,
    );
    await expect(database.inject()).rejects.toMatchObject({
      name: 'FaultNotAppliedError',
      message: `instance ${instance} was not available, and is not rebooted`,
    });
    expect(await restarted(engine, 'nowhere').obstacle()).toBe(`there is no ${noun} nowhere of ${engine}`);
  });

  it('takes a permission that AWS has no way to be asked for', async () => {
    expect(await restarted(engine, identifier).permissions()).toMatchObject([
      { action: 'rds:RebootDBInstance', answer: 'not asked' },
    ]);
  });
});

describe('a cluster of Aurora', () => {
  it('is away while it fails over, and back with whichever instance writes then', async () => {
    const database = restarted('aurora-postgresql', 'clients');
    await database.inject();
    clusters.set('clients', 'failing-over');
    instances.get('reader')!.writes = true;
    instances.get('writer')!.writes = false;
    expect(await database.seen()).toBe('away');
    clusters.set('clients', 'available');
    expect(await database.seen()).toBe('answers');
  });

  it('without an instance that writes is not restarted', async () => {
    const database = restarted('aurora-postgresql', 'elsewhere');
    expect(await database.obstacle()).toContain('cluster elsewhere is without a writer');
    await expect(database.inject()).rejects.toThrow(
      'cluster elsewhere has no writer, and nothing is rebooted',
    );
    expect([...instances.values()].some(({ status }) => status === 'rebooting')).toBe(false);
  });
});
