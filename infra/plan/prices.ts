import type { NodeType } from '../../fleet/nodeTypes.ts';

/** When the prices below were looked up, in public documents that quote the pages which `source` names:
 * look there before money depends on one. */
export const pricesReadOn = '2026-11-24';

export interface Price {
  usd: number;
  unit: string;
  /** AWS's page of list prices for us-east-1, first tier, free tiers left out. */
  source: string;
}

const page = (service: string): string => `https://aws.amazon.com/${service}/pricing/`;
const redshift = (usd: number): Price => ({ usd, unit: 'node and hour', source: page('redshift') });

/** List prices in USD. */
export const prices = {
  apiRequests: { usd: 3.5, unit: 'million requests', source: page('api-gateway') },
  lambdaRequests: { usd: 0.2, unit: 'million invocations', source: page('lambda') },
  /** Arm. */
  lambdaCompute: { usd: 0.0000133334, unit: 'GB-second', source: page('lambda') },
  lambdaComputeX86: { usd: 0.0000166667, unit: 'GB-second', source: page('lambda') },
  snsPublish: { usd: 0.5, unit: 'million messages', source: page('sns') },
  sqsRequests: { usd: 0.4, unit: 'million requests', source: page('sqs') },
  webAcl: { usd: 5, unit: 'web ACL and month', source: page('waf') },
  webAclRule: { usd: 1, unit: 'rule and month', source: page('waf') },
  webAclRequests: { usd: 0.6, unit: 'million requests', source: page('waf') },
  interfaceEndpoint: { usd: 0.01, unit: 'endpoint, zone and hour', source: page('privatelink') },
  key: { usd: 1, unit: 'key and month', source: page('kms') },
  secret: { usd: 0.4, unit: 'secret and month', source: page('secrets-manager') },
  logIngestion: { usd: 0.5, unit: 'GB', source: page('cloudwatch') },
  /** Of log groups of the class Infrequent Access. */
  rareLogIngestion: { usd: 0.25, unit: 'GB', source: page('cloudwatch') },
  logStorage: { usd: 0.03, unit: 'GB and month', source: page('cloudwatch') },
  metric: { usd: 0.3, unit: 'metric and month', source: page('cloudwatch') },
  metricsRead: { usd: 0.01, unit: 'thousand metrics asked for', source: page('cloudwatch') },
  alarm: { usd: 0.1, unit: 'metric alarmed on and month', source: page('cloudwatch') },
  fastAlarm: { usd: 0.3, unit: 'metric alarmed on and month, below a minute', source: page('cloudwatch') },
  compositeAlarm: { usd: 0.5, unit: 'composite alarm and month', source: page('cloudwatch') },
  dashboard: { usd: 3, unit: 'dashboard and month', source: page('cloudwatch') },
  syntheticsRun: { usd: 0.0012, unit: "run of CloudWatch's own canary", source: page('cloudwatch') },
} as const satisfies Record<string, Price>;

export const nodePrices: Readonly<Record<NodeType, Price>> = {
  'ra3.large': redshift(0.543),
  'ra3.xlplus': redshift(1.086),
  'ra3.4xlarge': redshift(3.26),
  'ra3.16xlarge': redshift(13.04),
};

export const hoursAMonth = 730;
export const secondsAMonth = hoursAMonth * 3_600;
