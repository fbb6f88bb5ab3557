import { request as httpRequest } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../core/clock.ts';
import type { InvocationOutcome } from '../functions/runtime.ts';
import type { MetricSample } from '../sampler/metricSample.ts';
import { recordingSink } from '../sampler/testing/recordingSink.ts';
import type { RestApi } from './definition.ts';
import { ApiFront } from './front.ts';
import { signedFetch, testCredentials } from './testing/signedFetch.ts';
import { TokenBucket } from './tokenBucket.ts';

describe('ApiFront', () => {
  let front: ApiFront;
  let api: RestApi;
  let outcome: InvocationOutcome | Promise<InvocationOutcome>;
  const events: Record<string, unknown>[] = [];
  const samples: MetricSample[] = [];
  const errors: unknown[] = [];
  const ok = (payload: unknown): InvocationOutcome => ({ ok: true, requestId: 'r', payload });
  const failed = (kind: 'throttled' | 'handler' | 'timeout'): InvocationOutcome => ({
    ok: false,
    requestId: 'r',
    kind,
    error: { errorType: 'SecretError', errorMessage: 'SELECT secret FROM items' },
  });

  beforeEach(async () => {
    events.length = samples.length = errors.length = 0;
    outcome = ok({ statusCode: 200, body: '{"id":1}' });
    front = await ApiFront.start({
      host: '127.0.0.1',
      port: 0,
      region: 'us-east-1',
      accountId: '000000000000',
      credentials: testCredentials,
      clock: systemClock,
      metrics: recordingSink(samples),
      restApis: new Map(),
      invoke: (_name, event) => {
        events.push(event as Record<string, unknown>);
        return Promise.resolve(outcome);
      },
      onError: (error) => errors.push(error),
    });
    api = front.addApi('abc123', 'local-system-01-api');
    api.stages.set('v1', {
      name: 'v1',
      variables: {},
      throttle: undefined,
      methodThrottles: new Map(),
      apiKeys: new Map(),
    });
    api.validators.set('validator', { requestParameters: true, requestBody: true });
    api.resources.set('res1', { parentId: api.rootResourceId, pathPart: 'getItem' });
    api.resources.set('res2', { parentId: api.rootResourceId, pathPart: 'open' });
    api.resources.set('res3', { parentId: 'res2', pathPart: '{id}' });
    api.resources.set('res4', { parentId: 'res2', pathPart: 'literal' });
    const method = {
      httpMethod: 'GET',
      required: { querystring: [], header: [] },
      requestModels: {},
      validatorId: undefined,
      integration: { functionName: 'local-system-01-api', timeoutMs: 29_000 },
    };
    api.methods.push(
      {
        ...method,
        resourceId: 'res1',
        authorization: 'AWS_IAM',
        required: { querystring: ['item_id'], header: [] },
        validatorId: 'validator',
      },
      { ...method, resourceId: 'res2', authorization: 'NONE', httpMethod: 'ANY' },
      { ...method, resourceId: 'res3', authorization: 'NONE' },
      {
        ...method,
        resourceId: 'res4',
        authorization: 'NONE',
        required: { querystring: [], header: ['X-Client'] },
        validatorId: 'validator',
      },
    );
  });

  afterEach(async () => {
    await front.close();
    if (errors.length > 0) throw errors[0];
  });

  const url = (path: string): string => `${front.url}/abc123/v1${path}`;

  it('invokes the function with the proxy event of a signed request', async () => {
    const response = await signedFetch(url('/getItem?item_id=1&item_id=2&q=a%20b'));

    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ id: 1 });
    expect(events[0]).toMatchObject({
      resource: '/getItem',
      path: '/getItem',
      httpMethod: 'GET',
      queryStringParameters: { item_id: '2', q: 'a b' },
      multiValueQueryStringParameters: { item_id: ['1', '2'], q: ['a b'] },
      pathParameters: null,
      body: null,
      requestContext: {
        requestId: response.headers.get('x-amzn-requestid'),
        stage: 'v1',
        path: '/v1/getItem',
        identity: { sourceIp: '127.0.0.1', accessKey: 'AKIDLOCAL' },
      },
    });
    expect(JSON.stringify(events[0])).not.toContain('AWS4-HMAC-SHA256');
  });

  it.each([
    ['unsigned', () => fetch(url('/getItem?item_id=1')), 'Missing Authentication Token'],
    [
      'signed with another secret',
      () => signedFetch(url('/getItem?item_id=1'), { secretAccessKey: 'other' }),
      'does not match',
    ],
    [
      'signed with another key',
      () => signedFetch(url('/getItem?item_id=1'), { accessKeyId: 'OTHER' }),
      'security token',
    ],
    [
      'signed for another service',
      () => signedFetch(url('/getItem?item_id=1'), { service: 'sqs' }),
      'execute-api',
    ],
    [
      'signed for another region',
      () => signedFetch(url('/getItem?item_id=1'), { region: 'eu-west-1' }),
      "scoped to region 'us-east-1'",
    ],
    [
      'signed an hour ago',
      () => signedFetch(url('/getItem?item_id=1'), { date: new Date(Date.now() - 3_600_000) }),
      'expired',
    ],
    ['to a path that is not there', () => fetch(url('/nothing')), 'Missing Authentication Token'],
    ['to an API that is not there', () => fetch(`${front.url}/other/v1/open`), 'Forbidden'],
    ['to a stage that is not there', () => fetch(`${front.url}/abc123/v2/open`), 'Forbidden'],
  ])('answers a request %s with 403, and runs nothing', async (_case, send, message) => {
    const response = await send();
    expect(response.status).toBe(403);
    expect(await response.json()).toHaveProperty('message', expect.stringContaining(message));
    expect(events).toEqual([]);
  });

  it('refuses a request under a host name of another origin', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      httpRequest(url('/open'), { headers: { host: 'rebound.example' } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(403);
    expect(events).toEqual([]);
  });

  it('asks for required parameters after the signature, before the function', async () => {
    const response = await signedFetch(url('/getItem'));
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ message: 'Missing required request parameters: [item_id]' });
    expect((await fetch(url('/getItem'))).status).toBe(403);
    expect(events).toEqual([]);
  });

  it('takes a required parameter that is blank for missing', async () => {
    expect((await signedFetch(url('/getItem?item_id='))).status).toBe(400);
    expect((await fetch(url('/open/literal'), { headers: { 'X-Client': '' } })).status).toBe(400);
    expect(events).toEqual([]);
  });

  it('asks for required headers, whatever their case', async () => {
    const missing = await fetch(url('/open/literal'));
    expect(missing.status).toBe(400);
    expect(await missing.json()).toEqual({ message: 'Missing required request parameters: [X-Client]' });
    expect((await fetch(url('/open/literal'), { headers: { 'x-client': '1' } })).status).toBe(200);
  });

  it.each([
    ['throttled', 500],
    ['handler', 502],
    ['timeout', 502],
  ] as const)('shows a function that failed (%s) as %i without a reason', async (kind, status) => {
    outcome = failed(kind);
    const response = await fetch(url('/open'));
    expect(response.status).toBe(status);
    expect(await response.text()).toBe('{"message":"Internal server error"}');
  });

  it.each([['no object'], [null], [{ body: 'x' }], [{ statusCode: 200, body: { id: 1 } }]])(
    'answers 502 for %j, which is no proxy response',
    async (payload) => {
      outcome = ok(payload);
      expect((await fetch(url('/open'))).status).toBe(502);
    },
  );

  it('gives up on a function that takes longer than its integration', async () => {
    let finish = (_outcome: InvocationOutcome): void => {};
    outcome = new Promise((resolve) => (finish = resolve));
    api.methods[1]!.integration = { functionName: 'slow', timeoutMs: 60 };
    const response = await fetch(url('/open'));
    expect(response.status).toBe(504);
    expect(await response.json()).toEqual({ message: 'Endpoint request timed out' });
    finish(ok(null));
  });

  it('stops waiting once the function has answered', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      await new Promise((resolve) => {
        httpRequest(url('/open'), (response) => response.resume().on('end', resolve)).end();
      });
      expect(events).toHaveLength(1);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it("passes on the function's status, headers and body", async () => {
    outcome = ok({
      statusCode: 503,
      headers: { 'Content-Type': 'application/problem+json', 'Retry-After': 1, Connection: 'close' },
      multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'] },
      body: '{"title":"ñ"}',
    });
    const response = await fetch(url('/open'), { method: 'POST', body: '{"name":"ñ"}' });

    expect(response.status).toBe(503);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('retry-after')).toBe('1');
    // The connection is the front's own matter.
    expect(response.headers.get('connection')).toBe('keep-alive');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await response.text()).toBe('{"title":"ñ"}');
    expect(events[0]).toMatchObject({ httpMethod: 'POST', body: '{"name":"ñ"}', isBase64Encoded: false });
  });

  it('reads path parameters', async () => {
    await fetch(url('/open/a%2Fb'));
    expect(events[0]).toMatchObject({ resource: '/open/{id}', pathParameters: { id: 'a/b' } });
    await fetch(url('/open/literal'), { headers: { 'x-client': '1' } });
    expect(events[1]).toMatchObject({ resource: '/open/literal', pathParameters: null });
  });

  it("answers its own refusals with the template's responses", async () => {
    api.gatewayResponses.set('DEFAULT_4XX', {
      status: undefined,
      headers: { 'cache-control': 'no-store' },
      templates: {
        'application/problem+json':
          '{"title":$context.error.messageString,"type":"urn:$context.error.responseType","requestId":"$context.requestId"}',
      },
    });
    api.gatewayResponses.set('MISSING_AUTHENTICATION_TOKEN', { status: 401, headers: {}, templates: {} });

    const missing = await signedFetch(url('/getItem'));
    expect(missing.status).toBe(400);
    expect(missing.headers.get('content-type')).toBe('application/problem+json');
    expect(missing.headers.get('cache-control')).toBe('no-store');
    expect(await missing.json()).toEqual({
      title: 'Missing required request parameters: [item_id]',
      type: 'urn:BAD_REQUEST_PARAMETERS',
      requestId: missing.headers.get('x-amzn-requestid'),
    });
    const unsigned = await fetch(url('/getItem'));
    expect(unsigned.status).toBe(401);
    expect(await unsigned.json()).toEqual({ message: 'Missing Authentication Token' });
  });

  it('asks a keyed method for a key of its stage, and tells the function which it was', async () => {
    api.resources.set('keyed', { parentId: api.rootResourceId, pathPart: 'keyed' });
    const open = api.methods.find(({ resourceId }) => resourceId === 'res2')!;
    api.methods.push({ ...open, resourceId: 'keyed', needsApiKey: true });
    const key = 'k'.repeat(40);
    api.stages.get('v1')!.apiKeys.set(key, 'key-1');
    const asked = (headers: Record<string, string>) => fetch(url('/keyed'), { headers });
    for (const headers of [{}, { 'x-api-key': '' }, { 'x-api-key': `${key}k` }]) {
      const refused = await asked(headers);
      expect(refused.status).toBe(403);
      expect(refused.headers.get('x-amzn-errortype')).toBe('ForbiddenException');
      expect(await refused.json()).toEqual({ message: 'Forbidden' });
    }
    expect(events).toEqual([]);
    expect((await asked({ 'X-API-Key': key })).status).toBe(200);
    expect(events[0]).toMatchObject({ requestContext: { identity: { apiKey: key, apiKeyId: 'key-1' } } });
    // Of a method that asks for none nobody looks at one.
    expect((await fetch(url('/open'), { headers: { 'x-api-key': 'other' } })).status).toBe(200);
  });

  it('throttles a stage above its rate', async () => {
    api.stages.set('v1', {
      name: 'v1',
      variables: {},
      throttle: new TokenBucket(0.001, 2),
      methodThrottles: new Map(),
      apiKeys: new Map(),
    });
    const statuses: number[] = [];
    for (let request = 0; request < 3; request += 1) statuses.push((await fetch(url('/open'))).status);
    expect(statuses).toEqual([200, 200, 429]);
  });

  it('throttles a method with a throttle of its own by that alone', async () => {
    const methodThrottles = new Map([['~1open/ANY', new TokenBucket(0.001, 1)]]);
    api.stages.set('v1', {
      name: 'v1',
      variables: {},
      throttle: new TokenBucket(0.001, 2),
      methodThrottles,
      apiKeys: new Map(),
    });
    const statusOf = async (path: string): Promise<number> => (await fetch(url(path))).status;
    expect([await statusOf('/open'), await statusOf('/open')]).toEqual([200, 429]);
    const others = [await statusOf('/open/7'), await statusOf('/open/7'), await statusOf('/open/7')];
    expect(others).toEqual([200, 200, 429]);
  });

  it('refuses a body above 10 MiB', async () => {
    const sent = async (bytes: number): Promise<number> =>
      (await fetch(url('/open'), { method: 'POST', body: Buffer.alloc(bytes) })).status;
    expect(await sent(10 * 2 ** 20 + 1)).toBe(413);
    expect(await sent(10 * 2 ** 20)).toBe(200);
  });

  it('publishes what API Gateway publishes, for the API and for its stage', async () => {
    await fetch(url('/open'));
    outcome = failed('handler');
    await fetch(url('/open'));
    await fetch(url('/getItem'));
    await signedFetch(url('/getItem'));

    const values = (name: string, stage?: string): number[] =>
      samples
        .filter((sample) => sample.name === name && sample.dimensions['Stage'] === stage)
        .map((sample) => sample.values[0] ?? NaN);
    expect(samples.every(({ namespace }) => namespace === 'AWS/ApiGateway')).toBe(true);
    expect(samples.every(({ dimensions }) => dimensions['ApiName'] === 'local-system-01-api')).toBe(true);
    expect(values('Count')).toEqual([1, 1, 1, 1]);
    expect(values('5XXError')).toEqual([0, 1, 0, 0]);
    // Without a signature, and without the required parameter.
    expect(values('4XXError', 'v1')).toEqual([0, 0, 1, 1]);
    expect(values('Latency')).toHaveLength(4);
    const [first = NaN, second = NaN, ...none] = values('IntegrationLatency');
    expect(first).toBeLessThan(values('Latency')[0] ?? NaN);
    expect(second).toBeLessThan(values('Latency')[1] ?? NaN);
    expect(none).toEqual([]);
  });

  it('says which port is taken', async () => {
    await expect(
      ApiFront.start({
        host: '127.0.0.1',
        port: front.port,
        region: 'us-east-1',
        accountId: '000000000000',
        credentials: testCredentials,
        clock: systemClock,
        metrics: recordingSink([]),
        restApis: new Map(),
        invoke: () => Promise.resolve(ok(null)),
        onError: () => {},
      }),
    ).rejects.toThrow(String(front.port));
  });
});
