import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { eventIdOf, isAfter, placed, positionAfter, positionBefore, readToken, tokenOf } from './position.ts';

const events = fc
  .array(fc.integer({ min: 0, max: 9 }), { maxLength: 40 })
  .map((times) => times.sort((a, b) => a - b).map((timestampMs) => ({ timestampMs, message: 'x' })));

it('gives every event an id of its own, and the same one in any stretch that begins with its millisecond', () => {
  fc.assert(
    fc.property(events, fc.integer({ min: 0, max: 9 }), (all, fromMs) => {
      const ids = placed(all).map(eventIdOf);
      expect(new Set(ids).size).toBe(all.length);
      const later = placed(all.filter(({ timestampMs }) => timestampMs >= fromMs)).map(eventIdOf);
      expect(later).toEqual(ids.slice(all.length - later.length));
    }),
  );
});

it('puts a position between an event and the next', () => {
  fc.assert(
    fc.property(events, (all) => {
      const there = placed(all);
      for (const [index, event] of there.entries()) {
        const after = readToken(tokenOf('f', positionAfter(event))).position;
        expect(there.filter((each) => isAfter(each, after))).toEqual(there.slice(index + 1));
        const before = readToken(tokenOf('b', positionBefore(event))).position;
        expect(there.filter((each) => !isAfter(each, before))).toEqual(there.slice(0, index));
      }
    }),
  );
});
