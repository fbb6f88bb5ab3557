import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { accessLogGroupName } from '../../fleet/names.ts';
import { assumptions } from '../plan/cost.ts';
import { accessLine } from './systemApi.ts';

const runbooks = 'monitoring/runbooks';

/** As API Gateway fills the line in for a caller with a role, which is the longest of the usual ones. */
const filled = (): string => {
  const values: Record<string, string> = {
    requestId: '8b1f4d52-7c0e-4f3a-9a55-0d2c7c1c9e0b',
    httpMethod: 'GET',
    resourcePath: '/healthcheck',
    status: '200',
    'identity.userArn':
      'arn:aws:sts::111122223333:assumed-role/orders-frontend/1764194400-i-0123456789abcdef0',
    'error.responseType': '-',
  };
  return accessLine.replaceAll(/\$context\.([\w.]+)/g, (_, name: string) => values[name] ?? '12');
};

it('is taken apart by the runbooks as it is put together', async () => {
  const apart: string[] = [];
  for (const file of await readdir(runbooks)) {
    const text = await readFile(join(runbooks, file), 'utf8');
    const queries = text.matchAll(/--log-group-name "(\/aws\/apigateway\/.*?)".*?--query-string '([^']*)'/gs);
    for (const [, group = '', query = ''] of queries) {
      expect(group).toBe(accessLogGroupName('$STAGE-$SYSTEM-api'));
      const [, stars = '', names = ''] = /^parse @message "([* ]+)" as ([\w, ]+) \| /.exec(query) ?? [];
      expect(stars.split(' ').length).toBe(accessLine.split(' ').length);
      apart.push(names);
    }
  }
  expect(apart.length).toBeGreaterThan(1);
  // By the end of their names in API Gateway's own words.
  expect(accessLine.split(' ').map((field) => field.replace(/^\$context\./, ''))).toEqual([
    'requestId',
    'httpMethod',
    'resourcePath',
    'status',
    'responseLatency',
    'integrationLatency',
    'identity.userArn',
    'error.responseType',
  ]);
  const names = 'requestId, method, route, status, latencyMs, integrationMs, caller, errorType';
  expect(new Set(apart)).toEqual(new Set([names]));
});

it('takes no more bytes than are planned for', () => {
  const bytes = Buffer.byteLength(filled());
  expect(bytes).toBeLessThanOrEqual(assumptions.accessLogBytes);
  expect(bytes).toBeGreaterThan(0.9 * assumptions.accessLogBytes);
});
