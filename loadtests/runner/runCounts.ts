const names = ['completed', 'interrupted', 'active', 'initialized'] as const;

/** What an instance counts of its users and iterations, in memory that all threads of it see. */
export class RunCounts {
  readonly memory: SharedArrayBuffer;
  readonly #values: Int32Array;

  constructor(memory = new SharedArrayBuffer(names.length * Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#values = new Int32Array(memory);
  }

  add(name: (typeof names)[number], by: number): void {
    Atomics.add(this.#values, names.indexOf(name), by);
  }

  of(name: (typeof names)[number]): number {
    return Atomics.load(this.#values, names.indexOf(name));
  }
}
