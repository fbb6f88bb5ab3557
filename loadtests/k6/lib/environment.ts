import type { Credentials } from './sigv4.ts';
import type { Target } from './target.ts';

/** The variable's value. @throws Error naming it when it is not set. */
function required(name: string, meaning: string): string {
  const value = __ENV[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set: expected ${meaning}`);
  return value;
}

function positive(name: string, meaning: string, fallback?: string): number {
  const text = __ENV[name] ?? fallback ?? required(name, meaning);
  const value = Number(text);
  if (!(value > 0 && value < 1e9))
    throw new Error(`${name}="${text}": expected ${meaning}, a number above 0`);
  return value;
}

function isTarget(value: unknown): value is Target {
  if (typeof value !== 'object' || value === null) return false;
  const target = value as Partial<Target>;
  return (
    typeof target.system === 'string' &&
    /^[A-Za-z0-9_-]+$/.test(target.system) &&
    typeof target.url === 'string' &&
    /^https?:\/\/[^/?#]+([^?#]*[^/?#])?$/.test(target.url) &&
    typeof target.requestsPerSecond === 'number' &&
    target.requestsPerSecond > 0
  );
}

const targetsMeaning = 'a JSON array of {"system", "url", "requestsPerSecond"}, at least one';

/** `HEADROOM_TARGETS`: the systems under load. @throws Error naming the variable when it is missing or broken. */
export function targetsFromEnvironment(): Target[] {
  const text = required('HEADROOM_TARGETS', targetsMeaning);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new Error(`HEADROOM_TARGETS is not JSON (${String(error)}): expected ${targetsMeaning}`, {
      cause: error,
    });
  }
  if (!Array.isArray(parsed) || parsed.length === 0)
    throw new Error(`HEADROOM_TARGETS: expected ${targetsMeaning}`);
  return parsed.map((value: unknown, index) => {
    if (isTarget(value)) return value;
    throw new Error(`HEADROOM_TARGETS[${index}] is ${JSON.stringify(value)}: expected ${targetsMeaning}`);
  });
}

/** `HEADROOM_REGION` and the AWS credentials that requests are signed with. */
export function signerFromEnvironment(): { region: string; credentials: Credentials } {
  const sessionToken = __ENV['AWS_SESSION_TOKEN'];
  return {
    region: required('HEADROOM_REGION', 'an AWS region such as us-east-1'),
    credentials: {
      accessKeyId: required('AWS_ACCESS_KEY_ID', 'the access key that signs the requests'),
      secretAccessKey: required('AWS_SECRET_ACCESS_KEY', 'the secret key that signs the requests'),
      ...(sessionToken ? { sessionToken } : {}),
    },
  };
}

/** `HEADROOM_RAMP_SECONDS`; 0 for none: at the aimed rate from the first second. */
export const rampSecondsFromEnvironment = (): number =>
  __ENV['HEADROOM_RAMP_SECONDS'] === '0' ? 0 : positive('HEADROOM_RAMP_SECONDS', 'the seconds of the ramp');

/** `HEADROOM_RATE_SCALE`: the factor on every system's expected peak. */
export const rateScaleFromEnvironment = (fallback: number): number =>
  positive('HEADROOM_RATE_SCALE', 'the factor on the expected peak', String(fallback));

/** The shape of a load with a hold (`HEADROOM_HOLD_SECONDS`). */
export const shapeFromEnvironment = (
  rateScale: number,
): { rampSeconds: number; holdSeconds: number; rateScale: number } => ({
  rampSeconds: rampSecondsFromEnvironment(),
  holdSeconds: positive('HEADROOM_HOLD_SECONDS', 'the seconds of the hold'),
  rateScale: rateScaleFromEnvironment(rateScale),
});
