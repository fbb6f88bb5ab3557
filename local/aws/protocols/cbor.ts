import type { Wire } from '../wire.ts';

/**
 * CBOR (RFC 8949) as Smithy RPC v2 uses it: whole and floating numbers, text, booleans, lists, maps of text, and
 * points in time as tag 1, seconds since 1970. A value's first byte holds its major type in three bits, and in five
 * its argument or how many bytes of it follow:
 *
 *   0 whole   1 negative   2 bytes   3 text   4 list   5 map   6 tag   7 simple or float
 */
const major = { whole: 0, negative: 1, bytes: 2, text: 3, list: 4, map: 5, tag: 6, simple: 7 } as const;
const argumentBytes: Readonly<Record<number, number>> = { 24: 1, 25: 2, 26: 4, 27: 8 };
const indefinite = 31;
const pointInTime = 1;
/** AWS nests a handful of levels; more is no request of an SDK. */
const maximumDepth = 32;

/** The bytes of a document; what is null or undefined is left out, as Smithy asks. */
export function encodeCbor(value: Wire): Buffer {
  const writer = new Writer();
  writer.value(value);
  return writer.bytes();
}

/**
 * What bytes stand for: points in time as seconds since 1970; null members are left out.
 * @throws Error for what is no document of the kinds above, or is cut short
 */
export function decodeCbor(bytes: Buffer): unknown {
  const reader = new Reader(bytes);
  const value = reader.value(0);
  if (!reader.isAtEnd) throw new Error('bytes after its end');
  return value;
}

class Writer {
  #buffer = Buffer.allocUnsafe(1_024);
  #length = 0;

  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  value(value: Wire): void {
    if (value === null || value === undefined) this.#byte(0xf6);
    else if (typeof value === 'number') this.#number(value);
    else if (typeof value === 'string') this.#text(value);
    else if (typeof value === 'boolean') this.#byte(value ? 0xf5 : 0xf4);
    else if (value instanceof Date) {
      this.#head(major.tag, pointInTime);
      this.#number(value.getTime() / 1_000);
    } else if (Array.isArray(value)) {
      this.#head(major.list, value.length);
      for (const item of value) this.value(item as Wire);
    } else {
      const members = [...(value instanceof Map ? value : Object.entries(value))] as [string, Wire][];
      const there = members.filter(([, member]) => member !== null && member !== undefined);
      this.#head(major.map, there.length);
      for (const [name, member] of there) {
        this.#text(name);
        this.value(member);
      }
    }
  }

  #number(value: number): void {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
      if (value >= 0) this.#head(major.whole, value);
      else this.#head(major.negative, -1 - value);
      return;
    }
    this.#reserve(9);
    this.#buffer[this.#length] = (major.simple << 5) | 27;
    this.#buffer.writeDoubleBE(value, this.#length + 1);
    this.#length += 9;
  }

  #text(text: string): void {
    const bytes = Buffer.byteLength(text);
    this.#head(major.text, bytes);
    this.#reserve(bytes);
    this.#length += this.#buffer.write(text, this.#length);
  }

  /** In the fewest bytes that hold the argument. */
  #head(type: number, argument: number): void {
    this.#reserve(9);
    const at = this.#length;
    const first = (additional: number): void => void (this.#buffer[at] = (type << 5) | additional);
    if (argument < 24) {
      first(argument);
      this.#length += 1;
    } else if (argument < 2 ** 8) {
      first(24);
      this.#length = this.#buffer.writeUInt8(argument, at + 1);
    } else if (argument < 2 ** 16) {
      first(25);
      this.#length = this.#buffer.writeUInt16BE(argument, at + 1);
    } else if (argument < 2 ** 32) {
      first(26);
      this.#length = this.#buffer.writeUInt32BE(argument, at + 1);
    } else {
      first(27);
      this.#length = this.#buffer.writeBigUInt64BE(BigInt(argument), at + 1);
    }
  }

  #byte(byte: number): void {
    this.#reserve(1);
    this.#buffer[this.#length] = byte;
    this.#length += 1;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length + bytes));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  value(depth: number): unknown {
    if (depth > maximumDepth) throw new Error(`nested deeper than ${maximumDepth}`);
    const first = this.#take(1)[0] ?? 0;
    const type = first >> 5;
    const additional = first & 31;
    switch (type) {
      case major.whole:
        return this.#argument(additional);
      case major.negative:
        return -1 - this.#argument(additional);
      case major.bytes:
        return this.#string(type, additional);
      case major.text:
        return this.#string(type, additional).toString('utf8');
      case major.list:
        return this.#list(additional, depth);
      case major.map:
        return this.#map(additional, depth);
      case major.tag:
        return this.#tagged(this.#argument(additional), depth);
      default:
        return this.#simple(additional);
    }
  }

  #take(count: number): Buffer {
    const end = this.#at + count;
    if (end > this.#bytes.length) throw new Error('cut short');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  #argument(additional: number): number {
    if (additional < 24) return additional;
    const bytes = argumentBytes[additional];
    if (bytes === undefined) throw new Error(`a length that cannot be (${additional})`);
    const taken = this.#take(bytes);
    return bytes === 8 ? Number(taken.readBigUInt64BE()) : taken.readUIntBE(0, bytes);
  }

  /** Whether an item of so many, or of as many as there are until the break, is still to come. */
  #items(additional: number): () => boolean {
    if (additional !== indefinite) {
      let left = this.#argument(additional);
      return () => (left -= 1) >= 0;
    }
    return () => {
      if (this.#bytes[this.#at] !== 0xff) return true;
      this.#at += 1;
      return false;
    };
  }

  #string(type: number, additional: number): Buffer {
    if (additional !== indefinite) return this.#take(this.#argument(additional));
    const parts: Buffer[] = [];
    for (const more = this.#items(additional); more();) {
      const first = this.#take(1)[0] ?? 0;
      if (first >> 5 !== type) throw new Error('a text of parts that are no texts');
      parts.push(this.#take(this.#argument(first & 31)));
    }
    return Buffer.concat(parts);
  }

  #list(additional: number, depth: number): unknown[] {
    const items: unknown[] = [];
    for (const more = this.#items(additional); more();) items.push(this.value(depth + 1));
    return items;
  }

  #map(additional: number, depth: number): Record<string, unknown> {
    const members: [string, unknown][] = [];
    for (const more = this.#items(additional); more();) {
      const name = this.value(depth + 1);
      if (typeof name !== 'string') throw new Error('a map whose keys are no texts');
      const member = this.value(depth + 1);
      if (member !== null) members.push([name, member]);
    }
    return Object.fromEntries(members);
  }

  #tagged(tag: number, depth: number): unknown {
    const value = this.value(depth + 1);
    if (tag === pointInTime && typeof value === 'number') return value;
    throw new Error(`a value of tag ${tag}`);
  }

  #simple(additional: number): unknown {
    switch (additional) {
      case 20:
        return false;
      case 21:
        return true;
      case 22:
      // Undefined, which Smithy reads as null.
      case 23:
        return null;
      case 25:
        return halfFloat(this.#take(2).readUInt16BE());
      case 26:
        return this.#take(4).readFloatBE();
      case 27:
        return this.#take(8).readDoubleBE();
      default:
        throw new Error(`a simple value ${additional}`);
    }
  }
}

/** Sign, five bits of exponent, ten of fraction. */
function halfFloat(bits: number): number {
  const sign = bits >> 15 === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1_023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1_024 + fraction) * 2 ** (exponent - 25));
}
