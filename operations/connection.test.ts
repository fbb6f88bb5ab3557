import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { identity } from '../core/process/processes.ts';
import { writeStageFile } from '../local/stageFile.ts';
import { connect } from './connection.ts';

let stateDirectory: string;
beforeAll(async () => {
  stateDirectory = await mkdtemp(join(tmpdir(), 'headroom-connection-'));
  await writeStageFile(stateDirectory, {
    schemaVersion: 1,
    stage: 'local',
    pid: process.pid,
    processIdentity: (await identity(process.pid)) ?? '',
    startedAt: '2026-01-01T00:00:00.000Z',
    region: 'us-east-1',
    endpointUrl: 'http://127.0.0.1:4999',
    consoleUrl: 'http://127.0.0.1:4998/',
    credentials: { accessKeyId: 'AKIASTAGE', secretAccessKey: 'stage' },
    systems: ['system-01'],
  });
});
afterAll(() => rm(stateDirectory, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

const local = { stage: 'local', region: 'us-east-1' };
const reached = async ({ clients: { ssm } }: Awaited<ReturnType<typeof connect>>) => ({
  endpoint: (await ssm.config.endpoint?.())?.port,
  region: await ssm.config.region(),
  accessKeyId: (await ssm.config.credentials()).accessKeyId,
  sessionToken: (await ssm.config.credentials()).sessionToken,
});
const thisMachine = {
  endpoint: 4999,
  region: 'us-east-1',
  accessKeyId: 'AKIASTAGE',
  sessionToken: undefined,
};

it("reaches the stage on this machine whatever the developer's own AWS settings are", async () => {
  vi.stubEnv('AWS_PROFILE', 'work');
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAMINE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'mine');
  vi.stubEnv('AWS_SESSION_TOKEN', 'mine too');
  const connection = await connect({ ...local, stateDirectory });
  expect(connection.place).toBe('local');
  expect(await reached(connection)).toEqual(thisMachine);
});

it('takes AWS_ENDPOINT_URL for the way to "local", except where the stage must be the own one', async () => {
  vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:4566');
  vi.stubEnv('AWS_PROFILE', undefined);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEMULATOR');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'emulator');
  const emulator = await connect({ ...local, stateDirectory });
  expect((await emulator.clients.ssm.config.credentials()).accessKeyId).toBe('AKIAEMULATOR');
  expect(await reached(await connect({ ...local, stateDirectory, onThisMachine: true }))).toEqual(
    thisMachine,
  );
});

describe('an AWS profile with an endpoint of its own', () => {
  const place = async (config: string): Promise<string> => {
    const file = join(await mkdtemp(join(stateDirectory, 'aws-')), 'config');
    await writeFile(file, config);
    vi.stubEnv('AWS_CONFIG_FILE', file);
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', `${file}-none`);
    return (await connect({ stage: 'prod', region: 'us-west-2', stateDirectory })).place;
  };
  const emulator = 'endpoint_url = http://127.0.0.1:4566';

  it.each([
    ['for all services', `[default]\n${emulator}\n`, 'local'],
    [
      'for one service',
      `[default]\nservices = mine\n\n[services mine]\ncloudwatch =\n  ${emulator}\n`,
      'local',
    ],
    ['of another profile', `[default]\nregion = us-east-1\n\n[profile mine]\n${emulator}\n`, 'aws'],
    ['that is ignored', `[default]\nignore_configured_endpoint_urls = true\n${emulator}\n`, 'aws'],
    [
      'that is AWS',
      `[default]\nendpoint_url = https://vpce-1.monitoring.us-east-1.vpce.amazonaws.com\n`,
      'aws',
    ],
    ['that looks like AWS', `[default]\nendpoint_url = https://amazonaws.com.example.com\n`, 'local'],
  ])('%s', async (_, config, expected) => {
    vi.stubEnv('AWS_PROFILE', undefined);
    expect(await place(config)).toBe(expected);
  });

  it('is the one that AWS_PROFILE names', async () => {
    vi.stubEnv('AWS_PROFILE', 'mine');
    expect(await place(`[default]\n\n[profile mine]\n${emulator}\n`)).toBe('local');
  });
});

it("goes to the fleet's region, and says aws only where no endpoint leads elsewhere", async () => {
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  const { place, clients } = await connect({ stage: 'prod', region: 'us-west-2', stateDirectory });
  expect({ place, region: await clients.ssm.config.region() }).toEqual({ place: 'aws', region: 'us-west-2' });
  vi.stubEnv('AWS_ENDPOINT_URL_CLOUDWATCH', 'http://127.0.0.1:4566');
  expect(await connect({ stage: 'prod', region: 'us-west-2', stateDirectory })).toMatchObject({
    place: 'local',
  });
});
