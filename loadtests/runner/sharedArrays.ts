import { ScriptError } from '../errors.ts';

/** One array's elements as JSON, in memory that all threads see. */
export interface SharedElements {
  text: SharedArrayBuffer;
  /** Where each element ends. */
  ends: SharedArrayBuffer;
}

/** The arrays that a script shares among its users: made once, of which each user reads copies. */
export class SharedArrays {
  readonly #elements: Map<string, SharedElements>;

  constructor(known: ReadonlyMap<string, SharedElements> = new Map()) {
    this.#elements = new Map(known);
  }

  get elements(): ReadonlyMap<string, SharedElements> {
    return this.#elements;
  }

  /** @throws ScriptError where `make` returns no array */
  named(name: string, make: () => unknown): readonly unknown[] {
    let elements = this.#elements.get(name);
    if (!elements) {
      const values = make();
      if (!Array.isArray(values))
        throw new ScriptError(`SharedArray "${name}"`, 'its function returned no array');
      this.#elements.set(name, (elements = stored(values)));
    }
    return viewOf(name, elements);
  }
}

function stored(values: readonly unknown[]): SharedElements {
  // What JSON does not have is null within an array.
  const texts = values.map((value) => Buffer.from(JSON.stringify(value) ?? 'null'));
  const text = new SharedArrayBuffer(texts.reduce((sum, { length }) => sum + length, 0));
  const ends = new SharedArrayBuffer(texts.length * Float64Array.BYTES_PER_ELEMENT);
  const bytes = new Uint8Array(text);
  const endAt = new Float64Array(ends);
  let end = 0;
  for (const [index, each] of texts.entries()) {
    bytes.set(each, end);
    endAt[index] = end += each.length;
  }
  return { text, ends };
}

function viewOf(name: string, { text, ends }: SharedElements): readonly unknown[] {
  const bytes = Buffer.from(text);
  const endAt = new Float64Array(ends);
  const at = (index: number): unknown =>
    JSON.parse(bytes.toString('utf8', index === 0 ? 0 : endAt[index - 1], endAt[index]));
  const isElement = (key: string | symbol): key is string =>
    typeof key === 'string' && /^\d+$/.test(key) && Number(key) < endAt.length;
  const readOnly = (): never => {
    throw new ScriptError(`SharedArray "${name}"`, 'it is read-only');
  };
  return new Proxy<unknown[]>([], {
    get: (target, key) => {
      if (key === 'length') return endAt.length;
      return isElement(key) ? at(Number(key)) : (Reflect.get(target, key) as unknown);
    },
    has: (target, key) => isElement(key) || Reflect.has(target, key),
    ownKeys: () => [...endAt.keys().map(String), 'length'],
    getOwnPropertyDescriptor: (target, key) =>
      isElement(key)
        ? { value: at(Number(key)), enumerable: true, configurable: true, writable: false }
        : Reflect.getOwnPropertyDescriptor(target, key),
    set: readOnly,
    defineProperty: readOnly,
    deleteProperty: readOnly,
  });
}
