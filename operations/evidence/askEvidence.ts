import { SSMClient } from '@aws-sdk/client-ssm';
import type { Clock } from '../../core/clock.ts';
import { ownSystems, type Fleet } from '../../fleet/fleet.ts';
import { fleetNames, partitionOf } from '../../fleet/names.ts';
import { provingOf, type Proving } from '../../fleet/provingStage.ts';
import { assumedRole } from '../../monitoring/assumedRole.ts';
import type { DeploymentEvidence } from '../../records/deploymentEvidence.ts';
import type { Connection } from '../connection.ts';
import { EvidenceForbiddenError } from '../errors.ts';
import { objections } from './deploymentEvidence.ts';
import { readDeploymentEvidence } from './deploymentEvidenceStore.ts';

export interface EvidenceOptions {
  fleet: Fleet;
  /** The stage that is to be deployed. */
  stage: string;
  configurationHash: string;
  /** Of the code that is to be deployed (`infra/release.ts`). */
  release: string;
  /** In the account of that stage. */
  connection: {
    place: Connection['place'];
    clients: Pick<Connection['clients'], 'ssm' | 'sts'>;
  };
  clock: Clock;
}

export interface EvidenceAnswer {
  /** The stage that proves it. */
  by: string;
  /** The newest that is kept; null for none. */
  evidence: DeploymentEvidence | null;
  /** Why it does not authorise a deployment; empty when it does. */
  against: string[];
}

/**
 * May the stage be deployed? Asked where the stage that proves it keeps its evidence, which may be another account.
 * @throws RecordError when what is kept cannot be read
 * @throws EvidenceForbiddenError when these credentials may not read it
 */
export async function askEvidence(options: EvidenceOptions): Promise<EvidenceAnswer> {
  const { fleet, stage, configurationHash, release, connection, clock } = options;
  const proving = provingOf(fleet.stages, stage);
  const by = proving.stage;
  const evidence = await readFrom(options, proving);
  const { place } = connection;
  const against = objections(evidence, {
    stage: by,
    configurationHash,
    release,
    systems: ownSystems(fleet).map(({ name }) => name),
    nowMs: clock.now(),
    place,
  });
  return { by, evidence, against };
}

async function readFrom(
  { fleet, stage, connection }: EvidenceOptions,
  { stage: by, account }: Proving,
): Promise<DeploymentEvidence | null> {
  if (account === undefined) return readDeploymentEvidence(connection.clients.ssm, by);
  const { region } = fleet;
  const roleArn = `arn:${partitionOf(region)}:iam::${account}:role/${fleetNames(by).evidenceReaderRole}`;
  const credentials = assumedRole(connection.clients.sts, roleArn, `headroom-${stage}-evidence`);
  const ssm = new SSMClient({ region, credentials });
  try {
    return await readDeploymentEvidence(ssm, by);
  } catch (error) {
    if (error instanceof Error && /^AccessDenied(Exception)?$/.test(error.name)) {
      throw new EvidenceForbiddenError(by, account, roleArn, { cause: error });
    }
    throw error;
  } finally {
    ssm.destroy();
  }
}
