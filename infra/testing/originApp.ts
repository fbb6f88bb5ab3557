import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { App, Duration, Fn, Stack } from 'aws-cdk-lib';
import { AuthorizationType, LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { CfnSecurityGroup, CfnSecurityGroupIngress } from 'aws-cdk-lib/aws-ec2';
import { Code, Function as LambdaFunction, Runtime, type CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnCluster } from 'aws-cdk-lib/aws-redshift';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { LambdaSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { projectDirectory } from '../../bin/directories.ts';
import { contract } from '../../service/contract.ts';
import { lookUp } from '../../service/load.ts';

/** Names of what the app makes, as its owners chose them. */
export const originNames = {
  stack: 'origin-prod',
  api: 'origin-clients',
  functions: { api: 'origin-prod-get', subscriber: 'origin-prod-subscriber' },
  cluster: 'origin-warehouse',
  database: 'warehouse',
};

const { table } = contract.rows[0]!;

/**
 * Handlers as somebody writes them who knows nothing of this toolkit: every mistake is a 400, that of the database too, and a
 * message that cannot be stored is an error of the function.
 */
const code = `
import pg from 'pg';
async function withDatabase(work) {
  const { DATABASE_HOST: host, DATABASE_PORT: port, DATABASE_USER: user, DATABASE_PASSWORD: password } = process.env;
  const client = new pg.Client({ host, port: Number(port), user, password, database: '${originNames.database}', connectionTimeoutMillis: 2500 });
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
export async function api(event) {
  try {
    const [id] = Object.values(event.queryStringParameters ?? {});
    const { rows: [row] } = await withDatabase((client) => client.query('SELECT * FROM ${table} WHERE id = $1', [id]));
    return { statusCode: 200, body: JSON.stringify({ ...row, id: Number(row.id) }) };
  } catch (error) {
    return { statusCode: 400, body: JSON.stringify({ message: error.message }) };
  }
}
export async function subscriber({ Records }) {
  await withDatabase(async (client) => {
    for (const { Sns } of Records) {
      const { schemaVersion, occurredAt, ...row } = JSON.parse(Sns.Message);
      const columns = Object.keys(row);
      await client.query('DELETE FROM ${table} WHERE id = $1', [row.id]);
      await client.query(
        \`INSERT INTO ${table} (\${columns}) VALUES (\${columns.map((_, index) => '$' + (index + 1))})\`,
        Object.values(row),
      );
    }
  });
}
`;

/**
 * A CDK app of the shape that the adopted systems often have: a topic that calls its function without a queue, no reserved
 * concurrency, an API that asks nobody who they are, and no healthcheck.
 * @returns the directory of its assembly
 */
export async function synthesizeOrigin(directory: string): Promise<string> {
  const codeDirectory = join(directory, 'code');
  await mkdir(codeDirectory, { recursive: true });
  await writeFile(join(codeDirectory, 'index.mjs'), code);
  // Where its functions find the database's driver, as a bundle would have it.
  await symlink(join(projectDirectory, 'node_modules'), join(directory, 'node_modules'));
  const app = new App({ outdir: join(directory, 'cdk.out'), analyticsReporting: false });
  const stack = new Stack(app, originNames.stack, { env: { region: 'us-east-1', account: '000000000000' } });
  const group = (id: string) =>
    new CfnSecurityGroup(stack, id, { groupName: id, groupDescription: id, vpcId: 'vpc-0a1b2c3d' });
  const [ingress, servers] = [group('DbIngress'), group('DbServers')];
  const rule = new CfnSecurityGroupIngress(stack, 'Rule', {
    groupId: servers.attrGroupId,
    ipProtocol: 'tcp',
    fromPort: 5439,
    toPort: 5439,
    sourceSecurityGroupId: ingress.attrGroupId,
  });
  const cluster = new CfnCluster(stack, 'Warehouse', {
    clusterIdentifier: originNames.cluster,
    clusterType: 'single-node',
    nodeType: 'ra3.large',
    dbName: originNames.database,
    masterUsername: 'owner',
    manageMasterPassword: true,
    port: 5439,
    vpcSecurityGroupIds: [servers.attrGroupId],
  });
  cluster.addDependency(rule);
  const secret = cluster.attrMasterPasswordSecretArn;
  const ofSecret = (field: string): string =>
    Fn.join('', ['{{resolve:secretsmanager:', secret, `:SecretString:${field}::}}`]);
  const functionOf = (role: 'api' | 'subscriber'): LambdaFunction => {
    const made = new LambdaFunction(stack, role, {
      functionName: originNames.functions[role],
      runtime: Runtime.NODEJS_24_X,
      code: Code.fromAsset(codeDirectory),
      handler: `index.${role}`,
      timeout: Duration.seconds(10),
      environment: {
        DATABASE_HOST: cluster.attrEndpointAddress,
        DATABASE_PORT: cluster.attrEndpointPort,
        DATABASE_USER: ofSecret('username'),
        DATABASE_PASSWORD: ofSecret('password'),
      },
    });
    // Its network is somebody else's: it is known by its ids.
    (made.node.defaultChild as CfnFunction).vpcConfig = {
      subnetIds: ['subnet-1'],
      securityGroupIds: [ingress.attrGroupId],
    };
    return made;
  };
  const api = new RestApi(stack, 'Api', {
    restApiName: originNames.api,
    cloudWatchRole: false,
    deployOptions: { stageName: 'v1' },
    defaultMethodOptions: { authorizationType: AuthorizationType.NONE },
  });
  api.root
    .resourceForPath(lookUp(1).path)
    .addMethod('GET', new LambdaIntegration(functionOf('api'), { allowTestInvoke: false }));
  new Topic(stack, 'Topic', { topicName: 'origin-topic' }).addSubscription(
    new LambdaSubscription(functionOf('subscriber')),
  );
  stack.exportValue(secret, { name: 'AdminSecretArn' });
  app.synth();
  return app.outdir;
}
