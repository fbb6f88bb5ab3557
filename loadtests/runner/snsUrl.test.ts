import { SNSClient } from '@aws-sdk/client-sns';
import { afterEach, expect, test, vi } from 'vitest';
import { snsUrlOf } from './snsUrl.ts';

afterEach(() => vi.unstubAllEnvs());

test.each([
  ['its own endpoint', { endpoint: 'http://127.0.0.1:4566' }, {}, 'http://127.0.0.1:4566'],
  [
    'its own endpoint with a path',
    { endpoint: 'http://127.0.0.1:4566/aws/' },
    {},
    'http://127.0.0.1:4566/aws',
  ],
  ['a variable', {}, { AWS_ENDPOINT_URL_SNS: 'http://127.0.0.1:1/' }, 'http://127.0.0.1:1'],
  ['AWS', {}, {}, 'https://sns.sa-east-1.amazonaws.com'],
])('a client goes to %s', async (_, config, environment, url) => {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  expect(await snsUrlOf(new SNSClient({ region: 'sa-east-1', ...config }))).toBe(url);
});
