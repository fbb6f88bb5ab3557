import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { RedshiftClient } from '@aws-sdk/client-redshift';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { requireRunningStage } from '../infra/local/stageFile.ts';

/** The way to a stage: ordinary SDK clients; only the endpoint differs between places. */
export interface Connection {
  /** `aws` only without an endpoint of its own: what an emulator says is a rehearsal. */
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
  return { place: leadsElsewhere(process.env) ? 'local' : 'aws', clients: makeClients({ region }) };
}

/** Whether a variable, for all services or for one, sends SDK clients elsewhere than to AWS. */
const leadsElsewhere = (variables: NodeJS.ProcessEnv): boolean =>
  Object.entries(variables).some(
    ([name, value]) => /^AWS_ENDPOINT_URL(_|$)/.test(name) && value !== undefined && value !== '',
  );

const makeClients = (config: {
  region: string;
  endpoint?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string };
}) => ({
  cloudWatch: new CloudWatchClient(config),
  dataApi: new RedshiftDataClient(config),
  ec2: new EC2Client(config),
  redshift: new RedshiftClient(config),
  scheduler: new SchedulerClient(config),
  secrets: new SecretsManagerClient(config),
  sns: new SNSClient(config),
  sqs: new SQSClient(config),
  ssm: new SSMClient(config),
});
