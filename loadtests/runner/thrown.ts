/** Messages that are told apart: one with an id in it would be another each time. */
const mostMessages = 100;
const others = 'other messages';

/** The iterations of a run that threw, and what. */
export class Thrown {
  readonly #log: (line: string) => void;
  readonly #byMessage = new Map<string, number>();
  #times = 0;

  /** @param log told once of each message */
  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  get times(): number {
    return this.#times;
  }

  /** How many threw each message, the first hundred messages apart. */
  get byMessage(): ReadonlyMap<string, number> {
    return this.#byMessage;
  }

  add(scenario: string, message: string): void {
    this.#times += 1;
    const kept = this.#byMessage.has(message) || this.#byMessage.size < mostMessages ? message : others;
    const times = (this.#byMessage.get(kept) ?? 0) + 1;
    this.#byMessage.set(kept, times);
    if (times === 1) this.#log(`${scenario}: an iteration threw: ${kept}`);
  }

  /** Why a run is not whole whose iterations must not throw; null where none did. */
  get reason(): string | null {
    const [first] = this.#byMessage.keys();
    return first === undefined ? null : `${this.#times} iterations threw, the first: ${first}`;
  }
}
