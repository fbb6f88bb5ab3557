import { z } from 'zod';
import { defineAction } from '../action.ts';
import { clusterShape } from './shapes.ts';

export const rebootCluster = defineAction({
  name: 'RebootCluster',
  input: z.strictObject({ ClusterIdentifier: z.string() }),
  handle: ({ ClusterIdentifier }, { state: { clusters } }) => {
    clusters.reboot(ClusterIdentifier);
    return { Cluster: clusterShape(clusters, ClusterIdentifier) };
  },
});
