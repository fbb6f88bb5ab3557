/**
 * What AWS gives with each type of Redshift node, looked up on 2026-11-24: memory and "node range with create
 * cluster" in https://docs.aws.amazon.com/redshift/latest/mgmt/working-with-clusters.html (a resize reaches further),
 * connections in https://docs.aws.amazon.com/redshift/latest/mgmt/amazon-redshift-limits.html.
 */
export const nodeTypes = {
  // The public sources of that guide are older than this type: its range is taken for that of ra3.xlplus, and
  // its connections for the 500 that every cluster has, since they give 2,000 to the other three alone.
  'ra3.large': { connectionLimit: 500, memoryMiB: 16 * 1_024, nodes: { min: 1, max: 16 } },
  'ra3.xlplus': { connectionLimit: 2_000, memoryMiB: 32 * 1_024, nodes: { min: 1, max: 16 } },
  'ra3.4xlarge': { connectionLimit: 2_000, memoryMiB: 96 * 1_024, nodes: { min: 2, max: 32 } },
  'ra3.16xlarge': { connectionLimit: 2_000, memoryMiB: 384 * 1_024, nodes: { min: 2, max: 128 } },
} as const satisfies Record<
  string,
  {
    /** Connections that a cluster accepts. */
    connectionLimit: number;
    /** Memory of one node. */
    memoryMiB: number;
    /** Compute nodes that a new cluster may have; one is a single-node cluster. */
    nodes: { min: number; max: number };
  }
>;

export type NodeType = keyof typeof nodeTypes;

export const nodeTypeNames = Object.keys(nodeTypes) as [NodeType, ...NodeType[]];
