import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lookUpPath } from '../../service/testing/asking.ts';
import { startFakeApi, testCredentials, type FakeApi } from './testing/fakeApi.ts';
import { runInline } from './testing/runInline.ts';

let api: FakeApi;
beforeEach(async () => {
  api = await startFakeApi();
});
afterEach(() => api.close());

const door = fileURLToPath(new URL('../k6/lib/signed.ts', import.meta.url));

/** What one request of a script through the door is answered: its status, or what is thrown. */
async function answered(call: string, more: Record<string, string> = {}): Promise<string[]> {
  const env = {
    HEADROOM_URL: api.url,
    HEADROOM_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: testCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: testCredentials.secretAccessKey,
    AWS_SESSION_TOKEN: testCredentials.sessionToken,
    ...more,
  };
  const { points, thrown } = await runInline(
    `import http from 'k6/http';
    import { signed } from ${JSON.stringify(door)};
    export const options = {
      maxRedirects: 0,
      scenarios: { once: { executor: 'shared-iterations', vus: 1, iterations: 1 } },
    };
    export default async function () {
      const { url, headers } = ${call};
      await http.asyncRequest('GET', url, null, { headers: { ...headers, 'x-sent': String(headers['x-mine']) } });
    }`,
    env,
  );
  const statuses = points
    .filter(({ metric }) => metric === 'http_reqs')
    .map(({ tags }) => tags['status'] ?? '');
  return [...statuses, ...thrown.byMessage.keys()];
}

test.each([
  [`signed('get', __ENV.HEADROOM_URL + '${lookUpPath(1)}')`, ['200']],
  [`signed('GET', __ENV.HEADROOM_URL + '${lookUpPath(1)}&z=%C3%B1%20%2B&a=b+c&empty=&bare')`, ['200']],
  ["signed('GET', __ENV.HEADROOM_URL + '/healthcheck', { headers: { 'x-mine': '1' } })", ['200']],
  ["signed('POST', __ENV.HEADROOM_URL + '/healthcheck')", ['403']],
  ["signed('GET', __ENV.HEADROOM_URL + '/healthcheck', { service: 'sqs' })", ['403']],
])('what a script sends through %s is taken as AWS would take it', async (call, expected) => {
  expect(await answered(call)).toEqual(expected);
});

test('credentials and region may be its own, and what is wrong is said', async () => {
  const own = JSON.stringify({ region: 'us-east-1', credentials: testCredentials });
  const call = `signed('GET', __ENV.HEADROOM_URL + '/healthcheck', ${own})`;
  expect(await answered(call, { HEADROOM_REGION: '', AWS_ACCESS_KEY_ID: '' })).toEqual(['200']);
  expect(await answered("signed('GET', '/healthcheck')")).toEqual([
    'cannot sign "/healthcheck": expected http(s)://host/path without a query',
  ]);
  expect(await answered("signed('GET', __ENV.HEADROOM_URL + '/healthcheck?a=%')")).toEqual([
    `cannot sign "${api.url}/healthcheck?a=%": its query is not percent-encoded`,
  ]);
  expect(await answered("signed('GET', __ENV.HEADROOM_URL)", { AWS_ACCESS_KEY_ID: '' })).toEqual([
    'AWS_ACCESS_KEY_ID is not set: expected the access key that signs the requests',
  ]);
});
