import {
  DescribeAlarmsCommand,
  DisableAlarmActionsCommand,
  EnableAlarmActionsCommand,
  type CloudWatchClient,
} from '@aws-sdk/client-cloudwatch';
import type { Clock } from '../service/clock.ts';
import { alarmName, fleetAlarmName } from './names.ts';

export interface AlarmActionsOptions {
  cloudWatch: CloudWatchClient;
  stage: string;
  systems: readonly string[];
  /** Whether these are all systems of the stage, so that its fleet's alarm is meant too. */
  wholeStage: boolean;
  clock: Clock;
  signal: AbortSignal;
  onProgress: (line: string) => void;
}

const pollMs = 15_000;
/** Canary and alarms need some minutes of good answers. */
const calmWithinMs = 15 * 60_000;
/** What CloudWatch takes in one call. */
const namesACall = 100;

/** Keeps alarms of what is away on purpose from calling anybody. Safe to repeat. */
export async function silenceAlarms(options: AlarmActionsOptions): Promise<void> {
  const { cloudWatch, signal, onProgress } = options;
  const names = [...pagesOf(options), ...otherAlarmsOf(options)];
  for (const AlarmNames of chunks(names)) {
    await cloudWatch.send(new DisableAlarmActionsCommand({ AlarmNames }), { abortSignal: signal });
  }
  onProgress(`${names.length} alarms tell nobody now`);
}

/**
 * Lets them call again, once nobody is affected any more, so that the return itself calls nobody; after a
 * quarter of an hour in any case. Safe to repeat.
 */
export async function voiceAlarms(options: AlarmActionsOptions): Promise<void> {
  const { cloudWatch, clock, signal, onProgress } = options;
  const deadlineMs = clock.now() + calmWithinMs;
  const pages = pagesOf(options);
  for (;;) {
    const firing = await firingOf(pages, options);
    if (firing.length === 0 || clock.now() >= deadlineMs) break;
    onProgress(`waiting for OK: ${firing.join(', ')}`);
    await clock.sleep(pollMs, signal);
  }
  const names = [...pages, ...otherAlarmsOf(options)];
  for (const AlarmNames of chunks(names)) {
    await cloudWatch.send(new EnableAlarmActionsCommand({ AlarmNames }), { abortSignal: signal });
  }
  onProgress(`${names.length} alarms tell on-call again`);
}

/** Those that say that users are affected. */
const pagesOf = ({ stage, systems, wholeStage }: AlarmActionsOptions): string[] => [
  ...systems.map((system) => alarmName(stage, system, 'page')),
  ...(wholeStage ? [fleetAlarmName(stage, 'affected')] : []),
];

const otherAlarmsOf = ({ stage, systems }: AlarmActionsOptions): string[] =>
  systems.flatMap((system) => [alarmName(stage, system, 'pageMessages'), alarmName(stage, system, 'ticket')]);

async function firingOf(
  names: readonly string[],
  { cloudWatch, signal }: AlarmActionsOptions,
): Promise<string[]> {
  const firing: string[] = [];
  for (const AlarmNames of chunks(names)) {
    const { CompositeAlarms = [] } = await cloudWatch.send(
      new DescribeAlarmsCommand({ AlarmNames, AlarmTypes: ['CompositeAlarm'], MaxRecords: namesACall }),
      { abortSignal: signal },
    );
    for (const { AlarmName = '', StateValue } of CompositeAlarms) {
      if (StateValue === 'ALARM') firing.push(AlarmName);
    }
  }
  return firing;
}

const chunks = (names: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(names.length / namesACall) }, (_, index) =>
    names.slice(index * namesACall, (index + 1) * namesACall),
  );
