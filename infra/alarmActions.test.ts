import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { silenceAlarms, voiceAlarms } from './alarmActions.ts';

let server: Server;
let cloudWatch: CloudWatchClient;
let calls: { action: string; AlarmNames: string[] }[];
/** Alarms in ALARM, one list a look; the last stays. */
let looks: string[][];

beforeEach(async () => {
  calls = [];
  looks = [[]];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const action = String(request.headers['x-amz-target']).split('.')[1]!;
      const { AlarmNames } = JSON.parse(body) as { AlarmNames: string[] };
      calls.push({ action, AlarmNames });
      const firing = looks.length > 1 && action === 'DescribeAlarms' ? looks.shift()! : looks[0]!;
      const CompositeAlarms = AlarmNames.map((AlarmName) => ({
        AlarmName,
        StateValue: firing.includes(AlarmName) ? 'ALARM' : 'OK',
      }));
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify(action === 'DescribeAlarms' ? { CompositeAlarms } : {}));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cloudWatch = new CloudWatchClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'A', secretAccessKey: 'B' },
    maxAttempts: 1,
  });
});

afterEach(async () => {
  cloudWatch.destroy();
  server.close();
  await once(server, 'close');
});

/** Time passes only while somebody sleeps. */
function options(systems: string[], wholeStage = true) {
  let nowMs = 0;
  return {
    cloudWatch,
    stage: 'qa',
    systems,
    wholeStage,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    clock: {
      now: () => nowMs,
      sleep: async (ms: number) => {
        nowMs += ms;
      },
    },
  };
}

const namesGiven = (action: string) =>
  calls.filter((call) => call.action === action).flatMap(({ AlarmNames }) => AlarmNames);

it('silences what a paused stage would call for, and leaves alone what watches the watchers', async () => {
  await silenceAlarms(options(['a', 'b']));
  const silenced = ['a', 'b'].flatMap((system) =>
    ['page', 'pageMessages', 'ticket'].map((id) => `qa-${system}-${id}`),
  );
  expect(namesGiven('DisableAlarmActions').sort()).toEqual([...silenced, 'qa-fleet-affected'].sort());
});

it("leaves the fleet's alarm its voice where only some systems are meant", async () => {
  await silenceAlarms(options(['a'], false));
  expect(namesGiven('DisableAlarmActions')).not.toContain('qa-fleet-affected');
});

it('asks of a hundred alarms at most in a call', async () => {
  await silenceAlarms(options(Array.from({ length: 200 }, (_, index) => `s${index}`)));
  expect(calls.map(({ AlarmNames }) => AlarmNames.length)).toEqual([100, 100, 100, 100, 100, 100, 1]);
});

it('gives the alarms their voice back once no page is firing', async () => {
  looks = [['qa-a-page', 'qa-fleet-affected'], ['qa-fleet-affected'], []];
  await voiceAlarms(options(['a']));
  expect(calls.map(({ action }) => action)).toEqual([
    'DescribeAlarms',
    'DescribeAlarms',
    'DescribeAlarms',
    'EnableAlarmActions',
  ]);
  expect(namesGiven('EnableAlarmActions')).toHaveLength(4);
});

it('gives it back after a quarter of an hour in any case', async () => {
  looks = [['qa-a-page']];
  const given = options(['a']);
  await voiceAlarms(given);
  expect(given.clock.now()).toBe(15 * 60_000);
  expect(namesGiven('EnableAlarmActions')).toContain('qa-a-page');
});
