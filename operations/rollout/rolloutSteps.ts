import { StageNotFoundError } from '../../fleet/errors.ts';
import { readDocuments, wholeDocument } from '../../fleet/discovery.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import { describeAlarms } from '../../monitoring/namedAlarms.ts';
import { schemaOf } from '../../fleet/service.ts';
import { migrate } from '../../service/redshift/migrate.ts';
import type { Connection } from '../connection.ts';
import type { OperationContext } from '../context.ts';
import { smokeProfile } from '../../loadtests/runner/load.ts';
import { loadStage } from '../loadStage.ts';
import { findSystems } from '../target.ts';
import { deployWithCdk, type Cdk } from './deployStack.ts';
import type { RolloutSteps } from './rollOut.ts';

export interface RolloutStepsOptions {
  context: OperationContext;
  stage: string;
  fleet: Fleet;
  configurationHash: string;
  connection: Connection;
  cdk: Cdk;
  /** The synthesized templates. */
  assemblyDirectory: string;
  /** A directory of its own for each smoke test's record. */
  newRunDirectory: () => string;
}

/** A rollout's steps on a real stage: alarms and databases through AWS's APIs, stacks through `cdk`. */
export function rolloutSteps(options: RolloutStepsOptions): RolloutSteps {
  const { context, stage, connection, cdk, assemblyDirectory } = options;
  const { clients } = connection;
  const { clock, output, signal } = context;
  return {
    alarms: async (names) =>
      (await describeAlarms(clients.cloudWatch, names, () => signal)).map(
        ({ AlarmName = '', AlarmArn = '', StateValue }) => ({
          name: AlarmName,
          arn: AlarmArn,
          firing: StateValue === 'ALARM',
        }),
      ),
    deploy: (deployment) => deployWithCdk(cdk, assemblyDirectory, deployment),
    migrate: async (system) => {
      const found = await published(options, system);
      if (!found) return;
      const onProgress = (line: string) => output.progress(`${system}: ${line}`);
      const { applied } = await migrate({
        ...schemaOf(options.fleet.service),
        ...clients,
        cluster: wholeDocument(found).cluster,
        clock,
        onProgress,
      });
      if (applied.length > 0) output.progress(`${system}: applied ${applied.join(', ')}`);
    },
    smoke: async (names) => {
      const { fleet, configurationHash, newRunDirectory } = options;
      const systems = await findSystems(clients, stage, names);
      const target = { stage, fleet, configurationHash, connection, systems };
      const profile = { profile: smokeProfile, engine: 'embedded', rampSeconds: 0, holdSeconds: 0 } as const;
      const run = await loadStage(context, target, profile, newRunDirectory());
      return run.complete && run.thresholds.every(({ ok }) => ok);
    },
  };
}

/** The system as it is deployed; undefined for one that is still to come. */
async function published({ connection, stage }: RolloutStepsOptions, system: string) {
  try {
    const { systems } = await readDocuments(connection.clients.ssm, stage);
    return systems.find((one) => one.system === system);
  } catch (error) {
    if (error instanceof StageNotFoundError) return undefined;
    throw error;
  }
}
