import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { SSMClient } from '@aws-sdk/client-ssm';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { stageDirectories } from '../local/stageDirectories.ts';
import { requireRunningStage } from '../local/stageFile.ts';
import { discoverSystems } from '../fleet/discovery.ts';
import { systemClock } from '../core/clock.ts';
import { journalFileName } from '../records/journalFile.ts';
import { exampleJournal } from '../records/testing/examples.ts';
import { contract } from '../service/contract.ts';
import { message } from '../service/load.ts';
import { runSql } from '../service/redshift/dataApi.ts';
import { Headroom, testState } from './testing/headroom.ts';

const stateDirectory = join(testState, 'lifecycle');
const here = { stateDirectory };

const running: Headroom[] = [];
afterEach(async () => {
  for (const headroom of running.splice(0)) {
    headroom.child.kill('SIGKILL');
    await headroom.exited;
  }
  await rm(stateDirectory, { recursive: true, force: true });
});

function start(...parameters: ConstructorParameters<typeof Headroom>): Headroom {
  const headroom = new Headroom(...parameters);
  running.push(headroom);
  return headroom;
}

async function up(directory: string, ...options: string[]) {
  const headroom = start({ stateDirectory: directory }, 'up', '--systems', '1', ...options);
  await headroom.says('is ready at');
  const file = await requireRunningStage(directory, 'local');
  const { endpointUrl: endpoint, region, credentials } = file;
  const config = { endpoint, region, credentials };
  const [system] = await discoverSystems(new SSMClient(config), 'local');
  if (!system) throw new Error('the stage has no system');
  const { cluster, topicArn } = system;
  const api = {
    client: new RedshiftDataClient(config),
    cluster: { ...cluster, secretArn: cluster.adminSecretArn },
    clock: systemClock,
  };
  const sns = new SNSClient({ ...config, maxAttempts: 1 });
  return {
    headroom,
    endpoint,
    consoleUrl: file.consoleUrl,
    publish: (id: number) =>
      sns.send(new PublishCommand({ TopicArn: topicArn, Message: message(id, Date.now()) })),
    /** How often each of the published clients is in the table. */
    rows: async (): Promise<Map<number, number>> => {
      const rows = await runSql(
        api,
        `SELECT id, count(*) AS times FROM ${contract.rows[0]!.table} WHERE id >= ${firstId} GROUP BY id`,
      );
      return new Map(rows.map((row) => [Number(row['id']), Number(row['times'])]));
    },
  };
}

const firstId = 1_000;

it('loses no acknowledged message and no row when it or its database is killed and keeps its data', async () => {
  const { keptData, keptMessages } = await stageDirectories(stateDirectory, 'local');
  const acknowledged: number[] = [];
  let nextId = firstId;
  const publishUntilItDies = async ({ publish }: Awaited<ReturnType<typeof up>>): Promise<void> => {
    for (;;) {
      const id = nextId;
      nextId += 1;
      try {
        await publish(id);
      } catch {
        return;
      }
      acknowledged.push(id);
    }
  };
  const databasePid = async (): Promise<number> =>
    Number((await readFile(join(keptData, 'postmaster.pid'), 'utf8')).split('\n')[0]);
  for (const victim of ['stage', 'database']) {
    const stage = await up(stateDirectory, '--keep');
    const before = (await stage.rows()).size;
    const publishers = Array.from({ length: 8 }, () => publishUntilItDies(stage));
    // In the midst of it: some are in the table, some in the queue, some on their way.
    await expect
      .poll(async () => (await stage.rows()).size, { timeout: 30_000, interval: 250 })
      .toBeGreaterThan(before + 100);
    process.kill(victim === 'stage' ? (stage.headroom.child.pid ?? 0) : await databasePid(), 'SIGKILL');
    await Promise.all(publishers);
    await stage.headroom.exited;
  }

  const last = await up(stateDirectory, '--keep');
  await expect
    .poll(
      async () => {
        const rows = await last.rows();
        return acknowledged.filter((id) => !rows.has(id)).length;
      },
      { timeout: 90_000, interval: 500 },
    )
    .toBe(0);
  expect([...(await last.rows())].filter(([, times]) => times > 1)).toEqual([]);
  expect(acknowledged.length).toBeGreaterThan(200);

  const down = start(here, 'down', '--delete-data');
  expect(await down.exited).toBe(0);
  expect(await last.headroom.exited).toBe(0);
  expect(down.stdout).toBe('the stage "local" is stopped, and no data is kept\n');
  expect([keptData, keptMessages].filter(existsSync)).toEqual([]);
}, 180_000);

it('stores each client once, and the newest, when SQS does everything it may', async () => {
  const stage = await up(stateDirectory, '--queue-faults', 'duplicate=50,disorder=50,delay=30');
  for (let id = firstId; id < firstId + 100; id += 1) await stage.publish(id);
  await expect.poll(async () => (await stage.rows()).size, { timeout: 60_000, interval: 250 }).toBe(100);
  // What comes twice comes within five seconds, and a batch is given a second.
  const rows = await stage.rows();
  expect(Math.max(...rows.values())).toBe(1);
}, 120_000);

it('runs beside another one, each found and cleared away through its directory', async () => {
  const other = join(stateDirectory, 'other');
  const [one, two] = await Promise.all([up(stateDirectory), up(other)]);
  expect(one.endpoint).not.toBe(two.endpoint);
  const pages = await Promise.all([one, two].map(({ consoleUrl }) => fetch(consoleUrl)));
  expect(pages.map(({ status }) => status)).toEqual([200, 200]);
  expect(one.consoleUrl).not.toBe(two.consoleUrl);
  const status = async (directory: string) => {
    const headroom = start({ stateDirectory: directory }, 'status', '--json');
    expect(await headroom.exited).toBe(0);
    return JSON.parse(headroom.stdout) as { endpointUrl: string; pid: number; alarms: unknown[] };
  };
  expect(await status(stateDirectory)).toMatchObject({
    endpointUrl: one.endpoint,
    consoleUrl: one.consoleUrl,
    pid: one.headroom.child.pid,
    systems: ['system-01'],
    alarms: expect.arrayContaining([{ name: 'local-system-01-errorRate', state: expect.any(String) }]),
  });
  expect(await status(other)).toMatchObject({ endpointUrl: two.endpoint });

  const journal = join(stateDirectory, 'runs', 'killed', journalFileName);
  await mkdir(dirname(journal), { recursive: true });
  const restored = start(here, 'chaos', 'restore');
  expect(await restored.exited).toBe(0);
  expect(restored.stdout).toBe(
    'nothing to undo; checked: the journals here, and the rule to the database of 1 system\n',
  );
  const [begin, intent] = exampleJournal.map((entry) => JSON.stringify(entry));
  await writeFile(journal, `${begin}\n${intent?.replace('inject', 'unheard-of')}\n`);
  const partly = start(here, 'chaos', 'restore');
  expect(await partly.exited).toBe(2);
  expect(partly.stderr).toContain(`${journal}: line 2: step: Invalid option`);

  expect(await start(here, 'down').exited).toBe(0);
  expect(await one.headroom.exited).toBe(0);
  expect(await status(other)).toMatchObject({ endpointUrl: two.endpoint });
  const words = start({ stateDirectory: other }, 'status');
  expect(await words.exited).toBe(0);
  expect(words.stdout).toContain(`console   ${two.consoleUrl}`);
  const gone = start(here, 'status');
  expect(await gone.exited).toBe(2);
  expect(gone.stderr).toContain('no stage "local" is running on this machine');

  const another = start({ stateDirectory: other }, 'down', '--config', 'examples/orders/fleet.config.ts');
  expect(await another.exited).toBe(2);
  expect(another.stderr).toContain(
    'the stage that runs here has system-01, which examples/orders/fleet.config.ts',
  );

  two.headroom.child.kill('SIGKILL');
  await two.headroom.exited;
  const down = async (): Promise<string> => {
    const headroom = start({ stateDirectory: other }, 'down', '--config', 'fleet.config.ts');
    expect(await headroom.exited).toBe(0);
    return headroom.stdout;
  };
  expect(await down()).toBe('what a killed stage left is removed\n');
  expect(await down()).toBe('nothing is running here\n');
}, 120_000);
