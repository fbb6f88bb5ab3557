/** Cuts what is written into whole lines, and hands them on in batches: one a turn of the event loop. */
export class LineCollector {
  readonly #flush: (lines: string[]) => void;
  #lines: string[] = [];
  #partial = '';
  #scheduled = false;

  constructor(flush: (lines: string[]) => void) {
    this.#flush = flush;
  }

  write(text: string): void {
    const pieces = (this.#partial + text).split('\n');
    this.#partial = pieces.pop() ?? '';
    for (const line of pieces) if (line !== '') this.#lines.push(line);
    if (this.#scheduled || this.#lines.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#lines.length > 0) this.#flush(this.#takeWhole());
    });
  }

  /** Everything written and not yet handed on, an unfinished last line included. */
  take(): string[] {
    if (this.#partial !== '') {
      this.#lines.push(this.#partial);
      this.#partial = '';
    }
    return this.#takeWhole();
  }

  #takeWhole(): string[] {
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }
}
