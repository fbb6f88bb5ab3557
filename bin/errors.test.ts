import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { TemplateError } from '../local/errors.ts';
import { explain, InterruptedError, StageLostError, whyStopped } from './errors.ts';

it("takes an SDK client's own abort for what aborted it", async () => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const client = new CloudWatchClient({
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const stop = new AbortController();
  const asked = client.send(new DescribeAlarmsCommand({}), { abortSignal: stop.signal });
  stop.abort(new StageLostError('the stage ended'));
  const error: unknown = await asked.catch((reason: unknown) => reason);
  expect(explain(whyStopped(error, stop.signal))).toEqual({ code: 11, text: 'the stage ended' });
  client.destroy();
  silent.close();
});

it('keeps the error of what failed for another reason', () => {
  const stop = AbortSignal.abort(new InterruptedError());
  const full = new Error('no space');
  expect(whyStopped(full, stop)).toBe(full);
});

it('calls a template that this stage cannot boot a matter of configuration, without a stack trace', () => {
  const error = new TemplateError('local-fleet/Queue', 'AWS::MSK::Cluster is not run on this machine');
  expect(explain(error)).toEqual({ code: 2, text: error.message });
});

it.each([
  ['an action it lacks', 400, { __type: 'UnknownOperationException', message: 'no such action' }],
  ['an answer of its own making', 200, '<!doctype html>'],
])('tells of an endpoint that is not AWS by %s, without a stack trace', async (_, status, answer) => {
  const emulator = createHttpServer((_request, response) => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  }).listen(0, '127.0.0.1');
  await once(emulator, 'listening');
  const client = new CloudWatchClient({
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${(emulator.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  const error: unknown = await client.send(new DescribeAlarmsCommand({})).catch((reason: unknown) => reason);
  const { code, text } = explain(error);
  expect(code).toBe(2);
  expect(text).toMatch(
    /^\w+: .*: the endpoint lacks an action that this needs, or answers it as AWS does not/,
  );
  expect(text).not.toContain('\n');
  client.destroy();
  emulator.close();
});
