import {
  DescribeClustersCommand,
  InvalidClusterStateFault,
  RebootClusterCommand,
  type RedshiftClient,
} from '@aws-sdk/client-redshift';
import { z } from 'zod';
import { databaseEngines } from '../../fleet/adoption/database.ts';
import { callLimit } from '../../monitoring/callLimit.ts';
import { FaultNotAppliedError } from '../errors.ts';
import { notAsked } from '../permissions.ts';
import type { Fault } from './fault.ts';

const clusterSchema = z.strictObject({
  identifier: z.string(),
  engine: z.enum(databaseEngines),
  /** Another stage's, in which this one has a schema of its own. */
  ofAnotherStage: z.boolean(),
});

/**
 * Reboots the system's cluster: every session ends, and nobody gets in until it is back. Heals by itself, and nothing
 * can be done to make it heal sooner: AWS takes no other change of a cluster that reboots.
 */
export const rebootCluster: Fault = {
  name: 'reboot-cluster',
  cutsTraffic: true,
  needs: ['cluster'],

  plan({ cluster: { engine = 'redshift', identifier, schema } }) {
    const cluster: z.infer<typeof clusterSchema> = {
      identifier,
      engine,
      ofAnotherStage: schema !== undefined,
    };
    return { arguments: cluster, inverse: null };
  },

  async obstacle(planned, { redshift }) {
    const { identifier, engine, ofAnotherStage } = clusterSchema.parse(planned);
    if (engine !== 'redshift') return notRedshift(identifier, engine);
    if (ofAnotherStage) return `cluster ${identifier} is another stage's: drill that stage`;
    const status = await statusOf(redshift, identifier);
    return status === 'available'
      ? null
      : `cluster ${identifier} is ${status}: only one that is available is rebooted`;
  },

  permissions: () => Promise.resolve(notAsked('redshift:RebootCluster')),

  async inject(planned, { clients: { redshift } }) {
    const { identifier } = clusterSchema.parse(planned);
    try {
      await redshift.send(new RebootClusterCommand({ ClusterIdentifier: identifier }), {
        abortSignal: callLimit(),
      });
    } catch (error) {
      if (!(error instanceof InvalidClusterStateFault)) throw error;
      throw new FaultNotAppliedError(`cluster ${identifier} was not available, and is not rebooted`, {
        cause: error,
      });
    }
  },

  restore: () => Promise.resolve(null),
};

/** Its return and its connections, which the drill is about, are seen through the Redshift Data API alone. */
const notRedshift = (identifier: string, engine: string): string =>
  `database ${identifier} is ${engine}: nobody here could see whether it is back and how its connections come, for ` +
  'which it takes Redshift; restart it by hand (aws rds reboot-db-instance) while "headroom load soak" runs';

async function statusOf(redshift: RedshiftClient, ClusterIdentifier: string): Promise<string> {
  const { Clusters } = await redshift.send(new DescribeClustersCommand({ ClusterIdentifier }), {
    abortSignal: callLimit(),
  });
  return Clusters?.[0]?.ClusterStatus ?? 'unknown';
}
