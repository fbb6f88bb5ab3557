import { resolve } from 'node:path';
import { stageOf } from '../fleet/fleet.ts';
import { loadService } from '../fleet/service.ts';
import type { ExportPlan } from '../loadtests/export/exportPlan.ts';
import { rolePolicy } from '../loadtests/export/rolePolicy.ts';
import { writeExport, type ExportEngine } from '../loadtests/export/writeExport.ts';
import { reserveIds } from '../loadtests/messages/ids.ts';
import { bundleForK6 } from '../loadtests/runner/bundle.ts';
import { profileNamed, scriptOf, type Shape } from '../loadtests/runner/profiles.ts';
import { releaseOf } from '../loadtests/runner/runRecord.ts';
import { loadScript } from '../loadtests/runner/script.ts';
import { scriptEnvironment } from '../loadtests/runner/scriptEnvironment.ts';
import { seed } from '../loadtests/runner/seed.ts';
import { snsUrlOf } from '../loadtests/runner/snsUrl.ts';
import { limits } from '../monitoring/limits.ts';
import type { OperationContext } from './context.ts';
import { SystemsFailedError, UsageError } from './errors.ts';
import type { Target } from './target.ts';

export interface ExportOptions extends Shape {
  profile: string;
  rateScale?: number | undefined;
  engine: ExportEngine;
  /** As many as it takes where left out. */
  instances?: number | undefined;
  runId: string;
  directory: string;
}

/**
 * Writes a load as other generators take it, and gives the systems the rows that it asks for.
 * @returns what was written
 * @throws UsageError for a profile whose answer one process must find, and for generators that cannot reach the stage
 * @throws SystemsFailedError where some could not be given theirs, SeedError where none could; FileWriteError
 */
export async function exportStage(
  context: OperationContext,
  target: Target,
  options: ExportOptions,
): Promise<ExportPlan> {
  const { stage, fleet, configurationHash, connection, systems } = target;
  const { profile: name, engine, directory } = options;
  const { paced, seeded, sharable, judged } = profileNamed(name, fleet.service.profiles);
  if (!paced?.hasHold || !sharable) {
    throw new UsageError(`${name} needs one process that sees all of it: run "headroom load".`);
  }
  if (connection.place === 'local' && engine !== 'segments') {
    throw new UsageError(
      `no ${engine} can reach the stage on this machine: export for segments, or choose another --stage.`,
    );
  }
  const keyed = systems.find(({ api }) => api.keySecretArn !== undefined);
  if (keyed) {
    throw new UsageError(
      `${keyed.system} has routes that ask for an API key, which no exported file should hold: run "headroom load", with ` +
        '--execution-segment where several machines share it.',
    );
  }
  const { sns } = connection.clients;
  const service = await loadService(fleet.service);
  const credentials = await sns.config.credentials();
  if (seeded) {
    const { clock, signal, output } = context;
    const failed = await seed({
      service: service.load,
      systems,
      sns,
      credentials,
      clock,
      signal,
      onProgress: output.progress,
    });
    if (failed.length > 0) throw new SystemsFailedError(failed, systems.length);
  }
  const firstMessageId = reserveIds(context.random);
  const runSeconds = paced.timeline(options).endSeconds;
  const environment: Record<string, string> = {
    ...scriptEnvironment({ ...options, systems }, paced, await snsUrlOf(sns), firstMessageId),
    HEADROOM_RUN_SECONDS: String(runSeconds),
  };
  const stageConfig = stageOf(fleet, stage);
  const path = scriptOf(fleet.service, name);
  const known = { AWS_ACCESS_KEY_ID: 'unused', AWS_SECRET_ACCESS_KEY: 'unused' };
  const script = await loadScript(path, { ...environment, ...known }, () => undefined);
  const functions = [...new Set(Object.values(script.options.scenarios).map(({ exec }) => exec))];
  const perSecond = perSecondOf(systems) * (options.rateScale ?? paced.rateScale);
  const neededInstances = Math.ceil(perSecond / limits.generator.requestsPerSecond);
  const release = releaseOf(systems);
  const plan: ExportPlan = {
    file: {
      schemaVersion: 1,
      runId: options.runId,
      profile: name,
      judged,
      stage,
      place: connection.place,
      commit: await context.currentCommit(),
      configurationHash,
      ...(release === undefined ? {} : { release }),
      rampSeconds: options.rampSeconds,
      holdSeconds: options.holdSeconds,
      periodSeconds: stageConfig.periodSeconds,
      systems: systems.map(({ system }) => system),
      firstMessageId,
      instances: options.instances ?? neededInstances,
      environment,
    },
    script: await bundleForK6(path, functions, `// ${name} of ${stage}, run ${options.runId}`),
    runSeconds,
    perSecond,
    neededInstances,
    policy: connection.place === 'aws' ? rolePolicy(systems, stageConfig.runsOn?.stage ?? stage) : null,
  };
  await writeExport(plan, engine, resolve(directory));
  return plan;
}

/** Requests and messages at the expected peaks: a call of SNS may have several messages, and then it is fewer. */
const perSecondOf = (systems: Target['systems']): number =>
  systems.reduce(
    (sum, { expectedPeak: { requestsPerSecond, messagesPerSecond } }) =>
      sum + requestsPerSecond + messagesPerSecond,
    0,
  );
