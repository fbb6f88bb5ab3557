import { counted } from '../../core/counted.ts';
import { ownDocuments } from '../../fleet/discovery.ts';
import { stagesOn, type Fleet } from '../../fleet/fleet.ts';
import type { Clock } from '../../core/clock.ts';
import type { PublishedDocument } from '../../fleet/systemDocument.ts';
import { limits } from '../../monitoring/limits.ts';
import type { Connection } from '../connection.ts';
import { findLeftovers } from '../sweep/sweep.ts';
import { missing, ok, type Finding } from './check.ts';
import type { Advised } from './advised.ts';

/** Whether removals of runs' stages left something: it holds fast what the stage exports to them. */
export async function checkRuns(
  {
    fleet,
    stage,
    connection,
    clock,
  }: {
    fleet: Fleet;
    stage: string;
    connection: { clients: Pick<Connection['clients'], 'cloudFormation' | 'dataApi'> };
    clock: Clock;
  },
  systems: readonly PublishedDocument[],
  advised: Advised,
): Promise<Finding[]> {
  const stages = stagesOn(fleet, stage).map(([name]) => name);
  if (stages.length === 0) return [];
  const { leftovers, failed } = await findLeftovers({
    ...connection.clients,
    stages,
    systems: ownDocuments(systems),
    leftAfterMs: limits.runLeftAfterHours * 3_600_000,
    clock,
  });
  const findings = [
    ...leftovers.map(({ stage: run, stacks, schemas }) =>
      missing(
        'runs',
        `${run} has ended, but ${counted(stacks.length, 'stack')} and ${counted(schemas.length, 'schema')} of it are left: ` +
          advised.headroom(`sweep --stage ${stage}`),
      ),
    ),
    ...failed.map((text): Finding => ({ check: 'runs', state: 'unknown', text })),
  ];
  return findings.length > 0 ? findings : [ok('runs', 'nothing is left of any that has ended')];
}
