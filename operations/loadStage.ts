import type { Clock } from '../core/clock.ts';
import { stageOf } from '../fleet/fleet.ts';
import { watchClimb } from '../loadtests/gate/watchClimb.ts';
import { reserveIds } from '../loadtests/messages/ids.ts';
import { runInstances } from '../loadtests/runner/instances.ts';
import {
  profileOfLoad,
  runLoad,
  takesMessages,
  type LoadOptions,
  type Timeline,
} from '../loadtests/runner/load.ts';
import type { RunFile } from '../records/run.ts';
import type { PublishedDocument } from '../fleet/systemDocument.ts';
import type { OperationContext } from './context.ts';
import { callerHeadersOf } from './callerHeaders.ts';
import { UsageError } from './errors.ts';
import { metricsSource } from './stageMetrics.ts';
import type { Target } from './target.ts';
import { whileShown } from './whileShown.ts';

export type ProfileOptions = Pick<LoadOptions, 'profile' | 'engine' | 'rampSeconds' | 'holdSeconds'> &
  Pick<Partial<LoadOptions>, 'script' | 'withoutMessages' | 'rateScale' | 'share' | 'onOutput'> & {
    /** Processes that share the load; one where left out. */
    instances?: number;
    /** The first id of its messages; of a block of its own where left out, whose clients then stay. */
    firstMessageId?: number;
  };

/** The most messages that a system is sent by such a load. */
export function mostMessages(
  { systems, fleet }: Pick<Target<PublishedDocument>, 'systems' | 'fleet'>,
  load: Pick<
    LoadOptions,
    'profile' | 'script' | 'withoutMessages' | 'rampSeconds' | 'holdSeconds' | 'rateScale'
  >,
): number {
  const { paced } = profileOfLoad({ ...load, service: fleet.service });
  if (load.withoutMessages || !paced) return 0;
  const perSecond = Math.max(
    0,
    ...systems.filter(takesMessages).map(({ expectedPeak }) => expectedPeak.messagesPerSecond),
  );
  return Math.ceil(perSecond * (load.rateScale ?? paced.rateScale) * paced.timeline(load).endSeconds);
}

/** Runs a load profile, or a script of a user's; its record stands in `directory/run.json`, that of a share of it in `directory/part.json`. */
export async function loadStage(
  context: OperationContext,
  target: Target<PublishedDocument>,
  { instances = 1, firstMessageId = reserveIds(context.random), ...profile }: ProfileOptions,
  directory: string,
): Promise<RunFile> {
  const { clock, signal, output } = context;
  const { stage, fleet, configurationHash, connection, systems } = target;
  const { paced } = profileOfLoad({ ...profile, service: fleet.service });
  const timeline = paced?.timeline(profile);
  const credentials = await connection.clients.sns.config.credentials();
  refuseExpiring(credentials.expiration, clock, timeline?.endSeconds ?? 0);
  const options: LoadOptions = {
    ...profile,
    stage,
    place: connection.place,
    service: fleet.service,
    systems,
    periodSeconds: stageOf(fleet, stage).periodSeconds,
    sns: connection.clients.sns,
    firstMessageId,
    runDirectory: directory,
    configurationHash,
    commit: await context.currentCommit(),
    credentials,
    callerHeaders: await callerHeadersOf(connection.clients.secrets, systems),
    clock,
    signal,
    // A climb is for the first limit that it crosses: nothing is learned by going on into the overload.
    ...(paced && !paced.hasHold ? { watch: watchOf(context, target) } : {}),
    onProgress: output.progress,
  };
  const load = {
    kind: 'load',
    name: profile.profile,
    plannedSeconds: timeline ? plannedOf(timeline, paced?.hasHold ?? false) : null,
  } as const;
  return whileShown(context, target, directory, load, () =>
    instances > 1 ? runInstances(options, instances) : runLoad(options),
  );
}

function watchOf(
  context: OperationContext,
  target: Target<PublishedDocument>,
): NonNullable<LoadOptions['watch']> {
  const loaded = new Set(target.systems.map(({ system }) => system));
  const source = metricsSource(context, target);
  const systems = source.systems.filter(({ system }) => loaded.has(system));
  return (startMs, over) => watchClimb({ ...source, systems }, startMs, over);
}

/** What the console tells of a run under way. */
const plannedOf = ({ hold, endSeconds }: Timeline, hasHold: boolean) =>
  hasHold ? { ramp: hold.from, hold: hold.to - hold.from } : { ramp: endSeconds, hold: 0 };

/**
 * The requests are signed with these credentials to the end.
 * @throws UsageError when they end before the run would
 */
function refuseExpiring(expiration: Date | undefined, clock: Clock, seconds: number): void {
  if (expiration === undefined || expiration.getTime() > clock.now() + seconds * 1_000) return;
  throw new UsageError(
    `these credentials expire at ${expiration.toISOString()}, before the ${seconds} s of this run are over: ` +
      'log in for longer, or hold for a shorter time.',
  );
}
