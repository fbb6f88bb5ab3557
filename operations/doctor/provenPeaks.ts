import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { stageOf, systemsOf, type Fleet } from '../../fleet/fleet.ts';
import { monitoredSystems } from '../../fleet/monitoredFleet.ts';
import { fleetNames } from '../../fleet/names.ts';
import type { MonitoredSystem } from '../../fleet/monitoredSystem.ts';
import { provingOf } from '../../fleet/provingStage.ts';
import type { Clock } from '../../core/clock.ts';
import { readWindow } from '../../monitoring/comparison/readWindow.ts';
import type { Measurement } from '../../monitoring/measurement.ts';
import { watchesOf, type WatchId } from '../../monitoring/watches.ts';
import { later, ok, type Finding } from './check.ts';

/** The probe publishes once a minute; what it has not for so long, it does not read. */
const lookBackMs = 15 * 60_000;

/**
 * Whether the probe publishes the peaks that production is compared with. Where it does not, the alarms of the proven
 * peak have no data and tell nobody: no gate has passed, or the probe cannot read what one recorded.
 */
export async function checkProvenPeaks(
  cloudWatch: CloudWatchClient,
  fleet: Fleet,
  stage: string,
  clock: Clock,
): Promise<Finding[]> {
  const config = stageOf(fleet, stage);
  const systems = systemsOf(fleet, stage);
  const expectMessages = systems.filter(({ expectedPeak }) => expectedPeak.messagesPerSecond > 0);
  const kinds = [
    ['provenPeak', 'requests', systems],
    ['provenMessagePeak', 'messages', expectMessages],
  ] as const;
  const known = new Map(monitoredSystems(fleet, stage).map((system) => [system.system, system]));
  const asked = kinds.flatMap(([id, what, of]) =>
    of.flatMap(({ name }) => {
      const measurement = peakOf(known.get(name)!, config.periodSeconds, id);
      return measurement ? [{ what, system: name, measurement }] : [];
    }),
  );
  const window = { startMs: clock.now() - lookBackMs, endMs: clock.now() };
  const readings = await readWindow(cloudWatch, asked, window);
  const published = new Set(readings.map(({ measurement }) => measurement));
  const without = asked.filter(({ measurement }) => !published.has(measurement));
  const { stage: by } = provingOf({ ...fleet.stages, [stage]: config }, stage);
  const findings = kinds.flatMap(([, what]) => {
    const unproven = without.filter((one) => one.what === what).map(({ system }) => system);
    return unproven.length === 0
      ? []
      : [
          later(
            'proven-peak',
            `${what} of ${named(unproven)} are compared with no proven peak: no gate has passed on ${by}, or the probe ` +
              `cannot read what it recorded (look at the log of ${fleetNames(stage).probeFunction})`,
          ),
        ];
  });
  const silent = systems.filter((system) => !expectMessages.includes(system)).map(({ name }) => name);
  return [
    ...(findings.length > 0 ? findings : [ok('proven-peak', `published for ${systems.length} systems`)]),
    ...(silent.length === 0
      ? []
      : [
          ok(
            'proven-peak',
            `messages of ${named(silent)} are compared with nothing: none are expected, so none are ever proven`,
          ),
        ]),
  ];
}

const shown = 5;

const named = (systems: readonly string[]): string =>
  systems.length > shown
    ? `${systems.slice(0, shown).join(', ')} and ${systems.length - shown} more`
    : systems.join(', ');

/** What the alarm compares with; undefined where there is none. */
function peakOf(
  system: MonitoredSystem,
  periodSeconds: number,
  id: Extract<WatchId, `proven${string}`>,
): Measurement | undefined {
  const watch = watchesOf(system, periodSeconds)[id];
  return watch?.capacityRate ?? watch;
}
