import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SNSClient } from '@aws-sdk/client-sns';
import { App, Stack } from 'aws-cdk-lib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../core/clock.ts';
import { documentOf } from '../fleet/testing/systemDocument.ts';
import { profiles, runLoad } from '../loadtests/runner/load.ts';
import { seed } from '../loadtests/runner/seed.ts';
import { testCredentials } from '../loadtests/runner/testing/fakeApi.ts';
import { systemAt } from '../loadtests/runner/testing/systems.ts';
import { createCanary } from '../monitoring/canary/canary.ts';
import { createSigner } from '../monitoring/canary/signGet.ts';
import { addWebAcl } from './constructs/webAcl.ts';
import { completeFleet } from './testing/completeFleet.ts';
import { blockingRules, type InspectedRequest } from './testing/managedRules.ts';
import { service } from '../service/testing/service.ts';

const project = fileURLToPath(new URL('../', import.meta.url));

/** As k6 names itself where nothing else is said. */
const k6 = 'k6/2.2.0 (https://k6.io/)';

let server: Server;
let url: string;
let directory: string;
let received: InspectedRequest[];
let groups: string[];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'headroom-callers-'));
  server = createServer((request, response) => {
    const [path = '', query = ''] = (request.url ?? '').split('?');
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      );
      received.push({
        method: request.method ?? '',
        path,
        query,
        // A client takes it from the URL, which is the API's own and not this machine's.
        headers: { ...headers, host: 'abc123.execute-api.us-east-1.amazonaws.com' },
        body,
      });
      response.end('{"status":"ok"}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/prod`;
  const stack = new Stack(new App(), 'acl');
  const { rules } = addWebAcl(stack, {
    stage: 'prod',
    config: completeFleet.stages['prod']!,
    systems: completeFleet.systems,
  });
  groups = (rules as { name: string; statement: object }[])
    .filter(({ statement }) => 'managedRuleGroupStatement' in statement)
    .map(({ name }) => name);
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(directory, { recursive: true });
});
beforeEach(() => {
  received = [];
});

const problems = (requests: readonly InspectedRequest[]): string[] =>
  requests.flatMap((request) =>
    groups.flatMap((group) =>
      blockingRules(group, request).map(
        (rule) => `${rule} blocks ${request.method} ${request.path}?${request.query}`,
      ),
    ),
  );

describe('a request of our own passes the managed rules of the web ACL', () => {
  it("when it is the canary's", async () => {
    const canary = createCanary({
      discover: async () => ({ systems: [documentOf('orders', url)], unreadable: [] }),
      headersFor: (_document, health, atMs) => createSigner(testCredentials, 'us-east-1')(health, atMs),
      clock: systemClock,
      bounds: { deadlineMs: 5_000, maximumBodyBytes: 4_096 },
      healthPath: '/healthcheck',
      output: { system: () => undefined, fleet: () => undefined },
    });
    await canary(['orders'], 0);
    expect(received.map(({ path }) => path)).toEqual(['/prod/healthcheck']);
    expect(received[0]!.headers['user-agent']).toMatch(/^headroom-canary\/\d+\.\d+\.\d+$/);
    expect(problems(received)).toEqual([]);
  });

  it("when it is the seeder's", async () => {
    const seeding = seed({
      service: service.load,
      systems: [systemAt('orders', url, 10)],
      // Where nobody answers: whether the clients are there is asked first.
      sns: new SNSClient({
        endpoint: 'http://127.0.0.1:1',
        region: 'us-east-1',
        credentials: testCredentials,
        maxAttempts: 1,
      }),
      credentials: testCredentials,
      clock: systemClock,
    });
    await expect(seeding).rejects.toThrow('ECONNREFUSED');
    expect(received.map(({ path }) => path)).toEqual([`/prod${service.load.lookUp(1).path}`]);
    expect(problems(received)).toEqual([]);
  });

  // Publishing asks SNS alone.
  it.each(profiles.filter((name) => name !== 'publish'))(
    'when it is of the profile %s, by the embedded engine or by k6',
    async (profile) => {
      const enough = new AbortController();
      await runLoad({
        profile,
        stage: 'prod',
        place: 'local',
        service: service.definition,
        systems: [systemAt('orders', url, 20)],
        engine: 'embedded',
        rampSeconds: 1,
        holdSeconds: 1,
        runDirectory: join(directory, profile),
        configurationHash: 'c0ffee',
        commit: null,
        credentials: testCredentials,
        clock: systemClock,
        signal: enough.signal,
        onSample: () => {
          // Of smoke each request is another; the others ask for one client after the other.
          if (profile !== 'smoke' && received.length >= 5) enough.abort(new Error('enough'));
        },
      });
      expect(received.length).toBeGreaterThanOrEqual(5);
      expect(problems(received)).toEqual([]);
      const byK6 = received.map((request) => ({
        ...request,
        headers: { ...request.headers, 'user-agent': k6 },
      }));
      expect(problems(byK6)).toEqual([]);
    },
  );

  it('whoever sends it: no other file has a client of its own', async () => {
    const rooms = (await readdir(project, { withFileTypes: true }))
      .filter((entry) => entry.isDirectory() && !/^(\.|node_modules|cdk\.out|docs|local$)/.test(entry.name))
      .map(({ name }) => name);
    const files = (
      await Promise.all(
        rooms.map(async (room) =>
          (await readdir(join(project, room), { recursive: true })).map((path) => join(room, path)),
        ),
      )
    )
      .flat()
      .filter((path) => path.endsWith('.ts') && !/\.test\.ts$|\/(testing|bench|web)\//.test(path));
    const clients: string[] = [];
    for (const path of files) {
      const text = await readFile(join(project, path), 'utf8');
      const imports = [...text.matchAll(/import (type )?\{([^}]*)\} from '(node:https?|undici|k6\/http)'/g)];
      const client = imports.some(
        ([, type, names = '']) => type === undefined && /\b(request|get|Agent|Pool|fetch)\b/.test(names),
      );
      if (client || /(?<![.\w])fetch\(/.test(text) || /import http from 'k6\/http'/.test(text))
        clients.push(path);
    }
    expect(clients.sort()).toEqual([
      // A script of a user's, to whose requests the engine gives its name as to those of all scripts.
      'examples/orders/scripts/browse.ts',
      'loadtests/k6/lib/api.ts',
      'loadtests/k6/lib/publish.ts',
      // Asks the place that an exported load runs in for its role's credentials, and STS: no system.
      'loadtests/k6/lib/roleCredentials.ts',
      // Shows such a script.
      'loadtests/k6/lib/signed.ts',
      'loadtests/runner/connections.ts',
      'loadtests/runner/seed.ts',
      'monitoring/canary/checkHealth.ts',
    ]);
  });

  it('and leaves its name to k6, where that sends it', async () => {
    const scripts = await readdir(join(project, 'loadtests/k6'), { recursive: true });
    for (const script of scripts.filter((name) => name.endsWith('.ts'))) {
      expect(await readFile(join(project, 'loadtests/k6', script), 'utf8'), script).not.toMatch(
        /user-?agent/i,
      );
    }
  });
});

describe('the model of the managed rules', () => {
  const good: InspectedRequest = {
    method: 'GET',
    path: '/prod/items',
    query: 'item_id=1',
    headers: { host: 'abc123.execute-api.us-east-1.amazonaws.com', 'user-agent': k6 },
    body: '',
  };
  const common = 'AWSManagedRulesCommonRuleSet';
  const badInputs = 'AWSManagedRulesKnownBadInputsRuleSet';

  it.each<[string, string, Partial<InspectedRequest>, string[]]>([
    ['nothing', common, {}, []],
    ['no name', common, { headers: { host: 'x' } }, ['NoUserAgent_HEADER']],
    ['a scanner', common, { headers: { 'user-agent': 'Nmap 7' } }, ['UserAgent_BadBots_HEADER']],
    ['a long query', common, { query: 'x'.repeat(2_049) }, ['SizeRestrictions_QUERYSTRING']],
    ['a long path', common, { path: '/'.repeat(1_025) }, ['SizeRestrictions_URIPATH']],
    [
      'the metadata service',
      common,
      { query: 'url=http%3A%2F%2F169.254.169.254%2F' },
      ['EC2MetaDataSSRF_QUERYARGUMENTS', 'GenericRFI_QUERYARGUMENTS'],
    ],
    ['a way up', common, { query: 'f=..%2F..%2Fetc' }, ['GenericLFI_QUERYARGUMENTS']],
    ['a log', common, { path: '/prod/app.log' }, ['RestrictedExtensions_URIPATH']],
    [
      'a script',
      common,
      { query: 'q=%3Cscript%3Ealert(%22hello%22)%3C%2Fscript%3E' },
      ['CrossSiteScripting_QUERYARGUMENTS'],
    ],
    ['this machine', badInputs, { headers: { host: 'localhost:80' } }, ['Host_localhost_HEADER']],
    ['PROPFIND', badInputs, { method: 'PROPFIND' }, ['PROPFIND_METHOD']],
    ['web-inf', badInputs, { path: '/WEB-INF/web.xml' }, ['ExploitablePaths_URIPATH']],
    [
      'a look-up in a header',
      badInputs,
      { headers: { 'x-client': '${jndi:ldap://example.com/}' } },
      ['Log4JRCE_HEADER'],
    ],
  ])('knows %s', (_, group, change, rules) => {
    expect(blockingRules(group, { ...good, ...change })).toEqual(rules);
  });

  it('refuses by name what AWS does not publish', () => {
    expect(() => blockingRules('AWSManagedRulesBotControlRuleSet', good)).toThrow('not known here');
    expect(() => blockingRules(badInputs, { ...good, body: '{}' })).toThrow('ReactJSRCE_BODY');
  });
});
