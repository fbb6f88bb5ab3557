import type { Fleet } from '../../fleet/fleet.ts';
import { EvidenceForbiddenError } from '../errors.ts';
import { askEvidence, type EvidenceOptions } from '../evidence/askEvidence.ts';
import { RecordError } from '../../records/errors.ts';
import { StageNotFoundError } from '../../fleet/errors.ts';
import { settleAtMost } from '../../core/settleAtMost.ts';
import { limits } from '../../monitoring/limits.ts';
import { readDocuments, type Discovery } from '../../fleet/discovery.ts';
import type { Clock } from '../../core/clock.ts';
import type { Connection } from '../connection.ts';
import { advisedFor } from './advised.ts';
import { checkApiRate } from './apiRate.ts';
import { asked, missing, ok, unknown, type Finding } from './check.ts';
import { checkGenerator } from './generator.ts';
import { checkProvenPeaks } from './provenPeaks.ts';
import { checkRuns } from './runs.ts';
import {
  checkAdopted,
  checkAlarms,
  checkOnCall,
  checkRule,
  checkSchema,
  checkSecrets,
  checkSystems,
} from './stage.ts';

export interface DoctorOptions {
  fleet: Fleet;
  configurationHash: string;
  /** The configuration's path, where it is not the one that commands read anyway. */
  config: string | null;
  /** Of the code here. */
  release: string;
  stage: string;
  connection: Connection;
  /** Where `k6` is looked for. */
  path: string;
  clock: Clock;
  signal: AbortSignal;
  /** Whether the stage is about to be deployed: then it need not have yet what that brings. */
  beforeDeployment: boolean;
}

/**
 * What is missing before a stage can be trusted. Changes nothing. On this machine nobody is on call and no
 * verdict authorises a deployment: there, neither is asked for.
 * @throws StageNotFoundError when nothing of the stage is published, unless it is about to be deployed.
 */
export async function examine(options: DoctorOptions): Promise<Finding[]> {
  const findings = await everything(options);
  if (options.beforeDeployment) return findings;
  return findings.map((finding) => (finding.state === 'later' ? { ...finding, state: 'missing' } : finding));
}

async function everything(options: DoctorOptions): Promise<Finding[]> {
  const { fleet, stage, connection, clock, signal } = options;
  const advised = advisedFor(options.config);
  const { clients, place } = connection;
  const discovery = await discover(options);
  const { systems } = discovery;
  const ofEach = async (
    check: string,
    text: string,
    ask: (system: (typeof systems)[number]) => Promise<Finding[]>,
  ): Promise<Finding[]> => {
    const settled = await settleAtMost(systems, limits.systemsAtOnce, ask, signal);
    const findings = settled.flatMap((one) =>
      one.state === 'done' ? one.result : [unknown(check, one.error, one.item.system)],
    );
    return findings.length > 0 ? findings : [ok(check, text)];
  };
  const [first] = systems;
  const none = Promise.resolve<Finding[]>([]);
  const parts = await Promise.all([
    ofEach('secrets', 'of every system', (system) => checkSecrets(clients, system)),
    ofEach('schema', 'current in every database', (system) =>
      checkSchema(clients, fleet, stage, system, clock, advised),
    ),
    ofEach(
      'network',
      'every system has the rule from its functions to its database; whether they can connect was not tested',
      (system) => checkRule(clients, stage, system, advised),
    ),
    asked('alarms', () => checkAlarms(clients, stage, systems, signal, advised)),
    place === 'aws'
      ? asked('on-call', () =>
          checkOnCall(clients, { stage, region: fleet.region, nobody: fleet.onCall.nobody[stage] }),
        )
      : none,
    place === 'aws' ? asked('api-rate', () => checkApiRate(clients, fleet, stage)) : none,
    place === 'aws' && first
      ? asked('proven-peak', () => checkProvenPeaks(clients.cloudWatch, fleet, stage, clock))
      : none,
    place === 'aws' ? asked('evidence', () => checkEvidence(options)) : none,
    place === 'aws' ? asked('runs', () => checkRuns(options, systems, advised)) : none,
    asked('k6', () => checkGenerator(options.path)),
  ]);
  return [...checkSystems(fleet, stage, discovery, advised), ...checkAdopted(discovery), ...parts.flat()];
}

/** Before its first deployment a stage has nothing. */
async function discover({ connection, stage, beforeDeployment }: DoctorOptions): Promise<Discovery> {
  try {
    return await readDocuments(connection.clients.ssm, stage);
  } catch (error) {
    if (!beforeDeployment || !(error instanceof StageNotFoundError)) throw error;
    return { systems: [], unreadable: [] };
  }
}

/** The stage that proves for this one has a fresh pass of this configuration. */
export async function checkEvidence(options: EvidenceOptions): Promise<Finding[]> {
  try {
    const { by, evidence, against } = await askEvidence(options);
    return against.length === 0
      ? [ok('evidence', `the verdict of ${by} (${evidence?.runId}) authorises a deployment`)]
      : against.map((objection) => missing('evidence', `the verdict of ${by}: ${objection}`));
  } catch (error) {
    // What is there does not authorise a deployment, and is to be mended: the question itself was answered.
    if (error instanceof RecordError || error instanceof EvidenceForbiddenError) {
      return [missing('evidence', error.message)];
    }
    throw error;
  }
}
