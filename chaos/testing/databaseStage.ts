import { RedshiftClient } from '@aws-sdk/client-redshift';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Client } from 'pg';
import { startAwsEndpoint } from '../../local/aws/endpoint.ts';
import { createAwsState } from '../../local/aws/state.ts';
import { startTestPostgres } from '../../local/postgres/testing/testPostgres.ts';
import type { SystemDocument } from '../../fleet/systemDocument.ts';
import { systemClock } from '../../core/clock.ts';
import { service } from '../../service/testing/service.ts';
import { testDocument } from './systemDocuments.ts';

const account = { region: 'us-east-1', accountId: '000000000000' };
const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };
const users = ['system_01_api', 'system_01_subscriber', 'system_01_probe'];

/** Where the service keeps what its messages tell. */
const { table } = service.definition.rows[0]!;

/** One system's PostgreSQL database behind the Data API, and its queues. */
export async function startDatabaseStage() {
  const clock = systemClock;
  const postgres = await startTestPostgres();
  const state = createAwsState({ ...account, clock });
  const endpoint = await startAwsEndpoint({
    ...account,
    state,
    clock,
    credentials,
    host: '127.0.0.1',
    port: 0,
  });
  const client = { endpoint: endpoint.url, region: account.region, credentials };
  const sqs = new SQSClient(client);
  const document = testDocument('system-01');

  const { cluster } = document;
  await postgres.createDatabase(cluster.database, { connectionLimit: cluster.connectionLimit });
  const secret = state.secrets.put(
    'admin',
    JSON.stringify({ username: postgres.adminUser, password: postgres.adminPassword }),
    { nowMs: clock.now() },
  );
  state.clusters.add(cluster.identifier, {
    host: postgres.host,
    port: postgres.port,
    database: cluster.database,
  });
  const queueUrl = async (QueueName: string): Promise<{ name: string; url: string }> => {
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName }));
    return { name: QueueName, url: QueueUrl ?? '' };
  };
  const system: SystemDocument = {
    ...document,
    cluster: { ...cluster, adminSecretArn: secret.arn },
    queues: {
      subscriber: await queueUrl(document.queues.subscriber.name),
      deadLetter: await queueUrl(document.queues.deadLetter.name),
      undelivered: await queueUrl(document.queues.undelivered.name),
    },
  };

  const connect = async (user: string, password: string): Promise<Client> => {
    const session = new Client({
      host: postgres.host,
      port: postgres.port,
      database: cluster.database,
      user,
      password,
    });
    session.on('error', () => undefined);
    await session.connect();
    return session;
  };
  const admin = await connect(postgres.adminUser, postgres.adminPassword);
  await admin.query(`CREATE TABLE ${table} (id BIGINT NOT NULL)`);
  for (const user of users) await admin.query(`CREATE USER ${user} PASSWORD 'secret'`);

  return {
    system,
    admin,
    /** The table of the messages' ids. */
    table,
    clients: { sqs, dataApi: new RedshiftDataClient(client), redshift: new RedshiftClient(client) },
    /** A session of one of the service's users. */
    connect: (user: string): Promise<Client> => connect(user, 'secret'),
    /** Its cluster is away from now on, for longer than a test. */
    reboot: () => state.clusters.reboot(cluster.identifier),
    stop: async () => {
      await admin.end();
      await endpoint.close();
      await postgres.stop();
    },
  };
}
