import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandProblem } from '../bin/testing/workflowProblems.ts';
import { loadFleet } from '../fleet/fleet.ts';
import {
  accessLogGroupName,
  alarmName,
  fleetAlarmName,
  fleetNames,
  keyAliases,
  monitoredSystem,
  stackNames,
  systemNames,
} from '../fleet/names.ts';
import { systemDimension, wholeFleet } from '../fleet/systemDimension.ts';
import { fleetCompositeIds } from './alarms/description.ts';
import { compositeIds } from './alarms/telling.ts';
import { alarmTemplates, monitored, resourcesOf, withoutQueue } from './testing/virtualAlarms.ts';
import { bodies } from './dashboards/testing/bodies.ts';
import { documentOf } from '../fleet/testing/systemDocument.ts';
import { signalsOf } from './signals.ts';
import { allFleetWatchesOf, watchesOf } from './watches.ts';
import { contract } from '../service/contract.ts';

const run = promisify(execFile);
const runbooks = 'monitoring/runbooks';
const ids = (await readdir(runbooks)).map((file) => basename(file, '.md'));
const textOf = (id: string): Promise<string> => readFile(join(runbooks, `${id}.md`), 'utf8');

const stage = 'prod';
const system = 'orders-eu';
const names = monitoredSystem(contract, stage, system, {
  connectionLimit: 500,
  apiReservedConcurrency: 10,
  subscriberMaximumConcurrency: 2,
});
const published = documentOf(system, 'https://api.example/prod', stage);
/** Of a system whose resources are not named as ours are: an adopted one's. */
const document = JSON.stringify({
  ...published,
  functions: { api: 'get-client', subscriber: 'store-client' },
  cluster: { ...published.cluster, identifier: 'warehouse', database: 'clients' },
  queues: { ...published.queues, subscriber: { name: 'clients', url: 'https://sqs.example/clients' } },
  logGroups: { api: '/aws/lambda/get-client', subscriber: '/aws/lambda/store-client' },
});

/** AWS and whatever else would leave this machine: each call is written down, and answered as a test says. */
const stub = `#!/bin/bash
for word in "$(basename "$0")" "$@"; do printf '%s\\x1f' "$word"; done >> "$CALLS"
printf '\\x1e' >> "$CALLS"
case "$*" in
  *describe-clusters*NumberOfNodes*) echo "$NODES" ;;
  *Datapoints*) echo "$USED" ;;
  *Parameter.Value*) echo "$DOCUMENT_JSON" ;;
  *QueueArn*) echo "arn:aws:sqs:us-east-1:111122223333:$(basename "$4")" ;;
  *export-credentials*) echo 'AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=b AWS_SESSION_TOKEN=c' ;;
  *) echo an-answer ;;
esac
`;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'headroom-runbooks-'));
  for (const command of ['aws', 'npx', 'curl', 'sleep']) {
    await writeFile(join(directory, command), stub);
    await chmod(join(directory, command), 0o755);
  }
});
afterAll(() => rm(directory, { recursive: true }));

/** Runs a runbook's commands from the first to the last in one shell, as a reader would; what was called. */
async function follow(id: string, answers: { NODES?: string; USED?: string } = {}): Promise<string[][]> {
  const text = await textOf(id);
  const blocks = [...text.matchAll(/^( *)```sh\n(.*?)^ *```$/gms)].map(([, indent = '', block = '']) =>
    block.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  );
  const CALLS = join(directory, `${id}-${Math.random()}.calls`);
  await run('bash', ['--norc', '-euo', 'pipefail', '-c', blocks.join('\n')], {
    env: {
      PATH: `${directory}:/usr/local/bin:/usr/bin:/bin`,
      STAGE: stage,
      SYSTEM: system,
      CALLS,
      DOCUMENT_JSON: document,
      NODES: '2',
      USED: '85',
      ...answers,
    },
  });
  const calls = await readFile(CALLS, 'utf8');
  return calls
    .split('\x1e')
    .filter(Boolean)
    .map((call) => call.split('\x1f').slice(0, -1));
}

const argument = (call: readonly string[] | undefined, option: string): string | undefined =>
  call?.[call.indexOf(option) + 1];

/** The one resource that no document names. */
const accessLog = accessLogGroupName(systemNames(contract, stage, system).api);

/** Every name that the stage gives to anything, but to a system's resources: those are in its document. */
const known = new Set([
  ...Object.values(fleetNames(stage)),
  ...Object.values(keyAliases(stage)).map((alias) => alias.replace('alias/', '')),
  ...[...Object.keys({ ...signalsOf(names, 60), ...watchesOf(names, 60) }), ...compositeIds].map((id) =>
    alarmName(stage, system, id),
  ),
  ...[...Object.keys(allFleetWatchesOf(`${stage}-fleet`, 1, 60)), ...fleetCompositeIds].map((id) =>
    fleetAlarmName(stage, id),
  ),
  systemDimension(stage, wholeFleet),
  stackNames(stage).system(system),
  // Of the drills' schedules.
  `${stage}-${system}-restore`,
]);

// They are written for the shell of Linux and of AWS CloudShell, which have GNU's date, and jq.
const canRun = await run('bash', ['-c', 'date -d "-1 min" && jq --version']).then(
  () => true,
  () => false,
);

describe.runIf(canRun)('the commands of runbooks', () => {
  it.each(ids)('of %s run as they stand, and name what there is', async (id) => {
    const calls = await follow(id);
    expect(calls.length).toBeGreaterThan(0);
    for (const call of calls) {
      const asked = call
        .join(' ')
        .replace(accessLog, '')
        .replaceAll(/https:\S+/g, '');
      for (const [name] of asked.matchAll(/\bprod-[a-z][A-Za-z0-9-]*[A-Za-z0-9]/g)) {
        expect(known, asked).toContain(name);
      }
      expect(call.join(' ')).not.toMatch(/\bundefined\b|\bnull\b|FROM_ABOVE/);
    }
  });

  it.each([
    // Nodes now, percent used, nodes at which it is below 64 %.
    ['2', '85', '3'],
    ['3', '90.5', '5'],
    ['4', '99', '7'],
    ['10', '80', '13'],
  ])('on %s nodes at %s %% of CPU compute a resize to %s', async (NODES, USED, expected) => {
    const calls = await follow('databaseCpu', { NODES, USED });
    const resize = calls.find(
      (call) => call.includes('resize-cluster') && call.includes('--number-of-nodes'),
    );
    expect(argument(resize, '--number-of-nodes')).toBe(expected);
    expect(argument(resize, '--cluster-identifier')).toBe('warehouse');
  });

  it.each([
    ['2', '2'],
    ['3', '2'],
    ['5', '3'],
    ['8', '4'],
  ])('on %s nodes that lack connections compute %s of the larger type', async (NODES, expected) => {
    const calls = await follow('databaseConnections', { NODES });
    const resize = calls.find(
      (call) => call.includes('resize-cluster') && call.includes('--number-of-nodes'),
    );
    expect(argument(resize, '--number-of-nodes')).toBe(expected);
    expect(argument(resize, '--node-type')).toBe('ra3.xlplus');
  });

  it('authorise exactly the rule that the system publishes', async () => {
    const call = (await follow('errorRate')).find((each) =>
      each.includes('authorize-security-group-ingress'),
    );
    expect(argument(call, '--group-id')).toBe('sg-2');
    expect(JSON.parse(argument(call, '--ip-permissions')!)).toEqual([
      {
        IpProtocol: 'tcp',
        FromPort: 5439,
        ToPort: 5439,
        UserIdGroupPairs: [{ GroupId: 'sg-1', Description: 'rule' }],
      },
    ]);
  });

  it.each(['deadLetters', 'undelivered'])(
    'of %s move messages back by the command that takes both kinds',
    async (id) => {
      const calls = await follow(id);
      expect(calls).toContainEqual(['npx', 'headroom', 'redrive', '--stage', stage, '--system', system]);
    },
  );

  it('are commands of this project where they begin with npx headroom, also within a sentence', async () => {
    const texts = await Promise.all(ids.map(textOf));
    const lines = texts.flatMap((text) =>
      [...text.matchAll(/npx (headroom [^`\n|]*)/g)].map(([, line = '']) =>
        `npx ${line}`.replaceAll('"', '').replaceAll('$STAGE', stage).replaceAll('$SYSTEM', system).trim(),
      ),
    );
    expect(lines.length).toBeGreaterThan(7);
    const fleet = await loadFleet('fleet.config.ts');
    for (const line of lines) {
      expect(await commandProblem(line, {}, { fleet, scripts: [] }), line).toBeUndefined();
    }
  });
});

it('runbooks say where the alarm is seen: on its own dashboard, which draws it', async () => {
  const dashboards = bodies([names, monitored(withoutQueue)]);
  const described = new Map(
    ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm']
      .flatMap((type) => resourcesOf(alarmTemplates(['orders', withoutQueue]), type))
      .map(({ AlarmDescription }) => {
        const [, id, dashboard] = /Runbook: \S+\/(\w+)\.md\. Dashboard: prod-fleet-(\w+)\./.exec(
          String(AlarmDescription),
        )!;
        return [id!, dashboard!];
      }),
  );
  expect([...described.keys()].sort()).toEqual(ids.toSorted());
  for (const id of ids) {
    const [, title, dashboard] = /^See it: \*(.+)\* on the dashboard `\$STAGE-fleet-(\w+)`\.$/m.exec(
      await textOf(id),
    )!;
    expect(dashboard, id).toBe(described.get(id));
    const titles = dashboards
      .get(`qa-fleet-${dashboard}`)!
      .widgets.map(({ properties }) => properties.title?.replace(/: .*$/, ''));
    expect(titles, id).toContain(title);
  }
});
