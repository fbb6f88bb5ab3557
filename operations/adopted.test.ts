import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { AuthorizeSecurityGroupIngressCommand, RevokeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectDirectory } from '../bin/directories.ts';
import { Headroom } from '../bin/testing/headroom.ts';
import { adoptedDocument } from '../fleet/adoption/adoptedDocument.ts';
import { systemDocumentName, type PublishedDocument, type SystemDocument } from '../fleet/systemDocument.ts';
import { systemClock } from '../core/clock.ts';
import type { Adoption } from '../fleet/adoption/adoptionSchema.ts';
import { pathOf } from '../fleet/service.ts';
import type { VerdictFile } from '../records/verdict.ts';
import { contract } from '../service/contract.ts';
import { runTransaction, type DataApi } from '../service/redshift/dataApi.ts';
import { quoteLiteral } from '../service/redshift/literals.ts';
import { readMigrations } from '../service/redshift/migrationFiles.ts';
import { service } from '../service/testing/service.ts';
import { describeAlarms } from '../monitoring/namedAlarms.ts';
import { connect, type Connection } from './connection.ts';
import { originNames, synthesizeOrigin } from '../infra/testing/originApp.ts';
import { findSystems } from './target.ts';

let stateDirectory: string;
let config: string;
let up: Headroom;
let connection: Connection;
let own: SystemDocument;

const { table } = contract.rows[0]!;
const expectedPeak = { requestsPerSecond: 5, messagesPerSecond: 1 };

/** Connections that the database of the app beside it takes. */
const connectionLimit = 40;

/** One system that is built, another name for it as if somebody else had made it, and one that another CDK app makes. */
const fleetFile = `
import { defineFleet } from '${projectDirectory}/fleet/fleet.ts';
import { contract } from '${projectDirectory}/service/contract.ts';
const expectedPeak = ${JSON.stringify(expectedPeak)};
export default defineFleet({
  service: contract,
  region: 'us-east-1',
  systems: [
    { name: 'system-01', expectedPeak },
    {
      name: 'legacy',
      expectedPeak,
      adopt: {
        apiName: 'local-system-01-api',
        // No configuration may name those of a system that is built: the document that is published for it does.
        functions: { api: 'legacy-get', subscriber: 'legacy-store' },
        database: { identifier: 'local-system-01-${contract.names.cluster}' },
        stages: { local: { apiUrl: 'https://known-once-it-stands.example' } },
      },
    },
    {
      name: 'origin',
      expectedPeak,
      adopt: {
        apiName: '${originNames.api}',
        functions: ${JSON.stringify(originNames.functions)},
        database: { identifier: '${originNames.cluster}', connectionLimit: ${connectionLimit} },
        errors: { metric: '4XXError' },
        auth: { by: 'none' },
        stages: { local: { apiUrl: 'https://known-once-it-stands.example' } },
      },
    },
  ],
  stages: { local: { account: '000000000000', periodSeconds: 5, database: { connectionLimit: 50 } } },
});
`;

beforeAll(async () => {
  stateDirectory = await mkdtemp(join(tmpdir(), 'headroom-adopted-'));
  config = join(stateDirectory, 'fleet.config.ts');
  await writeFile(config, fleetFile);
  const assembly = await synthesizeOrigin(join(stateDirectory, 'origin'));
  up = new Headroom({ stateDirectory }, 'up', '--config', config, '--assembly', assembly);
  await up.says('is ready at');
  connection = await connect({ stage: 'local', region: 'us-east-1', stateDirectory, onThisMachine: true });
  [own] = (await findSystems(connection.clients, 'local', [])) as [SystemDocument];
  // Ids that only the stage knows: what a deployment of the changed configuration would publish.
  await publish(
    adoptedDocument({
      stage: 'local',
      system: 'legacy',
      region: 'us-east-1',
      expectedPeak,
      adoption: {
        apiUrl: own.api.url,
        apiName: own.api.name,
        functions: own.functions,
        topicArn: own.topicArn,
        database: {
          engine: 'redshift',
          identifier: own.cluster.identifier,
          database: own.cluster.database,
          users: own.cluster.users!,
          secrets: { admin: own.cluster.adminSecretArn },
        },
        securityGroups: own.securityGroups,
      },
    }),
  );
}, 90_000);
afterAll(async () => {
  up.child.kill('SIGTERM');
  await up.exited;
  await rm(stateDirectory, { recursive: true });
});

const publish = (document: PublishedDocument) =>
  connection.clients.ssm.send(
    new PutParameterCommand({
      Name: systemDocumentName('local', document.system),
      Value: JSON.stringify(document),
      Type: 'String',
      Overwrite: true,
    }),
  );

async function run(...words: string[]): Promise<{ code: number | null; stdout: string; said: string }> {
  const command = new Headroom({ stateDirectory }, ...words, '--config', config);
  const code = await command.exited;
  return { code, stdout: command.stdout, said: `${command.stderr}\n${command.stdout}` };
}

describe('an adopted system, on a stage', () => {
  it('has the alarms of what its configuration names', async () => {
    const named = (id: string) => `local-legacy-${id}`;
    const ids = [
      'page',
      'ticket',
      'errorRate',
      'databaseCpu',
      'functionConcurrency',
      'deadLetters',
      'unhealthy',
    ];
    const there = await describeAlarms(connection.clients.cloudWatch, ids.map(named), () =>
      AbortSignal.timeout(10_000),
    );
    expect(new Set(there.map(({ AlarmName }) => AlarmName))).toEqual(
      new Set(['page', 'ticket', 'errorRate', 'databaseCpu'].map(named)),
    );
  });

  it('is loaded: each answer that the contract promises is right', async () => {
    const { code, said } = await run('load', 'smoke', '--system', 'legacy', '--engine', 'embedded');
    expect(code, said).toBe(0);
  }, 60_000);

  it('can be drilled, and says what will not be asked of it', async () => {
    const { stdout, said } = await run(
      'chaos',
      'revoke-db-ingress',
      '--system',
      'legacy',
      '--dry-run',
      '--json',
    );
    const found = JSON.parse(stdout) as { looks: { what: string; answer: string; said: string }[] };
    // The fleet's own alarms go off until canary and probe have run.
    const problems = found.looks.filter(({ what, answer }) => answer === 'problem' && what !== 'alarms');
    expect(problems, said).toEqual([]);
    expect(found.looks).toContainEqual(
      expect.objectContaining({ what: 'healthcheck', said: 'adopt.healthcheckUrl is missing' }),
    );
  }, 60_000);

  it('is left alone by what changes systems that are built here', async () => {
    const { code, said } = await run('migrate', '--system', 'legacy');
    expect(code).toBe(2);
    expect(said).toContain('legacy is adopted: this works on what is built here');
  }, 60_000);

  it('is described by its stack, and by what AWS knows beside it', async () => {
    const { code, stdout, said } = await run(
      'adopt',
      '--stage',
      'local',
      '--stack',
      'local-system-01',
      '--json',
    );
    expect(code, said).toBe(0);
    const { adopt, unasked } = JSON.parse(stdout) as { adopt: object; unasked: string[] };
    expect(unasked).toEqual([]);
    const { dbIngress, dbServers, rule } = own.securityGroups;
    expect(adopt).toMatchObject({
      apiUrl: `https://${own.api.id}.execute-api.us-east-1.amazonaws.com/local`,
      apiId: own.api.id,
      apiName: own.api.name,
      functions: own.functions,
      reservedConcurrency: own.concurrency?.apiReserved,
      subscriberMaximumConcurrency: own.concurrency?.subscriberMaximum,
      topicArn: own.topicArn,
      queues: Object.fromEntries(Object.entries(own.queues).map(([kind, { url }]) => [kind, url])),
      database: { engine: 'redshift', identifier: own.cluster.identifier, database: own.cluster.database },
      securityGroups: { dbIngress, dbServers, rule: { port: rule.port, description: rule.description } },
      logGroups: own.logGroups,
    });
    const nowhere = await run('adopt', '--stage', 'local', '--stack', 'nowhere');
    expect(nowhere.code).toBe(2);
    expect(nowhere.said).toContain('Stack with id nowhere does not exist');
  }, 60_000);

  it('is described by the outputs of what made it', async () => {
    const outputs = join(stateDirectory, 'outputs.json');
    const { dbIngress, dbServers } = own.securityGroups;
    await writeFile(
      outputs,
      JSON.stringify({ stack: { topic: own.topicArn, ingress: dbIngress, servers: dbServers } }),
    );
    const { code, stdout, said } = await run('adopt', '--stage', 'local', '--outputs', outputs, '--json');
    expect(code, said).toBe(0);
    expect((JSON.parse(stdout) as { adopt: object }).adopt).toMatchObject({
      topicArn: own.topicArn,
      securityGroups: {
        dbIngress,
        dbServers,
        rule: { port: 5439, description: own.securityGroups.rule.description },
      },
    });
  }, 60_000);
});

describe('a system that another CDK app has made', () => {
  let origin: PublishedDocument;
  let database: DataApi;

  beforeAll(async () => {
    const { stdout } = await run('adopt', '--stage', 'local', '--stack', originNames.stack, '--json');
    const { adopt } = JSON.parse(stdout) as { adopt: Adoption };
    const { identifier, secrets } = adopt.database!;
    // What no stack tells.
    const adoption: Adoption = {
      ...adopt,
      // Where the stage answers for it.
      apiUrl: own.api.url.replace(`${own.api.id}/local`, `${adopt.apiId}/v1`),
      database: { ...adopt.database!, connectionLimit },
      errors: { metric: '4XXError' },
      auth: { by: 'none' },
    };
    origin = adoptedDocument({
      stage: 'local',
      system: 'origin',
      region: 'us-east-1',
      adoption,
      expectedPeak,
    });
    await publish(origin);
    database = {
      client: connection.clients.dataApi,
      cluster: { identifier, database: originNames.database, secretArn: secrets.admin! },
      clock: systemClock,
    };
    const { definition } = service;
    const migrations = await readMigrations(pathOf(definition, definition.migrations));
    await runTransaction(
      database,
      migrations.flatMap(({ statements }) => statements),
    );
    // What loads ask for is there already: hundreds of messages would each call the function at once.
    const { firstId, count } = service.load.seeded;
    const rows = Array.from({ length: count }, (_, index) => {
      const {
        schemaVersion: _version,
        occurredAt: _at,
        ...row
      } = JSON.parse(service.load.message(firstId + index, 0)) as Record<string, string | number>;
      return `(${Object.values(row).map(literal).join(', ')})`;
    });
    await runTransaction(database, [`INSERT INTO ${table} VALUES ${rows.join(', ')}`]);
  }, 60_000);

  it('is found by its stack, with all that can be known of its shape', () => {
    expect(origin).toMatchObject({
      adopted: true,
      api: { name: originNames.api },
      functions: originNames.functions,
      topicArn: 'arn:aws:sns:us-east-1:000000000000:origin-topic',
      cluster: { identifier: originNames.cluster, database: originNames.database },
      securityGroups: { rule: { port: 5439 } },
      logGroups: {
        api: `/aws/lambda/${originNames.functions.api}`,
        subscriber: `/aws/lambda/${originNames.functions.subscriber}`,
      },
    });
    for (const part of ['queues', 'concurrency', 'healthcheckUrl'])
      expect(origin, part).not.toHaveProperty(part);
  });

  it('answers 400 while its database is out of reach, which its alarm counts as errors', async () => {
    const { ec2, cloudWatch } = connection.clients;
    const { dbServers, rule } = origin.securityGroups!;
    const permission = {
      GroupId: dbServers,
      IpPermissions: [
        {
          IpProtocol: rule.ipProtocol,
          FromPort: rule.port,
          ToPort: rule.port,
          UserIdGroupPairs: [{ GroupId: rule.sourceGroupId }],
        },
      ],
    };
    const { path, query } = service.load.lookUp(1);
    const url = `${origin.api.url}${path}?${new URLSearchParams(query).toString()}`;
    const status = async (): Promise<number> => (await fetch(url)).status;
    expect(await status()).toBe(200);
    await ec2.send(new RevokeSecurityGroupIngressCommand(permission));
    expect(await status()).toBe(400);
    await ec2.send(new AuthorizeSecurityGroupIngressCommand(permission));
    expect(await status()).toBe(200);
    const { MetricAlarms: [alarm] = [] } = await cloudWatch.send(
      new DescribeAlarmsCommand({ AlarmNames: ['local-origin-errorRate'] }),
    );
    expect(JSON.stringify(alarm)).toContain('4XXError');
  });

  it('is loaded, with messages that its topic gives to its function, and judged by what it has', async () => {
    const shape = ['--engine', 'embedded', '--ramp', '3', '--hold', '20'];
    const load = await run('load', 'peak', '--system', 'origin', ...shape);
    // Whether each request is answered in time depends on what else this machine does.
    expect([0, 99], load.said).toContain(load.code);
    const runFile = /record: (\S+run\.json)/.exec(load.said)?.[1] ?? '';
    const gate = await run('gate', runFile, '--json');
    const verdict = JSON.parse(gate.stdout) as VerdictFile;
    const ofOrigin = verdict.records.filter(({ system }) => system === 'origin');
    const answers = Object.fromEntries(ofOrigin.map(({ signal, verdict: answer }) => [signal, answer]));
    expect(answers, gate.said).toMatchObject({
      load: 'pass',
      messageLoad: 'pass',
      failedRequests: expect.stringMatching(/^(pass|fail)$/),
      errorRate: expect.stringMatching(/^(pass|fail)$/),
      unstored: 'pass',
    });
    const lacking = verdict.unasked?.flatMap(({ system, lacks }) => (system === 'origin' ? lacks : [])) ?? [];
    expect(lacking.join()).toContain('adopt.queues.subscriber');
    expect(lacking.join()).toContain('adopt.reservedConcurrency');
  }, 120_000);
});

const literal = (value: string | number): string =>
  typeof value === 'number' ? String(value) : quoteLiteral(value);
