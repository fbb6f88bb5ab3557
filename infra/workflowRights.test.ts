import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { statementsOfRole } from './constructs/githubRoles.ts';
import { completeFleet } from './testing/completeFleet.ts';

const project = fileURLToPath(new URL('../', import.meta.url));

/** IAM's prefix of each client's service. */
const prefixes: Readonly<Record<string, string>> = {
  'client-api-gateway': 'apigateway',
  'client-cloudformation': 'cloudformation',
  'client-cloudwatch': 'cloudwatch',
  'client-cloudwatch-logs': 'logs',
  'client-ec2': 'ec2',
  'client-rds': 'rds',
  'client-redshift': 'redshift',
  'client-lambda': 'lambda',
  'client-redshift-data': 'redshift-data',
  'client-scheduler': 'scheduler',
  'client-secrets-manager': 'secretsmanager',
  'client-sns': 'sns',
  'client-sqs': 'sqs',
  'client-ssm': 'ssm',
  'client-sts': 'sts',
};

/** Several of one kind in a call are allowed as one; API Gateway's are HTTP's methods. */
function permissionOf(client: string, command: string): string {
  const service = prefixes[client] ?? client;
  if (service === 'apigateway') return `${service}:${command.startsWith('Get') ? 'GET' : 'PATCH'}`;
  return `${service}:${command === 'BatchExecuteStatement' ? command : command.replace(/Batch$/, '')}`;
}

interface Source {
  /** Modules that it loads, also later. */
  imports: string[];
  /** What it may ask of AWS. */
  permissions: string[];
}

const sources = new Map<string, Promise<Source>>();

const sourceOf = (path: string): Promise<Source> => {
  const known = sources.get(path) ?? readSource(path);
  sources.set(path, known);
  return known;
};

async function readSource(path: string): Promise<Source> {
  const text = await readFile(path, 'utf8');
  const imports = [
    ...text.matchAll(/^(?:import|export) (?!type )[^;]*?from '(\.[^']+\.ts)';/gms),
    ...text.matchAll(/import\('(\.[^']+\.ts)'\)/g),
  ].map(([, to]) => resolve(dirname(path), to!));
  const permissions = [...text.matchAll(/import \{([^}]*)\} from '@aws-sdk\/([\w-]+)'/g)].flatMap(
    ([, names = '', client = '']) =>
      [...names.matchAll(/\b(\w+)Command\b|\bpaginate(\w+)/g)].map(([, command, page]) =>
        permissionOf(client, command ?? page ?? ''),
      ),
  );
  return { imports, permissions };
}

/** All that a command may ask of AWS, with the file that asks. */
async function permissionsOf(command: string): Promise<Map<string, string>> {
  // `resume` stands beside `pause`.
  const own = join(project, 'bin/commands', `${command}.ts`);
  const permissions = new Map<string, string>();
  const open = [existsSync(own) ? own : join(project, 'bin/commands/pause.ts')];
  const seen = new Set<string>();
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const source = await sourceOf(path);
    for (const one of source.permissions) permissions.set(one, relative(project, path));
    open.push(...source.imports);
  }
  return permissions;
}

/** What the measurement of a function's sizes does to it, and its undoing. */
const publishing = [
  'CreateAlias',
  'DeleteAlias',
  'DeleteFunction',
  'GetFunctionConfiguration',
  'ListAliases',
  'ListVersionsByFunction',
  'PublishVersion',
  'UpdateFunctionConfiguration',
];

/** What a command could ask and does not, there. */
const notAsked: Readonly<Record<string, string>> = {
  'prod, doctor: cloudformation:ListStacks': 'Only where runs have stages on it.',
  // STS/latest/APIReference/API_GetCallerIdentity.html
  'prod, doctor: sts:GetCallerIdentity': 'It takes no permission.',
  'qa, gate: logs:StopQuery':
    "It cannot be granted for some queries alone, anyone's could be stopped; without it a slow one goes on until its end.",
  // What became of messages is asked after `load publish` alone, which no workflow runs.
  ...Object.fromEntries(
    [
      'qa, load: logs:FilterLogEvents',
      'test, load: logs:FilterLogEvents',
      'test, load: sqs:DeleteMessage',
      'test, load: sqs:ReceiveMessage',
      'test, load: sqs:ChangeMessageVisibility',
    ].map((what) => [what, 'After `publish` alone.']),
  ),
  ...Object.fromEntries(
    publishing.map((action) => [
      `qa, chaos: lambda:${action}`,
      'No drill publishes sizes of a function; `size` is run by people.',
    ]),
  ),
  ...Object.fromEntries(
    ['DescribeDBClusters', 'DescribeDBInstances', 'RebootDBInstance'].map((action) => [
      `qa, chaos: rds:${action}`,
      'Of adopted databases alone, and granted where a stage has any.',
    ]),
  ),
};

interface Job {
  environment?: string;
  steps?: { run?: string }[];
}

/** What workflows tell headroom to do, with the environment whose role they have. */
let told: [environment: string, command: string][];

beforeAll(async () => {
  const workflows = join(project, '.github/workflows');
  const texts = await Promise.all(
    (await readdir(workflows)).map((file) => readFile(join(workflows, file), 'utf8')),
  );
  const all = texts
    .flatMap((text) => Object.values((parse(text) as { jobs: Record<string, Job> }).jobs))
    .flatMap(({ environment, steps = [] }) =>
      steps.flatMap(({ run = '' }) =>
        [...run.matchAll(/^npx headroom (\S+)/gm)].map(([, command]) => [environment, command].join(' ')),
      ),
    )
    // A rehearsal asks nothing of AWS, and has no environment.
    .filter((one) => !one.startsWith(' '));
  told = [...new Set(all)].map((one) => one.split(' ') as [string, string]);
});

it('each role may do what the workflows tell headroom to do in its environment', async () => {
  expect(new Set(told.map(([environment]) => environment))).toEqual(new Set(['prod', 'qa', 'test']));
  const where = { partition: 'aws', region: 'us-east-1', account: '111122223333' };
  const missing = new Map<string, string>();
  let asked = 0;
  for (const [environment, command] of told) {
    const role = new Set(
      statementsOfRole(completeFleet, environment, where).flatMap(({ actions = [] }) => actions),
    );
    for (const [permission, path] of await permissionsOf(command)) {
      asked += 1;
      const what = `${environment}, ${command}: ${permission}`;
      if (!role.has(permission)) missing.set(what, path);
    }
  }
  expect(asked).toBeGreaterThan(50);
  // With the file that asks, for whoever reads a failure; a reason that is not needed any more is one too.
  expect([...missing].filter(([what]) => !(what in notAsked))).toEqual([]);
  expect(Object.keys(notAsked).filter((what) => !missing.has(what))).toEqual([]);
});
