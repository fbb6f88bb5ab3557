import { EnvironmentError } from '../service/errors.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * A variable of the function's configuration.
 * @throws EnvironmentError naming the variable that is missing.
 */
export function readVariable(variable: string, variables: Variables = process.env): string {
  const value = variables[variable];
  if (value) return value;
  throw new EnvironmentError([{ variable, problem: 'missing; the stack sets it on the function' }]);
}

/** The same of one that is set where it is needed only; undefined where it is not. */
export const readOptionalVariable = (variable: string): string | undefined =>
  process.env[variable] || undefined;

/** The stage that the function looks after. @throws EnvironmentError */
export const readStage = (): string => readVariable('HEADROOM_STAGE');
