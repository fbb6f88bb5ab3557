import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import * as fc from 'fast-check';
import { getCheckDigit } from 'rut.js';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { NonRetryableMessageError } from '../errors.ts';
import { messageSchema, parseMessage } from './message.ts';
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

const refusal = (change: Record<string, unknown>): NonRetryableMessageError => {
  try {
    parseMessage(JSON.stringify({ ...valid, ...change }));
  } catch (error) {
    if (error instanceof NonRetryableMessageError) return error;
    throw error;
  }
  throw new Error('expected a refusal');
};

describe('parseMessage', () => {
  it('keeps text byte for byte and normalises the RUT', () => {
    // Composed and decomposed, right to left, beyond the basic plane, joined, and blanks of every kind.
    for (const nombre of [
      'Ñandú',
      'N\u0303andu\u0301',
      'مريم',
      '𝒜na',
      '👩‍👧',
      ' Ana\u00a0',
      'ﬁ',
      '\ufeffAna',
    ]) {
      const message = parseMessage(JSON.stringify({ ...valid, nombre, apellido: nombre }));

      expect(message).toEqual({ ...valid, nombre, apellido: nombre, rut: '12345678-5' });
    }
  });

  it.each([
    ['a fraction as id', { id: 1.5 }, 'id'],
    ['an id beyond 2^53', { id: 2 ** 53 }, 'id'],
    ['an id of zero', { id: 0 }, 'id'],
    ['an empty name', { nombre: '' }, 'nombre'],
    ['a blank name', { nombre: '\u00a0\t' }, 'nombre'],
    ['a RUT of nine digits', { rut: '123456789-2' }, 'rut'],
    ['a RUT with a word', { rut: 'RUT 12.345.678-5' }, 'rut'],
    ['an e-mail address longer than its column', { correo: `ana@${'x.'.repeat(160)}example` }, 'correo'],
    ['a year of milliseconds taken for seconds', { occurredAt: '1970-01-21T12:00:00.000Z' }, 'occurredAt'],
    ['a year after every real event', { occurredAt: '2100-01-01T00:00:00.000Z' }, 'occurredAt'],
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
    expect(error.message).toMatch(new RegExp(`^message refused: ${field}: .`));
    const texts = Object.values(change).filter((value) => typeof value === 'string' && value.trim() !== '');
    for (const value of texts) expect(error.message).not.toContain(value);
  });

  it('refuses a field of the sender’s own without repeating its name', () => {
    expect(refusal({ secretoDeAna: 1 }).message).toBe(
      'message refused: (the whole message): expected no field beyond those of the contract',
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
        expect(() => parseMessage(body)).toThrow(NonRetryableMessageError);
      }),
    );
  });
});

describe('the contract as JSON Schema', () => {
  const exported = z.toJSONSchema(messageSchema, { io: 'input' });
  const takes = addFormats.default(new Ajv2020()).compile(exported);

  it('is the file that publishers are given (vitest -u writes it)', async () => {
    await expect(`${JSON.stringify(exported, null, 2)}\n`).toMatchFileSnapshot(
      './customersMessage.schema.json',
    );
  });

  it('takes every message that the subscriber takes', () => {
    const messages = fc.record({
      schemaVersion: fc.constant(1),
      id: fc.oneof(fc.nat(), fc.maxSafeNat()),
      nombre: fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }),
      apellido: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 140 }),
      rut: fc
        .integer({ min: 1, max: 99_999_999 })
        .map((number) => `${number}-${getCheckDigit(String(number))}`),
      correo: fc.tuple(fc.stringMatching(/^[a-z0-9_+-]{1,60}$/), fc.domain()).map((parts) => parts.join('@')),
      occurredAt: fc
        .date({ noInvalidDate: true, min: new Date('1999-01-01'), max: new Date('2101-01-01') })
        .map((date) => date.toISOString()),
    });
    let taken = 0;
    fc.assert(
      fc.property(messages, (message) => {
        if (!messageSchema.safeParse(message).success) return;
        taken += 1;
        expect([message, takes(message)]).toEqual([message, true]);
      }),
      { numRuns: 500 },
    );
    expect(taken).toBeGreaterThan(50);
  });

  it('refuses what it can express', () => {
    expect(takes(valid)).toBe(true);
    const wrong = [
      { id: 1.5 },
      { id: 2 ** 53 },
      { nombre: '' },
      { apellido: 'n'.repeat(257) },
      { rut: '123.456.789-2' },
      { correo: 'ana' },
      { occurredAt: '2026-01-02T03:04:05Z' },
      { occurredAt: '1999-12-31T23:59:59.999Z' },
      { schemaVersion: 2 },
      { extra: 1 },
    ];
    for (const change of wrong) {
      expect([change, takes({ ...valid, ...change })]).toEqual([change, false]);
    }
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
    expect(normalizeRut('123456789-2')).toBeUndefined();
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
