import * as fc from 'fast-check';

/** A record that somebody damaged, or that another version wrote. */
export interface Mutant {
  /** What was done to it. */
  what: string;
  text: string;
  /** What an error must say: the field, or one below it; of a text that is cut off, that it is no JSON. */
  naming: RegExp;
}

type Path = readonly (string | number)[];

/** Values of every type, one of which is wrong wherever it stands. */
const strangers: readonly unknown[] = ['unheard-of', -1.5, true, null, [], { unexpected: 1 }];

/**
 * One change to a record: cut, a field of another value or type, missing, or one too many, another version. Also
 * changes that leave it right, as to a field that may be missing: who asks says which are wrong.
 */
export const mutantsOf = (record: object): fc.Arbitrary<Mutant> => {
  const whole = JSON.stringify(record);
  const paths = pathsOf(record, []);
  const objects = paths.filter((path) => isObject(valueAt(record, path)));
  const changed = (what: string, path: Path, change: (holder: object, key: string) => void): Mutant => {
    const mutant: unknown = JSON.parse(whole);
    change(valueAt(mutant, path.slice(0, -1)) as object, String(path.at(-1)));
    return { what: `${what} ${path.join('.')}`, text: JSON.stringify(mutant), naming: namingOf(path) };
  };
  return fc.oneof(
    fc
      .integer({ min: 0, max: whole.length - 1 })
      .map((length) => ({ what: `cut at ${length}`, text: whole.slice(0, length), naming: /not JSON: / })),
    fc
      .tuple(fc.constantFrom(...paths), fc.constantFrom(...strangers))
      .map(([path, value]) =>
        changed(`${JSON.stringify(value)} as`, path, (holder, key) =>
          Object.assign(holder, { [key]: value }),
        ),
      ),
    fc
      .constantFrom(...paths.filter((path) => typeof path.at(-1) === 'string'))
      .map((path) => changed('without', path, (holder, key) => Reflect.deleteProperty(holder, key))),
    fc
      .constantFrom([], ...objects)
      .map((path) =>
        changed('with', [...path, 'unexpected'], (holder, key) => Object.assign(holder, { [key]: 1 })),
      ),
    fc
      .constantFrom(0, 2, 99, '1')
      .map((version) =>
        changed(`${JSON.stringify(version)} as`, ['schemaVersion'], (holder) =>
          Object.assign(holder, { schemaVersion: version }),
        ),
      ),
  );
};

/** Counts by status are checked as a whole. */
function namingOf(path: Path): RegExp {
  const checked = path.includes('statuses') ? path.slice(0, path.indexOf('statuses') + 1) : path;
  return new RegExp(`(^|[ :])${checked.join('\\.')}[.:]`);
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Of everything below a value. */
function pathsOf(value: unknown, path: Path): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, below]) => {
    const own = [...path, Array.isArray(value) ? Number(key) : key];
    return [own, ...pathsOf(below, own)];
  });
}

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce((holder, key) => (holder as Record<string | number, unknown>)[key], value);
