import * as fc from 'fast-check';
import { getCheckDigit } from 'rut.js';
import { describe, expect, it } from 'vitest';
import { HopelessMessageError } from '../errors.ts';
import { parseMessage } from './message.ts';
import { normalizeRut } from './rut.ts';
import { isNewer, newestOfEach, versionOf } from './version.ts';

const valid = {
  schemaVersion: 1,
  id: 7,
  nombre: 'Ana',
  apellido: 'Muñoz',
  rut: '12.345.678-5',
  correo: 'ana@example.com',
  occurredAt: '2026-01-02T03:04:05.006Z',
};

const refusal = (change: Record<string, unknown>): HopelessMessageError => {
  try {
    parseMessage(JSON.stringify({ ...valid, ...change }));
  } catch (error) {
    if (error instanceof HopelessMessageError) return error;
    throw error;
  }
  throw new Error('expected a refusal');
};

describe('parseMessage', () => {
  it('trims text and normalises the RUT', () => {
    const message = parseMessage(JSON.stringify({ ...valid, nombre: ' Ana ' }));

    expect(message).toEqual({ ...valid, rut: '12345678-5' });
  });

  it.each([
    ['a fraction as id', { id: 1.5 }, 'id'],
    ['an id beyond 2^53', { id: 2 ** 53 }, 'id'],
    ['an id of zero', { id: 0 }, 'id'],
    ['an empty name', { nombre: ' ' }, 'nombre'],
    ['more bytes than the column has', { apellido: 'ñ'.repeat(129) }, 'apellido'],
    ['NUL, which no database keeps', { nombre: 'A\0' }, 'nombre'],
    ['half a surrogate pair', { nombre: 'A\ud800' }, 'nombre'],
    ['a wrong check digit', { rut: '12.345.678-6' }, 'rut'],
    ['no e-mail address', { correo: 'ana' }, 'correo'],
    ['a time without milliseconds', { occurredAt: '2026-01-02T03:04:05Z' }, 'occurredAt'],
    ['a time with an offset', { occurredAt: '2026-01-02T03:04:05.006-03:00' }, 'occurredAt'],
    ['a day that does not exist', { occurredAt: '2026-02-30T03:04:05.006Z' }, 'occurredAt'],
    ['a missing field', { correo: undefined }, 'correo'],
  ])('refuses %s, naming the field and not its value', (_what, change, field) => {
    const error = refusal(change);

    expect(error.errorCode).toBe('messageInvalid');
    expect(error.message).toMatch(new RegExp(`^customers message refused: ${field}: .`));
    const texts = Object.values(change).filter((value) => typeof value === 'string' && value.trim() !== '');
    for (const value of texts) expect(error.message).not.toContain(value);
  });

  it('refuses a field of the sender’s own without repeating its name', () => {
    expect(refusal({ secretoDeAna: 1 }).message).toBe(
      'customers message refused: (the whole message): expected no field beyond those of the contract',
    );
  });

  it('tells a newer contract and text that is no JSON apart', () => {
    expect(refusal({ schemaVersion: 2 }).errorCode).toBe('messageVersionUnsupported');
    expect(() => parseMessage('{')).toThrow(expect.objectContaining({ errorCode: 'messageNotJson' }));
    expect(() => parseMessage('null')).toThrow(expect.objectContaining({ errorCode: 'messageInvalid' }));
  });

  it('answers any JSON with a message or a refusal', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const body = JSON.stringify(value);
        expect(() => parseMessage(body)).toThrow(HopelessMessageError);
      }),
    );
  });
});

describe('normalizeRut', () => {
  it('brings every way to write a RUT to one, whatever its number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_000, max: 99_999_999 }), (number) => {
        const digit = getCheckDigit(String(number));
        const dotted = number.toLocaleString('es-CL', { useGrouping: 'always' });
        const normal = `${number}-${digit}`;

        expect(normalizeRut(`${dotted}-${digit.toLowerCase()}`)).toBe(normal);
        expect(normalizeRut(`${number}${digit}`)).toBe(normal);
        expect(normalizeRut(normal)).toBe(normal);
      }),
    );
  });

  it('refuses a leading zero and a ninth digit', () => {
    expect(normalizeRut('00000000-0')).toBeUndefined();
    expect(normalizeRut('123.456.789-2')).toBeUndefined();
  });
});

describe('newestOfEach', () => {
  const messages = fc.array(
    fc
      .record({
        id: fc.integer({ min: 1, max: 3 }),
        nombre: fc.constantFrom('Ana', 'Eva', 'Luz'),
        occurredAt: fc.constantFrom('2026-01-02T03:04:05.006Z', '2026-01-02T03:04:05.007Z'),
      })
      .map((change) => parseMessage(JSON.stringify({ ...valid, ...change }))),
    { maxLength: 12 },
  );

  it('keeps one message a client, whatever the order and the repetitions', () => {
    fc.assert(
      fc.property(messages, messages, (some, others) => {
        const sorted = (list: typeof some) =>
          newestOfEach(list)
            .map(({ message }) => message)
            .sort((a, b) => a.id - b.id);

        const once = sorted([...some, ...others]);

        expect(sorted([...others, ...some, ...others].toReversed())).toEqual(once);
        expect(once.map(({ id }) => id)).toEqual(
          [...new Set([...some, ...others].map(({ id }) => id))].sort((a, b) => a - b),
        );
        for (const message of [...some, ...others]) {
          const kept = once.find(({ id }) => id === message.id)!;
          expect(isNewer(versionOf(message), versionOf(kept))).toBe(false);
        }
      }),
    );
  });
});
