import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { environmentOf, requireRunningStage } from '../infra/local/stageFile.ts';

/** The way to a stage: ordinary SDK clients; only the endpoint differs between places. */
export interface Connection {
  /** `aws` only without an endpoint of its own: what an emulator says is a rehearsal. */
  place: 'local' | 'aws';
  clients: ReturnType<typeof makeClients>;
}

/**
 * Connects to a stage. The stage "local" is looked for on this machine, unless AWS_ENDPOINT_URL
 * already names an endpoint.
 * @throws LocalStageError when "local" is asked for and isn't running.
 */
export async function connect(options: {
  stage: string;
  region: string;
  stateDirectory: string;
}): Promise<Connection> {
  const { env } = process;
  if (options.stage === 'local' && !env['AWS_ENDPOINT_URL']) {
    Object.assign(env, environmentOf(await requireRunningStage(options.stateDirectory, options.stage)));
  }
  env['AWS_REGION'] ??= options.region;
  return { place: env['AWS_ENDPOINT_URL'] ? 'local' : 'aws', clients: makeClients() };
}

const makeClients = () => ({
  cloudWatch: new CloudWatchClient(),
  dataApi: new RedshiftDataClient(),
  ec2: new EC2Client(),
  scheduler: new SchedulerClient(),
  secrets: new SecretsManagerClient(),
  sns: new SNSClient(),
  sqs: new SQSClient(),
  ssm: new SSMClient(),
});
