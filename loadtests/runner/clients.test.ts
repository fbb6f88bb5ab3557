import fc from 'fast-check';
import { getCheckDigit } from 'rut.js';
import { expect, test } from 'vitest';
import { parseMessage } from '../../service/domain/message.ts';
import { clientOf, rutCheckDigit, seededClients, seededIdOf } from '../k6/lib/clients.ts';

const { firstId, count } = seededClients;
const ids = fc.integer({ min: 1, max: 9_999_999 });

test('every client is one that the service stores unchanged', () => {
  fc.assert(
    fc.property(ids, (id) => {
      const message = { schemaVersion: 1, ...clientOf(id), occurredAt: '2026-01-01T00:00:00.000Z' };
      expect(parseMessage(JSON.stringify(message))).toEqual(message);
    }),
  );
});

test('distinct ids have distinct RUTs', () => {
  const ruts = new Set(Array.from({ length: 50_000 }, (_, id) => clientOf(id + 1).rut));
  expect(ruts.size).toBe(50_000);
});

test('check digits, zero and K among them', () => {
  expect([20_000_003, 20_000_008, 12_345_678].map(rutCheckDigit)).toEqual(['K', '0', '5']);
  fc.assert(
    fc.property(fc.integer({ min: 1_000_000, max: 99_999_999 }), (body) => {
      expect(rutCheckDigit(body)).toBe(getCheckDigit(String(body)).toUpperCase());
    }),
  );
});

test('iterations visit every seeded client before any is repeated, and systems in another order', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 24 }), fc.nat(1_000_000), (system, from) => {
      const visited = Array.from({ length: count }, (_, index) => seededIdOf(from + index, system));
      expect(new Set(visited).size).toBe(count);
      expect(Math.min(...visited)).toBe(firstId);
      expect(Math.max(...visited)).toBe(firstId + count - 1);
    }),
    { numRuns: 30 },
  );
  expect(seededIdOf(0, 'system-01')).not.toBe(seededIdOf(0, 'system-02'));
});
