import { countByKind, type Observations, type Sighting } from './observations.ts';

/**
 * What a drill sees at present, in one line: answers a second by kind since the line before, queue, connections, alarm
 * and page. Only what the step looks at, and a kind of answer only where there are any.
 * @param startMs when the step began
 * @returns a function from the time to the line
 */
export function liveLineOf(
  step: string,
  observations: readonly Observations[],
  startMs: number,
): (nowMs: number) => string {
  let lastMs = startMs;
  const told = new Map(observations.map((system) => [system, system.answers.length]));
  return (nowMs) => {
    const seconds = Math.max(1, (nowMs - lastMs) / 1_000);
    lastMs = nowMs;
    const answers = observations.flatMap((system) => {
      const from = told.get(system) ?? 0;
      told.set(system, system.answers.length);
      return system.answers.slice(from);
    });
    const counts = countByKind(answers);
    const kinds = (['right', 'wrong', 'unavailable', 'refused', 'other'] as const)
      .filter((kind) => kind === 'right' || counts[kind] > 0)
      .map((kind) => `${rate(counts[kind] / seconds)} ${labels[kind]}`);
    const parts = [
      `${step} ${Math.round((nowMs - startMs) / 1_000)} s: ${kinds.join(', ')} a second`,
      sum(
        'queue',
        newest(observations, startMs, ({ queued }) => queued),
      ),
      sum(
        'connections',
        newest(observations, startMs, ({ sessions }) => sessions),
      ),
      states(
        'errorRate',
        'OK',
        newest(observations, startMs, ({ errorAlarm }) => errorAlarm),
      ),
      states(
        'page',
        'quiet',
        newest(observations, startMs, ({ onCall }) => onCall),
      ),
    ];
    return parts.filter((part) => part !== null).join(' · ');
  };
}

/** What is there at all is not said to be none. */
const rate = (perSecond: number): string =>
  perSecond > 0 && perSecond < 0.5 ? '<1' : String(Math.round(perSecond));

const labels = { right: 'right', wrong: 'wrong', unavailable: '503', refused: '429', other: 'other' };

/** Each system's newest sighting within the step. */
const newest = <T>(
  observations: readonly Observations[],
  startMs: number,
  sightingsOf: (system: Observations) => readonly Sighting<T>[],
): T[] =>
  observations.flatMap((system) => {
    const last = sightingsOf(system).at(-1);
    return last === undefined || last.atMs < startMs ? [] : [last.value];
  });

const sum = (what: string, values: readonly number[]): string | null =>
  values.length === 0 ? null : `${what} ${values.reduce((total, value) => total + value, 0)}`;

/** The state, or of several systems how many are in another than the ordinary one. */
function states(what: string, ordinary: string, values: readonly string[]): string | null {
  const [first] = values;
  if (first === undefined) return null;
  if (values.every((value) => value === first)) return `${what} ${first}`;
  const others = Map.groupBy(
    values.filter((value) => value !== ordinary),
    (value) => value,
  );
  return `${what} ${[...others].map(([value, those]) => `${value} in ${those.length} of ${values.length}`).join(', ')}`;
}
