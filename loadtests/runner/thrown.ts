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

  get byMessage(): ReadonlyMap<string, number> {
    return this.#byMessage;
  }

  add(scenario: string, message: string): void {
    this.#times += 1;
    const times = (this.#byMessage.get(message) ?? 0) + 1;
    this.#byMessage.set(message, times);
    if (times === 1) this.#log(`${scenario}: an iteration threw: ${message}`);
  }

  /** Why a run is not whole whose iterations must not throw; null where none did. */
  get reason(): string | null {
    const [first] = this.#byMessage.keys();
    return first === undefined ? null : `${this.#times} iterations threw, the first: ${first}`;
  }
}
