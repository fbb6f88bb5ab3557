/** A text that is read from its beginning to its end. */
export class TemplateReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#at === this.#text.length;
  }

  /** What a sticky pattern matches here; undefined where it does not. */
  peek(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text)?.[0];
  }

  /** The same, and goes on behind it. */
  take(pattern: RegExp): string | undefined {
    const found = this.peek(pattern);
    this.#at += found?.length ?? 0;
    return found;
  }

  /** The same behind blanks. */
  takeToken(pattern: RegExp): string | undefined {
    const start = this.#at;
    this.take(/\s*/y);
    const found = this.take(pattern);
    if (found === undefined) this.#at = start;
    return found;
  }

  /** Goes on behind a word that has to come. @throws SyntaxError where it does not */
  expect(word: string): void {
    this.take(/\s*/y);
    if (!this.#text.startsWith(word, this.#at)) throw this.unexpected(`"${word}"`);
    this.#at += word.length;
  }

  unexpected(expected: string): SyntaxError {
    const rest = this.#text.slice(this.#at, this.#at + 30).split('\n')[0];
    return new SyntaxError(`expected ${expected}, got ${rest ? `"${rest}"` : 'the end'}`);
  }
}
