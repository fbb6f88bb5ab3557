import { UnsupportedError } from '../../errors.ts';

/**
 * What `response.json(selector)` selects: names and indices between dots, `#` for an array's length, `#.name` for one
 * member of each of its elements. A dot within a name is escaped: `fav\.movie`.
 * @returns undefined where nothing is there
 * @throws UnsupportedError for the rest of the selectors' grammar
 */
export function select(value: unknown, selector: string): unknown {
  const steps = selector.match(/(?:\\.|[^.\\])+/g) ?? [];
  for (const step of steps) {
    if (/^#.|(?<!\\)[*?|@({[!]/.test(step))
      throw new UnsupportedError(`response.json("${selector}")`, 'select from response.json()');
  }
  return follow(value, steps);
}

function follow(value: unknown, [step, ...rest]: readonly string[]): unknown {
  if (step === undefined) return value;
  if (step === '#') {
    if (!Array.isArray(value)) return undefined;
    if (rest.length === 0) return value.length;
    return value.map((each) => follow(each, rest)).filter((each) => each !== undefined);
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const name = step.replaceAll(/\\(.)/g, '$1');
  return Object.hasOwn(value, name) ? follow((value as Record<string, unknown>)[name], rest) : undefined;
}
