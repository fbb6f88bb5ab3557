import { z } from 'zod';
import { defineAction } from '../action.ts';
import { refusalAs } from '../errors.ts';
import { page } from '../page.ts';
import { clusterShape } from './shapes.ts';

export const describeClusters = defineAction({
  name: 'DescribeClusters',
  input: z.strictObject({
    ClusterIdentifier: z.string().optional(),
    MaxRecords: z.number().int().min(20).max(100).default(100),
    Marker: z.string().optional(),
  }),
  handle: ({ ClusterIdentifier, MaxRecords, Marker }, { state: { clusters } }) => {
    const asked = ClusterIdentifier === undefined ? clusters.identifiers() : [ClusterIdentifier];
    const { items, nextToken } = page(asked, MaxRecords, Marker, refusalAs('InvalidParameterValue'));
    return {
      Clusters: items.map((identifier) => clusterShape(clusters, identifier)),
      Marker: nextToken,
    };
  },
});
