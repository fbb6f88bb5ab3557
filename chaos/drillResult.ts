import type { RunDoubts } from '../loadtests/gate/runDoubts.ts';
import type { DrillState } from './drill.ts';
import type { DrillResult } from '../records/drill.ts';
import type { Observations } from './observations.ts';
import type { Publisher } from './publisher.ts';
import type { DrillOptions } from './drillOptions.ts';
import { unaskedRecords, type Unasked } from './lacking.ts';
import { seenOf } from './seenOf.ts';
import { verdictOf, type StepFinding } from './verdict.ts';

export interface EndedDrill {
  options: Pick<DrillOptions, 'drill' | 'stage' | 'place' | 'systems' | 'scope' | 'periodSeconds'>;
  drillId: string;
  state: DrillState;
  findings: readonly StepFinding[];
  /** About the drill's own load; null where it left no record. */
  doubts: RunDoubts | null;
  timeline: DrillResult['timeline'];
  observations: readonly Observations[];
  /** What was not asked of adopted systems. */
  unasked: readonly Unasked[];
  publisher: Publisher;
}

/** What the drill found, as its file keeps it. */
export function resultOf({
  options,
  drillId,
  state,
  findings,
  doubts,
  timeline,
  observations,
  unasked,
  publisher,
}: EndedDrill): DrillResult {
  const [first] = timeline;
  return {
    schemaVersion: 1,
    drillId,
    drill: options.drill.name,
    hypothesis: options.drill.hypothesis,
    stage: options.stage,
    place: options.place,
    rehearsal: options.place === 'local',
    periodSeconds: options.periodSeconds,
    systems: options.systems.map(({ system }) => system),
    scope: options.scope,
    ...verdictOf({
      state,
      findings,
      doubts,
      unasked,
      settled: timeline.some(({ step }) => step === 'settle'),
    }),
    restored: state.restored,
    timeline: [...timeline],
    ...(first && { seen: observations.map((system) => seenOf(system, Date.parse(first.start))) }),
    expectations: findings.map(({ step, expectation, system, measured, limit, outcome }) => ({
      step,
      id: expectation.id,
      title: expectation.title,
      system,
      unit: expectation.unit,
      relation: expectation.relation,
      limit,
      measured,
      outcome,
    })),
    ...(unasked.length > 0 && { unasked: unaskedRecords(unasked) }),
    messages: observations.flatMap((seen) => {
      const { system } = seen.document;
      const last = seen.reconciliations.at(-1);
      if (last === undefined) return [];
      return [{ system, ...last.value, unresolved: publisher.unresolved(system), ...poisonOf(seen) }];
    }),
  };
}

/** Nothing where the drill looked for none. */
function poisonOf({ poison, poisonStored, poisonLeft }: Observations) {
  const last = poison.at(-1);
  if (last === undefined) return {};
  const { published, deadLettered } = last.value;
  const stored = poisonStored.at(-1)?.value ?? 0;
  return { poison: { published, deadLettered, stored, left: poisonLeft.at(-1)?.value ?? 0 } };
}
