import {
  DisableAlarmActionsCommand,
  EnableAlarmActionsCommand,
  type CloudWatchClient,
} from '@aws-sdk/client-cloudwatch';
import { tellingAlarmsOf } from '../monitoring/alarms/telling.ts';
import type { Clock } from '../core/clock.ts';
import { describeAlarms, inCalls } from '../monitoring/namedAlarms.ts';
import { alarmName, fleetAlarmName } from '../fleet/names.ts';

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

/** Keeps alarms of what is away on purpose from calling anybody. Safe to repeat. */
export async function silenceAlarms(options: AlarmActionsOptions): Promise<void> {
  const { cloudWatch, signal, onProgress } = options;
  const names = tellingOf(options);
  for (const AlarmNames of inCalls(names)) {
    await cloudWatch.send(new DisableAlarmActionsCommand({ AlarmNames }), { abortSignal: signal });
  }
  onProgress(await readBack(options, names, false));
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
    const alarms = await describeAlarms(cloudWatch, pages, () => signal);
    const firing = alarms.flatMap(({ AlarmName = '', StateValue }) =>
      StateValue === 'ALARM' ? [AlarmName] : [],
    );
    if (firing.length === 0 || clock.now() >= deadlineMs) break;
    onProgress(`waiting for OK: ${firing.join(', ')}`);
    await clock.sleep(pollMs, signal);
  }
  const names = tellingOf(options);
  for (const AlarmNames of inCalls(names)) {
    await cloudWatch.send(new EnableAlarmActionsCommand({ AlarmNames }), { abortSignal: signal });
  }
  onProgress(await readBack(options, names, true));
}

/** CloudWatch changes the alarms that are there, and says nothing of the others: they are looked at. */
async function readBack(
  { cloudWatch, signal }: AlarmActionsOptions,
  names: readonly string[],
  enabled: boolean,
): Promise<string> {
  const alarms = await describeAlarms(cloudWatch, names, () => signal);
  const states = new Map(alarms.map(({ AlarmName, ActionsEnabled }) => [AlarmName, ActionsEnabled]));
  const changed = names.filter((name) => states.get(name) === enabled);
  const unchanged = names.filter((name) => states.get(name) === !enabled);
  const missing = names.filter((name) => !states.has(name));
  return [
    `${changed.length} of ${names.length} alarms notify ${enabled ? 'on-call again' : 'nobody now'}`,
    ...(missing.length > 0 ? [`not there: ${missing.join(', ')}`] : []),
    ...(unchanged.length > 0 ? [`NOT CHANGED: ${unchanged.join(', ')}`] : []),
  ].join('; ');
}

/** Those that say that users are affected, or that nothing is measured yet. */
const pagesOf = ({ stage, systems, wholeStage }: AlarmActionsOptions): string[] => [
  ...systems.flatMap((system) => ['page', 'ticketUnmeasured'].map((id) => alarmName(stage, system, id))),
  ...fleetAlarmsOf(stage, wholeStage),
];

/** All that tell somebody, but what watches the watchers: canary and probe go on. */
const tellingOf = ({ stage, systems, wholeStage }: AlarmActionsOptions): string[] => [
  ...systems.flatMap((system) => tellingAlarmsOf(stage, system)),
  ...fleetAlarmsOf(stage, wholeStage),
];

const fleetAlarmsOf = (stage: string, wholeStage: boolean): string[] =>
  wholeStage ? [fleetAlarmName(stage, 'affected')] : [];
