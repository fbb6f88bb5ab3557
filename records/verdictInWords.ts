import { limits } from '../monitoring/limits.ts';
import { countOfSystems } from './drillScope.ts';
import { headroomPicture, interval, multiple } from './headroomPicture.ts';
import { questionName } from './questionTitles.ts';
import type { VerdictFile, VerdictRecord } from './verdict.ts';

// The answer for people, on the terminal and on a page.

/** What is named in a sentence before the rest is counted. */
const namedFew = 2;

/**
 * The verdict in one sentence or two: whether every system keeps the reserve, at which load, and what binds first.
 */
export function verdictInWords(verdict: VerdictFile): string {
  const { records } = verdict;
  const systems = [...new Set(records.flatMap(({ system }) => system ?? []))];
  const of = (kind: VerdictRecord['verdict']): VerdictRecord[] =>
    records.filter((record) => record.verdict === kind);
  const concerned = (those: readonly VerdictRecord[]): number =>
    new Set(those.flatMap(({ system }) => system ?? [])).size;
  const failed = of('fail');
  const unknown = of('inconclusive');
  const reserve = `${100 - limits.utilizationPercent} % in reserve ${atLoad(records)}`;
  const [only] = systems;
  const isOne = systems.length === 1 && only !== undefined;
  const all = isOne ? only : countOfSystems(systems.length);
  /** Some of the systems; of a single one its name. */
  const some = (count: number): string => (isOne ? only : `${count} of ${all}`);
  const failing = concerned(failed);
  // What failed may be the generator's own doing: then the verdict is inconclusive.
  if (verdict.verdict === 'fail' && failing > 0) {
    const keep = failing === 1 ? 'does not keep' : 'do not keep';
    return `${some(failing)} ${keep} ${reserve}: ${named(failed)}.`;
  }
  if (verdict.verdict === 'fail') return `The run failed: ${named(failed)}.`;
  if (verdict.verdict === 'inconclusive') {
    const ofAll = unknown.some(({ system }) => system === null);
    const open = ofAll ? 0 : concerned(unknown);
    const subject = open === 0 ? all : some(open);
    const because = ofAll ? unknown.filter(({ system }) => system === null) : unknown;
    return `It is not known whether ${subject} ${isOne || open === 1 ? 'keeps' : 'keep'} ${reserve}: see ${named(because)}.`;
  }
  // Of an adopted system a part may not be checked, as its configuration has it.
  const checked = verdict.unasked ? `, as far as ${isOne ? 'it was' : 'they were'} checked` : '';
  return `${some(systems.length)} ${isOne ? 'keeps' : 'keep'} ${reserve}${checked}; ${whatBinds(verdict)}.`;
}

/** `at 30 requests and 5 messages a second`, where all systems have the same peak. */
function atLoad(records: readonly VerdictRecord[]): string {
  const rateOf = (id: string): number | null | undefined => {
    const rates = new Set(records.flatMap(({ signal, limit }) => (signal === id ? [limit] : [])));
    return rates.size > 1 ? undefined : ([...rates][0] ?? null);
  };
  const requests = rateOf('load');
  const messages = rateOf('messageLoad');
  if (typeof requests !== 'number' || messages === undefined) return 'at the expected peak';
  const figure = (rate: number): string => String(Number(rate.toPrecision(3)));
  return `at ${figure(requests)} requests${messages === null ? '' : ` and ${figure(messages)} messages`} a second`;
}

/** What of which system it is about, the first few by name. */
function named(records: readonly VerdictRecord[]): string {
  const firstFew = (names: readonly string[], separator: string): string => {
    const more = names.length - namedFew;
    return names.slice(0, namedFew).join(separator) + (more > 0 ? `${separator}and ${more} more` : '');
  };
  const bySystem = [...Map.groupBy(records, ({ system }) => system)];
  return firstFew(
    bySystem.map(
      ([system, those]) =>
        `${firstFew(
          those.map(({ signal }) => questionName(signal)),
          ', ',
        )}${system === null ? '' : ` of ${system}`}`,
    ),
    '; ',
  );
}

function whatBinds(verdict: VerdictFile): string {
  const systems = headroomPicture(verdict)?.systems ?? [];
  const [first] = systems
    .flatMap(({ system, likely, bindsFirst }) =>
      likely === null || bindsFirst === null ? [] : [{ system, likely, bindsFirst }],
    )
    .toSorted((a, b) => a.likely.value - b.likely.value);
  if (first) {
    const isSure = systems.every(({ bindsFirst, likely }) => bindsFirst !== null || likely === null);
    const subject = isSure ? 'the first to bind is' : 'the first that is known to bind is';
    return `${subject} ${questionName(first.bindsFirst)} of ${first.system}, at about ${multiple(first.likely.value)} that load (${interval(first.likely)})`;
  }
  const reasons = new Set(systems.map(({ noLimit }) => noLimit));
  const [only] = reasons;
  return reasons.size === 1 && only ? only : 'the run does not show which limit comes first';
}
