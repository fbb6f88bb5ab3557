import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { stageOf, systemCapacityOf, systemsOf, type Fleet } from '../../fleet/fleet.ts';
import { fleetNames, monitoredSystem } from '../../fleet/names.ts';
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
  const all = systemsOf(fleet, stage);
  const expectMessages = all.filter(({ expectedPeak }) => expectedPeak.messagesPerSecond > 0);
  const kinds = [
    ['provenPeak', 'requests', all],
    ['provenMessagePeak', 'messages', expectMessages],
  ] as const;
  const asked = kinds.flatMap(([id, what, systems]) =>
    systems.map(({ name }) => ({ what, system: name, measurement: peakOf(fleet, stage, name, id) })),
  );
  const window = { startMs: clock.now() - lookBackMs, endMs: clock.now() };
  const readings = await readWindow(cloudWatch, asked, window);
  const published = new Set(readings.map(({ measurement }) => measurement));
  const without = asked.filter(({ measurement }) => !published.has(measurement));
  const { stage: by } = provingOf({ ...fleet.stages, [stage]: config }, stage);
  const findings = kinds.flatMap(([, what]) => {
    const systems = without.filter((one) => one.what === what).map(({ system }) => system);
    return systems.length === 0
      ? []
      : [
          later(
            'proven-peak',
            `${what} of ${named(systems)} are compared with no proven peak: no gate has passed on ${by}, or the probe ` +
              `cannot read what it recorded (look at the log of ${fleetNames(stage).probeFunction})`,
          ),
        ];
  });
  const silent = all.filter((system) => !expectMessages.includes(system)).map(({ name }) => name);
  return [
    ...(findings.length > 0 ? findings : [ok('proven-peak', `published for ${all.length} systems`)]),
    ...(silent.length === 0
      ? []
      : [
          ok(
            'proven-peak',
            `messages of ${named(silent)} are compared with nothing: none are expected, so that none are ever proven`,
          ),
        ]),
  ];
}

const shown = 5;

const named = (systems: readonly string[]): string =>
  systems.length > shown
    ? `${systems.slice(0, shown).join(', ')} and ${systems.length - shown} more`
    : systems.join(', ');

/** What the alarm compares with. */
function peakOf(
  fleet: Fleet,
  stage: string,
  system: string,
  id: Extract<WatchId, `proven${string}`>,
): Measurement {
  const config = stageOf(fleet, stage);
  const watch = watchesOf(
    monitoredSystem(fleet.service, stage, system, systemCapacityOf(config, system)),
    config.periodSeconds,
  )[id];
  return watch.capacityRate ?? watch;
}
