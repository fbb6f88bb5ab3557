import type { MonitoredSystem } from '../../fleet/monitoredSystem.ts';
import { alarmName, criticalAlarmName, dashboardNamesOf, fleetAlarmName } from '../../fleet/names.ts';
import { systemDimension, wholeFleet } from '../../fleet/systemDimension.ts';
import type { Threshold, Watch } from '../measurement.ts';
import { signalsOf, type SignalId } from '../signals.ts';
import { fleetWatchesOf, lookedAtOf, watchesOf, type FleetWatchId, type WatchId } from '../watches.ts';
import { fleetCompositesOf } from './fleetAlarms.ts';
import { compositesOf, watchedOf, type CompositeId } from './telling.ts';
import {
  compositeGuide,
  compositeTitles,
  watchGuide,
  type AlarmGuide,
  type FleetCompositeId,
} from './description.ts';

/** An alarm of a stage as data: what its description on AWS says as one text. */
export interface KnownAlarm extends AlarmGuide {
  name: string;
  /** Null for an alarm of the whole fleet. */
  system: string | null;
  /** What it watches. */
  title: string;
}

/** Every alarm of a stage, by its name. */
export function knownAlarms(
  stage: string,
  systems: readonly MonitoredSystem[],
  periodSeconds: number,
): ReadonlyMap<string, KnownAlarm> {
  const dashboards = dashboardNamesOf(stage);
  const ofWatch = (
    system: string | null,
    name: string,
    id: SignalId | WatchId | FleetWatchId,
    watch: Watch,
  ): KnownAlarm[] => {
    const { title, critical } = watch;
    const guide = (threshold: Threshold) => watchGuide(system ?? stage, id, watch, threshold, dashboards);
    const warning = { name, system, title, ...guide(watch) };
    if (!critical) return [warning];
    return [
      warning,
      { name: criticalAlarmName(name), system, title: `${title}, critical`, ...guide(critical) },
    ];
  };
  const ofComposite = (
    system: string | null,
    name: string,
    id: CompositeId | FleetCompositeId,
  ): KnownAlarm => ({
    name,
    system,
    title: compositeTitles[id],
    ...compositeGuide(system ?? stage, id, dashboards),
  });
  const lookedAt = lookedAtOf(systems);
  const fleetWatches = fleetWatchesOf(systemDimension(stage, wholeFleet), lookedAt, periodSeconds);
  const alarms = [
    ...entriesOf(fleetWatches).flatMap(([id, watch]) => ofWatch(null, fleetAlarmName(stage, id), id, watch)),
    ...fleetCompositesOf(lookedAt).map((id) => ofComposite(null, fleetAlarmName(stage, id), id)),
    ...systems.flatMap((names) => {
      const { system } = names;
      const watches = { ...signalsOf(names, periodSeconds), ...watchesOf(names, periodSeconds) };
      return [
        ...entriesOf(watches).flatMap(([id, watch]) =>
          ofWatch(system, alarmName(stage, system, id), id, watch),
        ),
        ...compositesOf(watchedOf(names)).map((id) => ofComposite(system, alarmName(stage, system, id), id)),
      ];
    }),
  ];
  return new Map(alarms.map((alarm) => [alarm.name, alarm]));
}

const entriesOf = <Id extends string>(watches: Partial<Record<Id, Watch>>): [Id, Watch][] =>
  Object.entries(watches) as [Id, Watch][];
