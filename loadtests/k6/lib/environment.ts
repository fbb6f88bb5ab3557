import { limits } from '../../../monitoring/limits.ts';
import type { Signer } from './api.ts';
import type { Credentials } from './sigv4.ts';
import type { MessageTarget, Target } from './target.ts';

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
    isUrl(target.url) &&
    isRate(target.requestsPerSecond) &&
    (target.messages === undefined || isMessageTarget(target.messages)) &&
    // They are secrets, which a broken target's error would show.
    target.headers === undefined
  );
}

const isRate = (value: unknown): boolean => typeof value === 'number' && value > 0;

/** Without a trailing slash. */
const isUrl = (value: unknown): boolean =>
  typeof value === 'string' && /^https?:\/\/[^/?#]+([^?#]*[^/?#])?$/.test(value);

function isMessageTarget(value: unknown): value is MessageTarget {
  if (typeof value !== 'object' || value === null) return false;
  const { url, topicArn, perSecond } = value as Partial<MessageTarget>;
  return isUrl(url) && typeof topicArn === 'string' && topicArn.startsWith('arn:') && isRate(perSecond);
}

const targetsMeaning =
  'a JSON array of {"system", "url", "requestsPerSecond", "messages": {"url", "topicArn", "perSecond"}}, at least one; ' +
  '"messages" where some are expected';

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
  const headers = headersFromEnvironment();
  return parsed.map((value: unknown, index) => {
    if (isTarget(value)) {
      const own = headers[value.system];
      return own ? { ...value, headers: own } : value;
    }
    throw new Error(`HEADROOM_TARGETS[${index}] is ${JSON.stringify(value)}: expected ${targetsMeaning}`);
  });
}

/** `HEADROOM_HEADERS`, by system. @throws Error that shows nothing of it */
function headersFromEnvironment(): Readonly<Record<string, Readonly<Record<string, string>>>> {
  try {
    return JSON.parse(__ENV['HEADROOM_HEADERS'] || '{}') as Record<string, Record<string, string>>;
  } catch {
    throw new Error('HEADROOM_HEADERS is not JSON: expected {"system": {"header": "value"}}');
  }
}

/** What `setup` found, where requests are signed as the role of a container. */
let given: Credentials | undefined;

/** From now on this user's requests are signed with these. */
export const useCredentials = (credentials: Credentials): void => {
  given = credentials;
};

/**
 * `HEADROOM_REGION` and the AWS credentials that requests are signed with; those of a role, which come later, where
 * `HEADROOM_CREDENTIALS` says so.
 */
export function signerFromEnvironment(): Signer {
  const region = required('HEADROOM_REGION', 'an AWS region such as us-east-1');
  if (__ENV['HEADROOM_CREDENTIALS'] !== 'role') return { region, credentials: credentialsFromEnvironment() };
  return {
    region,
    get credentials() {
      if (given) return given;
      throw new Error('HEADROOM_CREDENTIALS=role, and setup() has brought none');
    },
  };
}

function credentialsFromEnvironment(): Credentials {
  const sessionToken = __ENV['AWS_SESSION_TOKEN'];
  return {
    accessKeyId: required('AWS_ACCESS_KEY_ID', 'the access key that signs the requests'),
    secretAccessKey: required('AWS_SECRET_ACCESS_KEY', 'the secret key that signs the requests'),
    ...(sessionToken ? { sessionToken } : {}),
  };
}

/** `HEADROOM_RAMP_SECONDS`; 0 for none: at the aimed rate from the first second. */
export const rampSecondsFromEnvironment = (): number =>
  __ENV['HEADROOM_RAMP_SECONDS'] === '0' ? 0 : positive('HEADROOM_RAMP_SECONDS', 'the seconds of the ramp');

/** `HEADROOM_RATE_SCALE`: the factor on every system's expected peak. */
export const rateScaleFromEnvironment = (fallback: number): number =>
  positive('HEADROOM_RATE_SCALE', 'the factor on the expected peak', String(fallback));

/** `HEADROOM_FIRST_MESSAGE_ID`: the messages that are published have the ids from there on. */
export const firstMessageIdFromEnvironment = (): number => {
  const { first } = limits.messageIds;
  const text = __ENV['HEADROOM_FIRST_MESSAGE_ID'] ?? String(first);
  const id = Number(text);
  if (Number.isSafeInteger(id) && id >= first) return id;
  throw new Error(`HEADROOM_FIRST_MESSAGE_ID="${text}": expected a whole number from ${first} on`);
};

/** The shape of a load with a hold (`HEADROOM_HOLD_SECONDS`). */
export const shapeFromEnvironment = (
  rateScale: number,
): { rampSeconds: number; holdSeconds: number; rateScale: number } => ({
  rampSeconds: rampSecondsFromEnvironment(),
  holdSeconds: positive('HEADROOM_HOLD_SECONDS', 'the seconds of the hold'),
  rateScale: rateScaleFromEnvironment(rateScale),
});
