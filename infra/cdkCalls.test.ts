import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { statementsOfRole } from './constructs/githubRoles.ts';
import { deployStatements } from './constructs/githubStatements.ts';
import { synthesize } from './synth.ts';
import {
  account,
  region,
  startCdkStandIn,
  type CdkStandIn,
  type StandInStack,
} from './testing/cdkStandIn.ts';
import { completeFleet, completeStages } from './testing/completeFleet.ts';
import { emptyFunctions, projectDirectory } from './testing/emptyFunctions.ts';
import { allows } from './testing/iam.ts';

const project = fileURLToPath(new URL('../', import.meta.url));
const cdk = join(project, 'node_modules/.bin/cdk');

let directory: Awaited<ReturnType<typeof projectDirectory>>;
let assembly: string;
/** The workflows' `cdk` commands by the environment whose role they have. */
let commands: { environment: string; command: string }[];

beforeAll(async () => {
  directory = await projectDirectory();
  assembly = join(directory.path, 'assembly');
  await synthesize({
    fleet: completeFleet,
    stages: completeStages,
    entries: await emptyFunctions(directory.path),
    outputDirectory: assembly,
    validate: false,
  });
  commands = [
    ...(await cdkCommands()),
    // As `headroom deploy` starts it, which production's workflow does.
    {
      environment: 'prod',
      command:
        'deploy prod-orders --exclusively --require-approval never --progress events ' +
        `--rollback-trigger-alarm-arns arn:aws:cloudwatch:${region}:${account}:alarm:prod-orders-errorRate ` +
        '--monitoring-time-minutes 10',
    },
  ];
}, 60_000);
afterAll(() => directory.remove());

async function cdkCommands(): Promise<typeof commands> {
  interface Job {
    environment?: string;
    steps?: { run?: string }[];
  }
  const workflows = join(project, '.github/workflows');
  const texts = await Promise.all(
    (await readdir(workflows)).map((file) => readFile(join(workflows, file), 'utf8')),
  );
  return texts
    .flatMap((one) => Object.values((parse(one) as { jobs: Record<string, Job> }).jobs))
    .flatMap(({ environment = '', steps = [] }) =>
      steps.flatMap(({ run = '' }) =>
        run
          .split('\n')
          .filter((line) => line.startsWith('npx cdk '))
          .map((line) => ({ environment, command: line.slice('npx cdk '.length) })),
      ),
    );
}

interface Ran extends Pick<CdkStandIn, 'calls' | 'done'> {
  /** What was refused, once each. */
  refused: string[];
  code: number;
  output: string;
}

/** Runs the installed command line as the role of an environment, on an account with these stacks. */
async function runCdk(
  environment: string,
  command: string,
  stacks: Readonly<Record<string, StandInStack>> = {},
): Promise<Ran> {
  const statements = statementsOfRole(completeFleet, environment, { partition: 'aws', region, account });
  const aws = await startCdkStandIn((call) => allows(statements, call));
  for (const [name, stack] of Object.entries(stacks)) aws.stacks.set(name, stack);
  const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
  const env = {
    PATH: process.env['PATH'],
    HOME: directory.path,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_ENDPOINT_URL: aws.endpointUrl,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: 'CALLER',
    AWS_SECRET_ACCESS_KEY: 'x',
    // Whatever is not asked of the stand-in reaches nobody.
    HTTPS_PROXY: 'http://127.0.0.1:1',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CDK_DISABLE_VERSION_CHECK: '1',
    CI: 'true',
  };
  const ended = await new Promise<{ code: number; output: string }>((resolve) => {
    execFile(
      cdk,
      [...words, '--app', assembly, '--no-notices'],
      { cwd: directory.path, env },
      (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr }),
    );
  });
  await aws.close();
  const refused = aws.calls.filter((call) => !call.allowed).map((call) => `${call.action} ${call.resource}`);
  return { ...ended, calls: aws.calls, done: aws.done, refused: [...new Set(refused)] };
}

/** What the command line tries and does without. Each is wider than a stage, which is why the roles have it not. */
const doneWithout: Readonly<Record<string, string>> = {
  [`sts:AssumeRole arn:aws:iam::${account}:role/cdk-hnb659fds-deploy-role-${account}-${region}`]:
    'It may touch every stack of the account.',
  [`sts:AssumeRole arn:aws:iam::${account}:role/cdk-hnb659fds-lookup-role-${account}-${region}`]:
    'It may read whatever the account has.',
  [`cloudformation:DescribeStacks arn:aws:cloudformation:${region}:${account}:stack/CDKToolkit/id`]:
    "Asked for what other accounts' buckets need.",
};

const missing = ({ refused }: Ran): string[] => refused.filter((call) => !(call in doneWithout));

/** What a command finds: QA in every state that a deployment may meet, of a run the stack that it made. */
const found: Readonly<Record<string, Readonly<Record<string, StandInStack>>>> = {
  qa: {
    'qa-network': { status: 'UPDATE_COMPLETE', becomes: 'unchanged' },
    'qa-fleet': { status: 'ROLLBACK_COMPLETE' },
  },
  test: { 'test-4711-orders': { status: 'CREATE_COMPLETE' } },
};

// Each waits most of its time, five seconds between two looks at a stack.
describe.concurrent('the installed cdk, as the role of a workflow', () => {
  it('deploys and destroys what the workflows tell it to, whatever it finds there', async () => {
    expect(commands.map(({ command }) => command.split(' ')[0])).toEqual(
      expect.arrayContaining(['deploy', 'destroy']),
    );
    const runs = await Promise.all(
      commands.map(async ({ environment, command }) => {
        const ran = await runCdk(environment, command, found[environment]);
        expect(ran.code, `${command}\n${ran.output}`).toBe(0);
        expect(ran.done, command).not.toEqual([]);
        expect(missing(ran), command).toEqual([]);
        return ran;
      }),
    );
    // That nothing else was refused is worth something only if it was asked for.
    const asked = new Set(runs.flatMap(({ calls }) => calls.map(({ action }) => action)));
    for (const action of [
      's3:GetObject',
      'ssm:GetParameters',
      'ssm:GetParameter',
      'iam:PassRole',
      'cloudformation:DeleteStack',
      'cloudformation:DeleteChangeSet',
    ])
      expect(asked).toContain(action);
  }, 180_000);

  it('says what went wrong where CloudFormation takes a deployment back', async () => {
    const ran = await runCdk('qa', 'deploy qa-network --exclusively --require-approval never', {
      'qa-network': { status: 'UPDATE_COMPLETE', becomes: 'UPDATE_ROLLBACK_COMPLETE' },
    });
    expect(ran.code).toBe(1);
    expect(ran.output).toContain('as it was told to');
    expect(missing(ran)).toEqual([]);
  }, 180_000);
});

/**
 * What the role has not of what CDK's bootstrap template gives the one it cannot act as, each with the reason. A family is
 * left out where the role has only one of it.
 */
const leftOut: Readonly<Record<string, string>> = {
  'cloudformation:CreateStack': 'Stacks are made by change sets.',
  'cloudformation:UpdateStack': 'As before.',
  'cloudformation:CreateStackRefactor': 'No workflow moves resources between stacks.',
  'cloudformation:ExecuteStackRefactor': 'As before.',
  's3:GetObject*': 'Of the bucket the templates, each by GetObject; no other account has a bucket of ours.',
  's3:GetBucket*': 'The publishing role asks the bucket what it is.',
  's3:List*': 'As before.',
  's3:Abort*': 'For pipelines of other accounts.',
  's3:DeleteObject*': 'As before.',
  's3:PutObject*': 'As before; templates are put by the publishing role.',
  'kms:Decrypt':
    "AWS's own key of S3 and the one that bootstrapping makes let everybody of the account decrypt by S3.",
  'kms:DescribeKey': 'For pipelines of other accounts.',
  'kms:Encrypt': 'As before.',
  'kms:ReEncrypt*': 'As before.',
  'kms:GenerateDataKey*': 'As before.',
  'sts:GetCallerIdentity': 'Everybody may.',
};

describe("beside CDK's own deploy role", () => {
  interface Role {
    Properties: {
      ManagedPolicyArns: { 'Fn::Sub': string }[];
      Policies: { PolicyDocument: { Statement: { Action: string | string[] }[] } }[];
    };
  }
  const deployRole = async (): Promise<Role['Properties']> => {
    const path = join(project, 'node_modules/aws-cdk/lib/api/bootstrap/bootstrap-template.yaml');
    const template = parse(await readFile(path, 'utf8')) as { Resources: { DeploymentActionRole: Role } };
    return template.Resources.DeploymentActionRole.Properties;
  };
  const own = deployStatements({
    service: completeFleet.service,
    stage: 'qa',
    base: 'qa',
    partition: 'aws',
    region,
    account,
  }).flatMap(({ actions = [] }) => actions);

  it("the workflows' roles have what it has, or it says why not", async () => {
    const { Policies, ManagedPolicyArns } = await deployRole();
    const its = new Set(
      Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement).flatMap(({ Action }) => Action),
    );
    expect(its.size).toBeGreaterThan(15);
    expect([...its].filter((action) => !own.includes(action) && !(action in leftOut))).toEqual([]);
    // No reason outlives what it is for, nor is given for what the roles have.
    expect(Object.keys(leftOut).filter((action) => !its.has(action) || own.includes(action))).toEqual([]);
    // All reading of stacks; which of it `cdk` does is recorded above.
    expect(ManagedPolicyArns).toEqual([
      { 'Fn::Sub': expect.stringMatching(/policy\/AWSCloudFormationReadOnlyAccess$/) },
    ]);
  });

  it('and nothing that it has not, but to act as the others of CDK', async () => {
    const { Policies } = await deployRole();
    const its = Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
      .flatMap(({ Action }) => Action)
      .map((action) => new RegExp(`^${action.replaceAll('*', '.*')}$`));
    const readOnly = /^cloudformation:(Describe|Get|List)/;
    expect(
      own.filter((action) => !readOnly.test(action) && !its.some((family) => family.test(action))),
    ).toEqual(['sts:AssumeRole']);
  });
});
