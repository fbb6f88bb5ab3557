import type { SNSClient } from '@aws-sdk/client-sns';
import { join } from 'node:path';
import { backgroundProfileOf, runLoad, type LoadOptions } from '../loadtests/runner/load.ts';
import { limits } from '../monitoring/limits.ts';
import type { RunFile } from '../records/run.ts';
import type { Service } from '../fleet/service.ts';
import type { PublishedDocument } from '../fleet/systemDocument.ts';
import type { Clock } from '../core/clock.ts';
import type { Observations } from './observations.ts';
import { startPublisher, type Publisher } from './publisher.ts';

/** What the background load needs to know beyond the drill itself. */
export interface DrillLoad extends Pick<
  LoadOptions,
  'credentials' | 'callerHeaders' | 'configurationHash' | 'commit'
> {
  /** What runs the load; `embedded` where left out. */
  engine?: LoadOptions['engine'];
  /** What sends the load; left out, the engine. */
  run?: typeof runLoad;
}

export interface BackgroundOptions {
  stage: string;
  place: 'local' | 'aws';
  service: Service;
  systems: readonly PublishedDocument[];
  observations: readonly Observations[];
  sns: SNSClient;
  load: DrillLoad;
  /** Longest time the load may be needed for. */
  durationMs: number;
  directory: string;
  drillId: string;
  firstId: number;
  clock: Clock;
  onProgress: (line: string) => void;
}

/** The requests and messages that a drill goes on under. */
export interface Background {
  publisher: Publisher;
  /** Aborted, with an error as its reason, when the load ends before it is told to. */
  trouble: AbortSignal;
  /** Ends both and resolves when nothing more is sent, with the load's record; null without one. Safe to repeat. */
  stop(): Promise<RunFile | null>;
}

export function startBackground(options: BackgroundOptions): Background {
  const stopping = new AbortController();
  const trouble = new AbortController();
  const load = runInBackground(options, stopping.signal).then(
    (run) => {
      if (!stopping.signal.aborted) {
        trouble.abort(new Error(`the background load ended by itself: ${run.reason ?? 'its time was up'}`));
      }
      return run;
    },
    (error: unknown) => {
      if (!stopping.signal.aborted) trouble.abort(error);
      return null;
    },
  );
  const publisher = startPublisher(options);
  return {
    publisher,
    trouble: trouble.signal,
    stop: async () => {
      stopping.abort(new Error('the drill is over'));
      const [run] = await Promise.all([load, publisher.stop()]);
      return run;
    },
  };
}

function runInBackground(options: BackgroundOptions, signal: AbortSignal): ReturnType<typeof runLoad> {
  const { stage, place, service, systems, clock, directory, observations } = options;
  const { run = runLoad, engine = 'embedded', ...known } = options.load;
  const bySystem = new Map(observations.map((system) => [system.document.system, system]));
  return run({
    ...known,
    profile: backgroundProfileOf(service.definition),
    stage,
    place,
    service: service.definition,
    // What the drill publishes it must know while it goes on: it sends the messages itself.
    systems: systems.map((system) => ({
      ...system,
      expectedPeak: { ...system.expectedPeak, messagesPerSecond: 0 },
    })),
    engine,
    rampSeconds: limits.drill.rampSeconds,
    holdSeconds: Math.ceil(options.durationMs / 1_000),
    rateScale: limits.drill.loadShare,
    // It gives every system what it asks for, where that is not there yet.
    sns: options.sns,
    runDirectory: join(directory, `${options.drillId}-load`),
    clock,
    signal,
    onSample: ({ system, failedChecks, startMs, endMs, latencyMs, status }) => {
      const checksHold = failedChecks.length === 0;
      bySystem.get(system)?.answers.push({ startMs, endMs, latencyMs, status, checksHold });
    },
  });
}
