import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EC2Client } from '@aws-sdk/client-ec2';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { RDSClient } from '@aws-sdk/client-rds';
import { RedshiftClient } from '@aws-sdk/client-redshift';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { systemClock } from '../core/clock.ts';
import { paced } from '../fleet/pacedClient.ts';
import { requireRunningStage } from '../local/stageFile.ts';
import { limits } from '../monitoring/limits.ts';

/** The way to a stage: ordinary SDK clients; only the endpoint differs between places. */
export interface Connection {
  /** `aws` only where every client talks to AWS itself: what an emulator says is a rehearsal. */
  place: 'local' | 'aws';
  clients: ReturnType<typeof makeClients>;
}

/**
 * Connects to a stage, in the fleet's region. The stage "local" is looked for on this machine, with its own
 * credentials, unless AWS_ENDPOINT_URL already names an endpoint; `onThisMachine` overrules that too.
 * @throws LocalStageError when "local" is asked for and isn't running.
 */
export async function connect(options: {
  stage: string;
  region: string;
  stateDirectory: string;
  onThisMachine?: boolean;
}): Promise<Connection> {
  const { stage, region, stateDirectory, onThisMachine = false } = options;
  if (onThisMachine || (stage === 'local' && !process.env['AWS_ENDPOINT_URL'])) {
    const running = await requireRunningStage(stateDirectory, stage);
    const { endpointUrl: endpoint, credentials } = running;
    return { place: 'local', clients: makeClients({ region: running.region, endpoint, credentials }) };
  }
  const clients = makeClients({ region });
  return { place: (await leadsElsewhere(clients)) ? 'local' : 'aws', clients };
}

/**
 * Whether settings send any of the clients elsewhere than to AWS. The clients themselves are asked: variables for
 * all services or for one, `endpoint_url` and `services` of the profile in use, and what makes all of them ignored.
 */
async function leadsElsewhere(clients: Connection['clients']): Promise<boolean> {
  const configured = await Promise.all(Object.values(clients).map(configuredEndpoint));
  return configured.some((url) => url !== undefined && !awsDomains.test(URL.parse(url)?.hostname ?? ''));
}

/** A client's configuration has it, but its type hides it. */
async function configuredEndpoint({ config }: { config: object }): Promise<string | undefined> {
  return (config as { serviceConfiguredEndpoint(): Promise<string | undefined> }).serviceConfiguredEndpoint();
}

/** A network may have endpoints of AWS of its own, below AWS's domains. */
const awsDomains = /\.(amazonaws\.com(\.cn)?|api\.aws)$/;

/** Fifty systems asked at once would meet the account's rates, which probe and canary need as well. */
const pacing = { share: limits.apiShare.tools, clock: systemClock };

const makeClients = (config: {
  region: string;
  endpoint?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string };
}) => ({
  apiGateway: new APIGatewayClient(config),
  cloudFormation: new CloudFormationClient(config),
  cloudWatch: paced(new CloudWatchClient(config), pacing),
  dataApi: paced(new RedshiftDataClient(config), pacing),
  ec2: new EC2Client(config),
  lambda: new LambdaClient(config),
  /** Of its calls none is tried again, where a refusal is what is to be seen. */
  lambdaOnce: new LambdaClient({ ...config, maxAttempts: 1 }),
  logs: new CloudWatchLogsClient(config),
  rds: new RDSClient(config),
  redshift: new RedshiftClient(config),
  scheduler: new SchedulerClient(config),
  secrets: new SecretsManagerClient(config),
  sns: new SNSClient(config),
  sqs: new SQSClient(config),
  ssm: paced(new SSMClient(config), pacing),
  sts: new STSClient(config),
});
