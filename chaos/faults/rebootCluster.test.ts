import { expect, it } from 'vitest';
import { testDocument } from '../testing/systemDocuments.ts';
import type { DrillClients } from './fault.ts';
import { rebootCluster } from './rebootCluster.ts';

const identity = {} as Parameters<typeof rebootCluster.plan>[1];
/** Whoever asks AWS fails: a refusal takes no call. */
const nobody = {} as DrillClients;

it.each(['rds-postgresql', 'aurora-postgresql'] as const)(
  'refuses %s by name, before it asks anybody',
  async (engine) => {
    const document = testDocument('system-01');
    const { arguments: planned } = rebootCluster.plan(
      { ...document, cluster: { ...document.cluster, engine, identifier: 'clients-db' } },
      identity,
    );
    expect(await rebootCluster.obstacle(planned, nobody)).toMatch(
      new RegExp(`^database clients-db is ${engine}: .*aws rds reboot-db-instance`),
    );
  },
);
