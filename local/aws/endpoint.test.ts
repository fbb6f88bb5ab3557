import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { gzipSync } from 'node:zlib';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  PutDashboardCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { DescribeSecurityGroupsCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  DeleteSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../core/clock.ts';
import { localAccountId } from './account.ts';
import { startAwsEndpoint } from './endpoint.ts';
import { decodeCbor } from './protocols/cbor.ts';
import { cloudWatchClient, cloudWatchProtocols } from './testing/cloudWatchProtocols.ts';
import { startTestEndpoint, type TestEndpoint } from './testing/testEndpoint.ts';

let endpoint: TestEndpoint;
beforeAll(async () => {
  endpoint = await startTestEndpoint();
});
afterAll(() => endpoint.close());

const strangers = { accessKeyId: 'AKIDSTRANGER', secretAccessKey: 'unknown' };

/** A plain request, with whatever headers a browser or another program would send. */
function send(
  headers: Record<string, string>,
  { method = 'POST', path = '/', body = '' }: { method?: string; path?: string; body?: string | Buffer } = {},
): Promise<{ status: number; headers: IncomingHttpHeaders; body: string; bytes: Buffer }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(endpoint.url, { method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const { statusCode: status = 0, headers: answered } = response;
        resolve({ status, headers: answered, body: bytes.toString('utf8'), bytes });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Signs a request for any service, served or not. */
async function sign(service: string, headers: Record<string, string>, body: string, path = '/') {
  const signer = new SignatureV4({
    credentials: endpoint.credentials,
    region: 'us-east-1',
    service,
    sha256: Sha256,
  });
  const signed = await signer.sign({
    method: 'POST',
    protocol: 'http:',
    hostname: '127.0.0.1',
    path,
    headers: { host: `127.0.0.1:${endpoint.port}`, ...headers },
    body,
  });
  return signed.headers;
}

describe('the AWS endpoint', () => {
  it('refuses an action it does not serve by name, in each protocol', async () => {
    await expect(
      new EC2Client(endpoint.clientConfig).send(new DescribeVpcsCommand({})),
    ).rejects.toMatchObject({ name: 'InvalidAction', message: expect.stringContaining('"DescribeVpcs"') });
    await expect(
      new SecretsManagerClient(endpoint.clientConfig).send(new DeleteSecretCommand({ SecretId: 'x' })),
    ).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: expect.stringContaining('"DeleteSecret"'),
    });
    await expect(
      new CloudWatchClient(endpoint.clientConfig).send(
        new PutDashboardCommand({ DashboardName: 'x', DashboardBody: '{}' }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidAction', message: expect.stringContaining('"PutDashboard"') });
  });

  it('refuses a service it does not serve by name, in the words that its clients read', async () => {
    const body = '{}';
    const target = await sign('dynamodb', { 'x-amz-target': 'DynamoDB_20120810.ListTables' }, body);
    const json = await send(target, { body });
    expect(json.status).toBe(404);
    expect(JSON.parse(json.body)).toMatchObject({
      __type: 'UnknownOperationException',
      message: expect.stringContaining('service "dynamodb" is not part of this stage'),
    });
    const rest = await send(await sign('batch', {}, body), { body });
    expect(rest.status).toBe(404);
    expect(JSON.parse(rest.body)).toEqual({
      Message: expect.stringContaining('service "batch" is not part of this stage'),
    });
    for (const [service, headers] of [
      ['s3', {}],
      ['iam', { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }],
    ] as const) {
      const xml = await send(await sign(service, headers, body), { body });
      expect(xml.body).toContain(`<Message>service &quot;${service}&quot; is not part of this stage`);
    }
  });

  it('refuses by name in whichever protocol CloudWatch is asked', async () => {
    for (const [, protocol] of cloudWatchProtocols) {
      const client = cloudWatchClient(endpoint, protocol);
      const refused = client.send(new PutDashboardCommand({ DashboardName: 'x', DashboardBody: '{}' }));
      await expect(refused).rejects.toMatchObject({
        message: expect.stringContaining('"PutDashboard" is not part of this stage'),
        $metadata: { httpStatusCode: 400 },
      });
      const other = cloudWatchClient(
        { ...endpoint, clientConfig: { ...endpoint.clientConfig, credentials: strangers } },
        protocol,
      );
      await expect(other.send(new DescribeAlarmsCommand({}))).rejects.toMatchObject({
        message: expect.stringContaining('security token'),
      });
    }
  });

  it('answers in CBOR where a service that it lacks, or nobody, is asked in CBOR', async () => {
    const path = '/service/Other/operation/List';
    const headers = { 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor' };
    const answer = await send(await sign('other', headers, '', path), { path });
    expect(answer).toMatchObject({
      status: 404,
      headers: {
        'smithy-protocol': 'rpc-v2-cbor',
        'content-type': 'application/cbor',
        'x-amzn-query-error': 'InvalidAction;Sender',
      },
    });
    expect(decodeCbor(answer.bytes)).toEqual({
      __type: 'UnknownOperationException',
      message: expect.stringContaining('service "other" is not part of this stage'),
    });
    const unsigned = await send(headers, {
      path: '/service/GraniteServiceVersion20100801/operation/ListMetrics',
    });
    expect(decodeCbor(unsigned.bytes)).toMatchObject({ __type: 'MissingAuthenticationTokenException' });
  });

  it('keeps to what Smithy RPC v2 says of paths, targets and bodies', async () => {
    const granite = 'GraniteServiceVersion20100801';
    const ask = async (path: string, extra: Record<string, string> = {}, body = '') => {
      const headers = { 'smithy-protocol': 'rpc-v2-cbor', ...extra };
      return send(await sign('monitoring', headers, body, path), { path, body });
    };
    for (const path of [
      `/service/${granite}/operation/ListMetrics`,
      `/prefix/service/com.amazonaws.cloudwatch.${granite}/operation/ListMetrics`,
    ]) {
      expect(decodeCbor((await ask(path)).bytes)).toEqual({ Metrics: [] });
    }
    const target = { 'x-amz-target': `${granite}.ListMetrics` };
    expect((await ask(`/service/${granite}/operation/ListMetrics`, target)).status).toBe(400);
    const wrong = await ask(`/service/${granite}/operation/ListMetrics`, {}, 'no CBOR');
    expect(decodeCbor(wrong.bytes)).toMatchObject({ __type: 'SerializationException' });
    const nothing = await ask(`/service/${granite}/operation/DisableAlarmActions`);
    expect(nothing.status).toBe(400);
  });

  it('lives through a path that is no encoding of anything', async () => {
    const answer = await send({}, { path: '/schedules/%E0%A4%A', body: '{}' });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect((await send({ 'x-amz-target': 'secretsmanager.GetSecretValue' }, { body: '{}' })).status).toBe(
      400,
    );
  });

  it('refuses a member it does not support by name', async () => {
    await expect(
      new CloudWatchClient(endpoint.clientConfig).send(
        new DescribeAlarmsCommand({ ParentsOfAlarmName: 'x' }),
      ),
    ).rejects.toMatchObject({ message: expect.stringContaining('ParentsOfAlarmName: not supported') });
    await expect(
      new CloudWatchClient(endpoint.clientConfig).send(
        new SetAlarmStateCommand({
          AlarmName: 'x',
          StateValue: 'OK',
          StateReason: 'x',
          StateReasonData: '{}',
        }),
      ),
    ).rejects.toMatchObject({ message: expect.stringContaining('StateReasonData: not supported') });
  });

  it('refuses another access key, another secret key and another region, each in the service’s words', async () => {
    const otherKey = { ...endpoint.credentials, accessKeyId: 'AKIDOTHER' };
    const otherSecret = { ...endpoint.credentials, secretAccessKey: 'other' };
    const secrets = (change: object) =>
      new SecretsManagerClient({ ...endpoint.clientConfig, ...change }).send(
        new GetSecretValueCommand({ SecretId: 'x' }),
      );
    const groups = (change: object) =>
      new EC2Client({ ...endpoint.clientConfig, ...change }).send(new DescribeSecurityGroupsCommand({}));
    await expect(secrets({ credentials: otherKey })).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    });
    await expect(secrets({ credentials: otherSecret })).rejects.toMatchObject({
      name: 'InvalidSignatureException',
    });
    await expect(groups({ credentials: otherKey })).rejects.toMatchObject({ name: 'AuthFailure' });
    await expect(groups({ region: 'eu-west-1' })).rejects.toMatchObject({
      message: expect.stringContaining("not 'eu-west-1'"),
    });
  });

  it('answers nobody who does not sign', async () => {
    const answer = await send({ 'x-amz-target': 'secretsmanager.GetSecretValue' }, { body: '{}' });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({ __type: 'MissingAuthenticationTokenException' });
  });

  it('answers no web page, no rebound host name and no GET that is not signed', async () => {
    const body = '{}';
    const headers = await sign(
      'secretsmanager',
      { 'x-amz-target': 'secretsmanager.ListSecretVersionIds' },
      body,
    );
    expect((await send(headers, { body })).status).toBe(400);
    for (const foreign of [
      { origin: 'http://localhost:3000' },
      { 'sec-fetch-site': 'cross-site' },
      { host: `rebound.example:${endpoint.port}` },
      { host: '127.0.0.1' },
    ]) {
      expect(await send({ ...headers, ...foreign }, { body })).toMatchObject({
        status: 403,
      });
    }
    const { authorization: _unsigned, ...unsigned } = headers;
    expect((await send(unsigned, { method: 'GET' })).status).toBe(403);
    // Signed for another method.
    expect((await send(headers, { method: 'GET' })).status).toBe(400);
  });

  it('bounds a body, also one that is small only while compressed', async () => {
    const large = Buffer.alloc(3 * 1024 * 1024);
    expect((await send({ 'content-length': String(large.length) }, { body: large })).status).toBe(413);
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    const answer = await send({ 'content-encoding': 'gzip' }, { body: bomb });
    expect(answer).toMatchObject({ status: 400, body: expect.stringContaining('bytes unzipped') });
  });

  it('listens on loopback or not at all, and not on a port that is taken', async () => {
    const start = (address: { host: string; port: number }) =>
      startAwsEndpoint({
        ...address,
        region: 'us-east-1',
        accountId: localAccountId,
        credentials: endpoint.credentials,
        state: endpoint.state,
        clock: systemClock,
      });
    await expect(start({ host: '0.0.0.0', port: 0 })).rejects.toThrow('expected a loopback address');
    await expect(start({ host: '127.0.0.1', port: endpoint.port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });

  it('can be closed twice', async () => {
    const other = await startTestEndpoint();
    await Promise.all([other.close(), other.close()]);
    await expect(other.close()).resolves.toBeUndefined();
  });
});
