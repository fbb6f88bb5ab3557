import fc from 'fast-check';
import { getCheckDigit } from 'rut.js';
import { expect, test } from 'vitest';
import { parseMessage } from '../domain/message.ts';
import { clientOf, rutCheckDigit } from './clients.ts';
import { idOf, message } from './messages.ts';

const ids = fc.oneof(
  fc.integer({ min: 1, max: 9_999_999 }),
  // Those of tests (`limits.testIds`).
  fc.integer({ min: 2_000_000_000, max: 1_002_000_999_999 }),
);

test('every client is one that the service stores unchanged', () => {
  fc.assert(
    fc.property(ids, (id) => {
      const body = message(id, Date.UTC(2026, 0, 1));
      const expected = { schemaVersion: 1, ...clientOf(id), occurredAt: '2026-01-01T00:00:00.000Z' };
      expect(parseMessage(body)).toEqual(expected);
      expect(idOf(body)).toBe(id);
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

test('what is no message tells of nobody', () => {
  for (const body of ['', 'no JSON', 'null', '7', '{}', '{"id":"7"}', '[7]']) expect(idOf(body)).toBeNull();
});
