import { ScriptError } from '../errors.ts';

type Options = Readonly<Record<string, unknown>>;

/** Options that say in short what a scenario of one kind says whole, and those that go with them. */
const kinds: Readonly<Record<string, { with: readonly string[]; scenario: (options: Options) => Options }>> =
  {
    iterations: {
      with: ['vus', 'duration'],
      scenario: ({ iterations, vus = 1, duration }) => ({
        executor: 'shared-iterations',
        iterations,
        vus,
        ...(duration === undefined ? {} : { maxDuration: duration }),
      }),
    },
    stages: {
      with: ['vus'],
      scenario: ({ stages, vus = 1 }) => ({ executor: 'ramping-vus', stages, startVUs: vus }),
    },
    duration: {
      with: ['vus'],
      scenario: ({ duration, vus = 1 }) => ({ executor: 'constant-vus', duration, vus }),
    },
  };

const shortcuts = ['iterations', 'stages', 'duration', 'vus'];

/**
 * Options without shortcuts: by k6's rules they become one scenario named `default`; without anything said that is one
 * iteration of one user.
 * @throws ScriptError for shortcuts that do not go together
 */
export function withScenarios(script: string, options: Options): Record<string, unknown> {
  const given = shortcuts.filter((name) => options[name] !== undefined);
  const rest = Object.fromEntries(Object.entries(options).filter(([name]) => !shortcuts.includes(name)));
  if (options['scenarios'] !== undefined) {
    if (given.length === 0) return rest;
    throw clash(script, 'scenarios', given);
  }
  const kind = shortcuts.find((name) => options[name] !== undefined && name in kinds);
  const { with: allowed = [], scenario } = (kind === undefined ? undefined : kinds[kind]) ?? {};
  if (kind === undefined && options['vus'] !== undefined) {
    throw new ScriptError(script, 'options.vus: expected iterations, stages or duration with it', {
      exitCode: 104,
    });
  }
  const others = given.filter((name) => name !== kind && !allowed.includes(name));
  if (others.length > 0) throw clash(script, kind ?? '', others);
  return { ...rest, scenarios: { default: scenario?.(options) ?? { executor: 'per-vu-iterations' } } };
}

const clash = (script: string, one: string, others: readonly string[]): ScriptError =>
  new ScriptError(
    script,
    `options.${one} beside ${others.map((name) => `options.${name}`).join(' and ')}: expected one of them`,
    { exitCode: 104 },
  );
