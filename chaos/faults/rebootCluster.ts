import {
  DescribeClustersCommand,
  InvalidClusterStateFault,
  RebootClusterCommand,
  type RedshiftClient,
} from '@aws-sdk/client-redshift';
import { z } from 'zod';
import { callLimit } from '../../monitoring/callLimit.ts';
import { FaultNotAppliedError } from '../errors.ts';
import { notAsked } from '../permissions.ts';
import type { Fault } from './fault.ts';

const clusterSchema = z.strictObject({
  identifier: z.string(),
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

  plan({ cluster: { identifier, schema } }) {
    const cluster: z.infer<typeof clusterSchema> = { identifier, ofAnotherStage: schema !== undefined };
    return { arguments: cluster, inverse: null };
  },

  async obstacle(planned, { redshift }) {
    const { identifier, ofAnotherStage } = clusterSchema.parse(planned);
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

async function statusOf(redshift: RedshiftClient, ClusterIdentifier: string): Promise<string> {
  const { Clusters } = await redshift.send(new DescribeClustersCommand({ ClusterIdentifier }), {
    abortSignal: callLimit(),
  });
  return Clusters?.[0]?.ClusterStatus ?? 'unknown';
}
