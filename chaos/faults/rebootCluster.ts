import { z } from 'zod';
import { databaseEngines } from '../../fleet/adoption/database.ts';
import { engineOf } from '../../fleet/systemDocument.ts';
import { managedDatabases } from '../databases/index.ts';
import { available } from '../databases/managedDatabase.ts';
import { notAsked } from '../permissions.ts';
import type { Fault } from './fault.ts';

const clusterSchema = z.strictObject({
  identifier: z.string(),
  engine: z.enum(databaseEngines),
  /** Another stage's, in which this one has a schema of its own. */
  ofAnotherStage: z.boolean(),
});

/**
 * Reboots the system's database: every session ends, and nobody gets in until it is back. Heals by itself, and nothing
 * can be done to make it heal sooner: AWS takes no other change of a database that reboots.
 */
export const rebootCluster: Fault = {
  name: 'reboot-cluster',
  cutsTraffic: true,
  needs: ['cluster'],

  plan(document) {
    const { identifier, schema } = document.cluster;
    const cluster: z.infer<typeof clusterSchema> = {
      identifier,
      engine: engineOf(document),
      ofAnotherStage: schema !== undefined,
    };
    return { arguments: cluster, inverse: null };
  },

  async obstacle(planned, clients) {
    const { identifier, engine, ofAnotherStage } = clusterSchema.parse(planned);
    const database = managedDatabases[engine];
    const { noun } = database;
    if (ofAnotherStage) return `${noun} ${identifier} belongs to another stage: drill that one`;
    const status = (await database.statuses(clients)).get(identifier);
    if (status === undefined) return `there is no ${noun} ${identifier} of ${engine}`;
    return status === available
      ? null
      : `${noun} ${identifier} is ${status}: only one that is available can be rebooted`;
  },

  permissions: ({ arguments: planned }) =>
    Promise.resolve(notAsked(managedDatabases[clusterSchema.parse(planned).engine].rebootAction)),

  async inject(planned, { clients }) {
    const { identifier, engine } = clusterSchema.parse(planned);
    await managedDatabases[engine].reboot(clients, identifier);
  },

  restore: () => Promise.resolve(null),
};
