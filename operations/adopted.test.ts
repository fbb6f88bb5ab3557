import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectDirectory } from '../bin/context.ts';
import { Headroom } from '../bin/testing/headroom.ts';
import { adoptedDocument } from '../fleet/adoption/adoptedDocument.ts';
import { systemDocumentName, type PublishedDocument, type SystemDocument } from '../fleet/systemDocument.ts';
import { describeAlarms } from '../monitoring/namedAlarms.ts';
import { connect, type Connection } from './connection.ts';
import { findSystems } from './target.ts';

let stateDirectory: string;
let config: string;
let up: Headroom;
let connection: Connection;
let own: SystemDocument;

const expectedPeak = { requestsPerSecond: 5, messagesPerSecond: 1 };

/** One system that is built, and another name for it: as if somebody else had made it. */
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
        functions: { api: 'local-system-01-api', subscriber: 'local-system-01-subscriber' },
        database: { identifier: 'local-system-01-clientes' },
        stages: { local: { apiUrl: 'https://known-once-it-stands.example' } },
      },
    },
  ],
  stages: { local: { account: '000000000000', periodSeconds: 10, database: { connectionLimit: 50 } } },
});
`;

beforeAll(async () => {
  stateDirectory = await mkdtemp(join(tmpdir(), 'headroom-adopted-'));
  config = join(stateDirectory, 'fleet.config.ts');
  await writeFile(config, fleetFile);
  up = new Headroom({ stateDirectory }, 'up', '--config', config);
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

  it('is described by what made it, and by what AWS knows beside it', async () => {
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
