/**
 * Deterministic clients, made from their id alone: seeder, loads and drills publish them, the scripts compare every
 * answer with them. Imports nothing, so that k6 and Node load the same file.
 */
export interface Client {
  id: number;
  nombre: string;
  apellido: string;
  rut: string;
  correo: string;
}

/** The client every stage is migrated with. */
export const testClientId = 1;
/** An id that no stage has. */
export const unknownClientId = 999_999_999;
/**
 * The seeded clients have the ids `firstId` … `firstId + count - 1`, which no real client has. They stay, so that the
 * next load starts at once.
 */
export const seeded = { firstId: 2_000_000_000, count: 500 } as const;

// Two-, three- and four-byte characters, an apostrophe and a space: what encodings and quoting break on.
const nombres = [
  'José',
  'Ñusta',
  'Zoë',
  'Łucja',
  '美玲',
  'Ayelén',
  'María José',
  'Günther',
  'Søren',
  'Iñaki',
];
const apellidos = [
  'Núñez',
  "O'Higgins",
  'Muñoz',
  'Peña',
  'Ibáñez',
  '𠮷田',
  'Ñancupil',
  'de la Fuente',
  'Škvorecký',
];

const pick = (values: readonly string[], index: number): string => values[index % values.length] as string;

/** Check digit of a Chilean RUT: modulo 11 over the digits weighted 2…7 from the right; 10 is written K. */
export function rutCheckDigit(body: number): string {
  let sum = 0;
  let weight = 2;
  for (let rest = body; rest > 0; rest = Math.floor(rest / 10)) {
    sum += (rest % 10) * weight;
    weight = weight === 7 ? 2 : weight + 1;
  }
  const digit = (11 - (sum % 11)) % 11;
  return digit === 10 ? 'K' : String(digit);
}

/** The client of an id; ids of less than 20 million in a row have distinct RUTs. */
export function clientOf(id: number): Client {
  // 7919 shares no factor with 20 million, so the RUTs of consecutive ids are far apart and never meet.
  const rutBody = 5_000_000 + ((id * 7_919) % 20_000_000);
  return {
    id,
    nombre: pick(nombres, id),
    apellido: pick(apellidos, Math.floor(id / nombres.length)),
    rut: `${rutBody}-${rutCheckDigit(rutBody)}`,
    correo: `cliente.${id}@example.com`,
  };
}
