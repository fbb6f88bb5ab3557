import { apiGateway } from './apiGateway/service.ts';
import { cloudFormation } from './cloudformation/service.ts';
import { cloudWatch } from './cloudwatch/service.ts';
import { ec2 } from './ec2/service.ts';
import { lambda } from './lambda/service.ts';
import { logs } from './logs/service.ts';
import { sns, sqs } from './messaging/service.ts';
import type { HttpRequest, Protocol } from './protocols/protocol.ts';
import { awsJson } from './protocols/awsJson.ts';
import { awsQuery } from './protocols/awsQuery.ts';
import { awsRest } from './protocols/awsRest.ts';
import { rpcV2Cbor, speaksCbor } from './protocols/rpcV2Cbor.ts';
import { rdsData } from './rdsData/service.ts';
import { redshift } from './redshift/service.ts';
import { redshiftData } from './redshiftData/service.ts';
import { scheduler } from './scheduler/service.ts';
import { secretsManager } from './secretsManager/service.ts';
import type { Service } from './service.ts';
import { ssm } from './ssm/service.ts';
import { sts } from './sts/service.ts';

const services: readonly Service[] = [
  cloudWatch,
  ec2,
  secretsManager,
  ssm,
  redshift,
  redshiftData,
  rdsData,
  scheduler,
  apiGateway,
  logs,
  lambda,
  sts,
  cloudFormation,
  sns,
  sqs,
];

export const servedNames: readonly string[] = services.map((service) => service.signingName);

/** Where a request goes, and how its answer must be written even when it goes nowhere. */
export interface Destination {
  service: Service | undefined;
  protocol: Protocol;
  action: string | undefined;
}

/**
 * The service is the one of the signature's scope; an unsigned request is sent to the first that
 * understands it, which can then refuse it in words its client understands.
 */
export function destinationOf(request: HttpRequest, signingName: string | undefined): Destination {
  const candidates = services.filter(
    (service) => signingName === undefined || service.signingName === signingName,
  );
  for (const service of candidates) {
    for (const protocol of service.protocols) {
      const action = protocol.actionOf(request);
      if (action !== undefined) return { service, protocol, action };
    }
  }
  const service = signingName === undefined ? undefined : candidates[0];
  return { service, protocol: guess(request, signingName, service), action: undefined };
}

/** Where no protocol was recognized: what the client most likely reads. */
function guess(request: HttpRequest, signingName = '', service: Service | undefined): Protocol {
  const [usual, ...others] = service?.protocols ?? [];
  if (usual && others.length === 0) return usual;
  const { headers } = request;
  if (speaksCbor(request)) return rpcV2Cbor('');
  if (headers['x-amz-target'] !== undefined) return awsJson('1.1', '');
  const isForm = headers['content-type']?.includes('form-urlencoded') ?? false;
  if (isForm || xmlOverRest.has(signingName)) return awsQuery('https://headroom.invalid/');
  return usual ?? awsRest([]);
}

/** The services whose clients read XML without sending forms. */
const xmlOverRest: ReadonlySet<string> = new Set(['s3', 'route53', 'cloudfront']);
