import type { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { RDSClient } from '@aws-sdk/client-rds';
import type { RedshiftClient } from '@aws-sdk/client-redshift';
import type { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import type { SchedulerClient } from '@aws-sdk/client-scheduler';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { DocumentPart, SystemDocument } from '../../fleet/systemDocument.ts';
import type { Clock } from '../../core/clock.ts';
import type { DrillIdentity } from '../identity.ts';
import type { Publisher } from '../publisher.ts';
import type { Permission } from '../permissions.ts';
import type { ScheduledCall } from '../safetyNet.ts';

/** The SDK clients a drill works through. */
export interface DrillClients {
  apiGateway: APIGatewayClient;
  ec2: EC2Client;
  cloudWatch: CloudWatchClient;
  lambda: LambdaClient;
  sns: SNSClient;
  sqs: SQSClient;
  dataApi: RedshiftDataClient;
  rds: RDSClient;
  redshift: RedshiftClient;
  scheduler: SchedulerClient;
}

export interface FaultContext {
  clients: DrillClients;
  clock: Clock;
  /** What publishes the drill's good messages meanwhile. */
  publisher: Pick<Publisher, 'slipIn'>;
  /** Asks a long injection to stop; a single change under way is finished first. */
  signal: AbortSignal;
  /** Keeps in the journal how far an injection of several changes has come, as plain JSON; its restore is told. */
  note: (what: unknown) => Promise<void>;
}

export interface RestoreContext {
  clients: RestoreClients;
  clock: Clock;
  /** When the fault was about to be put in place, Unix milliseconds. */
  injectedAtMs: number;
  /** What its injection noted. */
  reached: readonly unknown[];
}

/** What undoing a fault may take. */
export type RestoreClients = Pick<DrillClients, 'apiGateway' | 'ec2' | 'lambda' | 'sqs'>;

/** A fault as the journal keeps it: plain JSON. */
export interface FaultPlan {
  arguments: unknown;
  /** What `restore` needs; null: the fault heals by itself. */
  inverse: unknown;
}

/** One way to hurt a system. chaos/README.md tells how to add one. */
export interface Fault {
  /** The name it is registered under, and its file's. */
  readonly name: string;
  /** Whether users feel it: what does is undone before all else. */
  readonly cutsTraffic: boolean;
  /** What of a system's document it reads, of what an adopted one may lack. */
  readonly needs: readonly DocumentPart[];
  /** @param system has what the fault needs: `planOf` (chaos/lacking.ts) has looked */
  plan(system: SystemDocument, identity: DrillIdentity): FaultPlan;
  /** Why the fault could not take effect now, in one sentence; null when it could. */
  obstacle(planned: unknown, clients: DrillClients): Promise<string | null>;
  /**
   * What AWS must allow for it to be put in place and undone: asked where a way to ask changes nothing, else named. What
   * only reads is not among it, since a dry run looks.
   */
  permissions(plan: FaultPlan, clients: DrillClients): Promise<Permission[]>;
  /**
   * Puts the fault in place and resolves when it is.
   * @throws FaultNotAppliedError when there was nothing to take away.
   */
  inject(planned: unknown, context: FaultContext): Promise<void>;
  /**
   * Why the fault is not in place any more, in one sentence; null while it is. Somebody else may undo it under the
   * drill: a deployment, a remediation, a schedule. Left out where nobody can, or where it heals by itself.
   */
  lapse?(planned: unknown, clients: DrillClients): Promise<string | null>;
  /**
   * Undoes it, also when it was never applied or is undone already, and resolves when that is seen.
   * A fault that heals by itself has nothing to do here.
   * @returns what whoever restores should know of it, as one sentence; null mostly
   */
  restore(inverse: unknown, context: RestoreContext): Promise<string | null>;
  /**
   * The same as one call of an AWS API, which a schedule can make when the drill no longer can. Left out
   * where one call does not do it, or where the fault heals by itself.
   */
  restoreCall?(inverse: unknown): ScheduledCall;
}
