import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AwsEndpoint } from '../service/testing/awsEndpoint.ts';
import { tellingAlarmsOf } from '../monitoring/alarms/telling.ts';
import { silenceAlarms, voiceAlarms } from './alarmActions.ts';

let aws: AwsEndpoint;
let cloudWatch: CloudWatchClient;
let calls: { action: string; AlarmNames: string[] }[];
/** Alarms in ALARM, one list a look; the last stays. */
let looks: string[][];
/** Alarms that are not there, or whose actions do not change. */
let gone: string[];
let stubborn: string[];
let silent: Set<string>;
let lines: string[];

beforeEach(async () => {
  calls = [];
  looks = [[]];
  gone = [];
  stubborn = [];
  silent = new Set();
  lines = [];
  aws = await AwsEndpoint.start();
  const answer = (action: string, output: (names: string[]) => object): void => {
    aws.actions.set(action, (input) => {
      const { AlarmNames } = input as { AlarmNames: string[] };
      calls.push({ action, AlarmNames });
      return output(AlarmNames);
    });
  };
  const change = (names: string[], apply: (name: string) => void): object => {
    for (const name of names) if (!stubborn.includes(name)) apply(name);
    return {};
  };
  answer('DisableAlarmActions', (names) => change(names, (name) => silent.add(name)));
  answer('EnableAlarmActions', (names) => change(names, (name) => silent.delete(name)));
  answer('DescribeAlarms', (names) => {
    const firing = looks.length > 1 ? looks.shift()! : looks[0]!;
    return {
      CompositeAlarms: names
        .filter((name) => !gone.includes(name))
        .map((AlarmName) => ({
          AlarmName,
          StateValue: firing.includes(AlarmName) ? 'ALARM' : 'OK',
          ActionsEnabled: !silent.has(AlarmName),
        })),
    };
  });
  cloudWatch = new CloudWatchClient(aws.clientConfig);
});

afterEach(async () => {
  cloudWatch.destroy();
  await aws.stop();
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
    onProgress: (line: string) => void lines.push(line),
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
  const silenced = ['a', 'b'].flatMap((system) => tellingAlarmsOf('qa', system));
  expect(silenced).toEqual(
    expect.arrayContaining(['qa-a-page', 'qa-b-databaseCpu', 'qa-b-databaseDisk-critical']),
  );
  expect(namesGiven('DisableAlarmActions').sort()).toEqual([...silenced, 'qa-fleet-affected'].sort());
});

it("leaves the fleet's alarm its voice where only some systems are meant", async () => {
  await silenceAlarms(options(['a'], false));
  expect(namesGiven('DisableAlarmActions')).not.toContain('qa-fleet-affected');
});

it('asks of a hundred alarms at most in a call', async () => {
  await silenceAlarms(options(Array.from({ length: 200 }, (_, index) => `s${index}`)));
  const lengths = calls
    .filter(({ action }) => action === 'DisableAlarmActions')
    .map(({ AlarmNames }) => AlarmNames.length);
  expect(Math.max(...lengths)).toBe(100);
  expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(200 * tellingAlarmsOf('qa', 's0').length + 1);
});

it('gives the alarms their voice back once no page is firing', async () => {
  looks = [['qa-a-page', 'qa-fleet-affected'], ['qa-fleet-affected'], []];
  await voiceAlarms(options(['a']));
  expect(calls.map(({ action }) => action)).toEqual([
    'DescribeAlarms',
    'DescribeAlarms',
    'DescribeAlarms',
    'EnableAlarmActions',
    'DescribeAlarms',
  ]);
  expect(namesGiven('EnableAlarmActions')).toHaveLength(tellingAlarmsOf('qa', 'a').length + 1);
});

it('gives it back after a quarter of an hour in any case', async () => {
  looks = [['qa-a-page']];
  const given = options(['a']);
  await voiceAlarms(given);
  expect(given.clock.now()).toBe(15 * 60_000);
  expect(namesGiven('EnableAlarmActions')).toContain('qa-a-page');
});

it('reads back what it changed, and says what is not there, or did not change', async () => {
  gone = ['qa-a-pageMessages'];
  stubborn = ['qa-fleet-affected'];
  await silenceAlarms(options(['a']));
  const all = tellingAlarmsOf('qa', 'a').length + 1;
  expect(lines).toEqual([
    `${all - 2} of ${all} alarms notify nobody now; not there: qa-a-pageMessages; NOT CHANGED: qa-fleet-affected`,
  ]);
  gone = [];
  stubborn = [];
  await voiceAlarms(options(['a']));
  expect(lines.at(-1)).toBe(`${all} of ${all} alarms notify on-call again`);
});
