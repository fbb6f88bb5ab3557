import { z } from 'zod';
import { defineAction } from '../action.ts';
import { AwsError } from '../errors.ts';
import { page } from '../page.ts';
import { clusterShape } from './shapes.ts';

export const describeClusters = defineAction({
  name: 'DescribeClusters',
  input: z.strictObject({
    ClusterIdentifier: z.string().optional(),
    MaxRecords: z.coerce.number().int().min(20).max(100).default(100),
    Marker: z.string().optional(),
  }),
  handle: ({ ClusterIdentifier, MaxRecords, Marker }, { state: { clusters } }) => {
    const known = clusters.identifiers().flatMap((identifier) => {
      const status = clusters.statusOf(identifier);
      return status === undefined ? [] : [{ identifier, status }];
    });
    const asked =
      ClusterIdentifier === undefined
        ? known
        : known.filter(({ identifier }) => identifier === ClusterIdentifier);
    if (ClusterIdentifier !== undefined && asked.length === 0) {
      throw new AwsError('ClusterNotFound', `Cluster ${ClusterIdentifier} not found.`, { statusCode: 404 });
    }
    const { items, nextToken } = page(asked, MaxRecords, Marker, (message) => {
      throw new AwsError('InvalidParameterValue', message);
    });
    return {
      Clusters: items.map(({ identifier, status }) => clusterShape(identifier, status)),
      Marker: nextToken,
    };
  },
});
