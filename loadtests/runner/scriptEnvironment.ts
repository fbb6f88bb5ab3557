import {
  hasParts,
  messageParts,
  type MessagingDocument,
  type PublishedDocument,
} from '../../fleet/systemDocument.ts';
import type { Target } from '../k6/lib/target.ts';
import type { Pacing, Shape } from './profiles.ts';

/** Whether messages can be sent to a system, found again in its tables, and removed from there. */
export const takesMessages = (document: PublishedDocument): document is MessagingDocument =>
  hasParts(document, messageParts);

/** Of its healthcheck, where that is one of the API's own. */
const adoptedTarget = ({ api, healthcheckUrl }: PublishedDocument): NonNullable<Target['adopted']> =>
  healthcheckUrl?.startsWith(`${api.url}/`) ? { healthPath: healthcheckUrl.slice(api.url.length) } : {};

/** What a script reads of the load that is asked for. */
export interface ScriptedLoad extends Shape {
  systems: readonly PublishedDocument[];
  /** The profile's own where left out. */
  rateScale?: number | undefined;
}

/** What a script of a user's reads as `__ENV`, but for what requests are signed with: its requests and rates are its own. */
export function ownScriptEnvironment(load: ScriptedLoad): Record<string, string> {
  const [only, ...others] = load.systems;
  return {
    ...loadEnvironment(load, undefined),
    ...(only && others.length === 0 ? { HEADROOM_SYSTEM: only.system, HEADROOM_URL: only.api.url } : {}),
  };
}

/**
 * What the scripts read as `__ENV`, but for what requests are signed with.
 * @param snsUrl where messages are published; left out, none are
 * @param firstMessageId of those that are
 */
export const scriptEnvironment = (
  load: ScriptedLoad,
  paced: Pacing | null,
  snsUrl: string | undefined,
  firstMessageId: number,
): Record<string, string> => ({
  ...loadEnvironment(load, snsUrl),
  HEADROOM_RATE_SCALE: String(load.rateScale ?? paced?.rateScale ?? 1),
  HEADROOM_FIRST_MESSAGE_ID: String(firstMessageId),
});

/** What every script reads: whom it loads, and when its hold is. */
function loadEnvironment(
  { systems, rampSeconds, holdSeconds }: ScriptedLoad,
  snsUrl: string | undefined,
): Record<string, string> {
  const targets = systems.map((document): Target => {
    const { system, api, expectedPeak } = document;
    const { requestsPerSecond, messagesPerSecond } = expectedPeak;
    return {
      system,
      url: api.url,
      requestsPerSecond,
      ...(document.adopted && { adopted: adoptedTarget(document) }),
      ...(snsUrl !== undefined && messagesPerSecond > 0 && takesMessages(document)
        ? { messages: { url: snsUrl, topicArn: document.topicArn, perSecond: messagesPerSecond } }
        : {}),
    };
  });
  return {
    HEADROOM_TARGETS: JSON.stringify(targets),
    HEADROOM_REGION: systems[0]?.region ?? '',
    HEADROOM_RAMP_SECONDS: String(rampSeconds),
    HEADROOM_HOLD_SECONDS: String(holdSeconds),
  };
}
