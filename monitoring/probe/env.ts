import { EnvironmentError } from '../../service/errors.ts';

/** What the probe's configuration tells it. */
export interface ProbeEnv {
  stage: string;
}

/**
 * Configuration of the probe's function.
 * @throws EnvironmentError naming the variable that is missing.
 */
export function readProbeEnv(
  variables: Readonly<Record<string, string | undefined>> = process.env,
): ProbeEnv {
  const stage = variables['HEADROOM_STAGE'];
  if (stage) return { stage };
  throw new EnvironmentError([
    { variable: 'HEADROOM_STAGE', problem: 'missing; the stack sets it on the function' },
  ]);
}
