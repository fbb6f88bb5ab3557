import { cbor, dateToTag } from '@smithy/core/cbor';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Wire } from '../wire.ts';
import { decodeCbor, encodeCbor } from './cbor.ts';

/** The SDK's codec loses a member of this one name. */
const memberName = fc.string().filter((name) => name !== '__proto__');

/** Documents as AWS has them: no member is null. */
const { document } = fc.letrec<{ document: Wire; leaf: Wire }>((tie) => ({
  leaf: fc.oneof(
    fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }),
    // Not -0, which the SDK writes as 0.
    fc.double({ noNaN: true }).map((value) => value + 0),
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.boolean(),
  ),
  document: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('leaf'),
    fc.array(tie('document'), { maxLength: 30 }),
    fc.dictionary(memberName, tie('document'), { maxKeys: 30, noNullPrototype: true }),
  ),
}));

function outcomeOf(bytes: Buffer): unknown {
  try {
    return decodeCbor(bytes);
  } catch (error) {
    return error;
  }
}

describe('CBOR', () => {
  it("is read by the SDK's own codec, and reads what that writes", () => {
    fc.assert(
      fc.property(document, (value) => {
        expect(cbor.deserialize(encodeCbor(value))).toEqual(value);
        expect(decodeCbor(Buffer.from(cbor.serialize(value)))).toEqual(value);
        expect(decodeCbor(encodeCbor(value))).toEqual(value);
      }),
      { numRuns: 300 },
    );
  });

  it('has points in time as seconds', () => {
    const at = new Date('2026-11-03T12:00:00.250Z');
    expect(cbor.deserialize(encodeCbor({ at }))).toMatchObject({
      at: { tag: 1, value: at.getTime() / 1_000 },
    });
    expect(decodeCbor(Buffer.from(cbor.serialize({ at: dateToTag(at) })))).toEqual({
      at: at.getTime() / 1_000,
    });
  });

  it('leaves out what is null, and maps keep their keys', () => {
    const value = { a: null, b: undefined, c: new Map([['p99', 1.5]]) };
    expect(decodeCbor(encodeCbor(value))).toEqual({ c: { p99: 1.5 } });
    expect(decodeCbor(Buffer.from('a2 6161 f6 6162 f7'.replaceAll(' ', ''), 'hex'))).toEqual({});
  });

  // Appendix A of RFC 8949.
  it.each([
    ['f93c00', 1],
    ['f97bff', 65_504],
    ['f90001', 5.960464477539063e-8],
    ['f9c400', -4],
    ['fa47c35000', 100_000],
    ['fb3ff199999999999a', 1.1],
    ['1bffffffffffffffff', 2 ** 64],
    ['3903e7', -1_000],
    ['c11a514b67b0', 1_363_896_240],
    ['c1fb41d452d9ec200000', 1_363_896_240.5],
    ['7f657374726561646d696e67ff', 'streaming'],
    ['9f018202039f0405ffff', [1, [2, 3], [4, 5]]],
    ['bf61610161629f0203ffff', { a: 1, b: [2, 3] }],
  ])('reads %s', (hex, value) => {
    expect(decodeCbor(Buffer.from(hex, 'hex'))).toEqual(value);
  });

  it.each([
    ['is cut short', 'a1616119', 'cut short'],
    ['says that it is longer than it is', '9bffffffffffffffff', 'cut short'],
    ['goes on', '0101', 'bytes after its end'],
    ['is nested too deep', '81'.repeat(5_000), 'nested deeper'],
    ['has a tag that no document has', 'c249010000000000000000', 'a value of tag 2'],
    ['has a length that cannot be', '1c', 'a length that cannot be'],
    ['has a simple value that means nothing', 'f0', 'a simple value 16'],
    ['has a key that is no text', 'bf6161019f02ff03ff', 'keys are no texts'],
    ['is a text of numbers', '7f01ff', 'parts that are no texts'],
  ])('refuses what %s', (_what, hex, message) => {
    expect(() => decodeCbor(Buffer.from(hex, 'hex'))).toThrow(message);
  });

  it('reads anything at all, or refuses it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(outcomeOf(Buffer.from(bytes))).not.toBeInstanceOf(RangeError);
      }),
    );
  });
});
