import { describeError } from '../../core/describeError.ts';
import type { Call } from './callAlias.ts';

interface SentBatch {
  memoryMiB: number;
  first: number;
  messages: number;
  /** `answered`: its answer left no message to be tried again; `turnedAway`: the function never saw it. */
  became: 'answered' | 'turnedAway' | 'unknown';
}

/** The batches of a measurement, each of messages of its own, and what became of them. */
export class SentBatches {
  readonly #sent: SentBatch[] = [];
  readonly #callOf: (ids: readonly number[]) => Call;

  /** @param callOf the call that hands over the messages of these ids */
  constructor(callOf: (ids: readonly number[]) => Call) {
    this.#callOf = callOf;
  }

  callOf(memoryMiB: number, first: number, messages: number): Call {
    const batch: SentBatch = { memoryMiB, first, messages, became: 'unknown' };
    this.#sent.push(batch);
    const { event, problemWith } = this.#callOf(idsOf(batch));
    return {
      event,
      problemWith: (answer) => {
        const problem = problemWith(answer);
        if (problem === null) batch.became = 'answered';
        return problem;
      },
      onThrottled: () => (batch.became = 'turnedAway'),
    };
  }

  /** Messages that are stored; null where nobody knows: a batch that failed may have been stored, or a part of it. */
  get acknowledged(): number | null {
    return this.#sent.some(({ became }) => became === 'unknown')
      ? null
      : this.#answered.reduce((sum, { messages }) => sum + messages, 0);
  }

  get #answered(): SentBatch[] {
    return this.#sent.filter(({ became }) => became === 'answered');
  }

  /**
   * By size, what its answers promised and the tables do not have: a subscriber that answers and stores nothing is quick.
   * @param storedIds how many rows there are of each id
   */
  async doubts(storedIds: () => Promise<ReadonlyMap<number, number>>): Promise<Map<number, string>> {
    const bySize = Map.groupBy(this.#answered, ({ memoryMiB }) => memoryMiB);
    let stored: ReadonlyMap<number, number>;
    try {
      stored = await storedIds();
    } catch (error) {
      const unknown = `whether its messages were stored could not be asked: ${describeError(error)}`;
      return new Map([...bySize.keys()].map((memoryMiB) => [memoryMiB, unknown]));
    }
    const found = [...bySize].flatMap(([memoryMiB, batches]): [number, string][] => {
      const ids = batches.flatMap(idsOf);
      const wrong = ids.filter((id) => stored.get(id) !== 1).length;
      return wrong === 0
        ? []
        : [[memoryMiB, `${wrong} of ${ids.length} messages that it answered for are not stored once`]];
    });
    return new Map(found);
  }
}

const idsOf = ({ first, messages }: Pick<SentBatch, 'first' | 'messages'>): number[] =>
  Array.from({ length: messages }, (_, index) => first + index);
