import { Duration } from 'aws-cdk-lib';
import type { ISecurityGroup, ISubnet, IVpc } from 'aws-cdk-lib/aws-ec2';
import type { Role } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  Code,
  Function,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { FunctionEntry } from '../bundle.ts';
import { logGroupName } from '../../fleet/names.ts';
import { functionRole } from './functionRole.ts';
import { ownLogGroup } from './ownLogGroup.ts';

export interface BundledFunctionProps {
  functionName: string;
  description: string;
  /** Which of the bundled modules it runs. */
  entry: FunctionEntry;
  /** Directory of the bundle (infra/bundle.ts), the same for all functions. */
  codeDirectory: string;
  memoryMiB: number;
  timeoutMs: number;
  environment: Record<string, string>;
  /** Left out: bounded by what invokes it. */
  reservedConcurrency?: number;
  /** Left out: outside any VPC. */
  network?: { vpc: IVpc; subnets: ISubnet[]; securityGroups: ISecurityGroup[] };
}

/**
 * Lambda's own lines about invocations that went well cost as much as all else that a request writes, and repeat what
 * its metrics say; of the others it writes its report (System log level event mapping,
 * lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html). Levels are for the JSON format alone. A line without a
 * level, as every line of metrics, counts as INFO: at WARN there would be no metrics.
 */
const loggingConfig = {
  loggingFormat: LoggingFormat.JSON,
  systemLogLevelV2: SystemLogLevel.WARN,
  applicationLogLevelV2: ApplicationLogLevel.INFO,
};

/** A function of the shared bundle with a role and a log group of its own. */
export class BundledFunction extends Construct {
  readonly function: Function;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: BundledFunctionProps) {
    super(scope, id);
    const { functionName, network, reservedConcurrency } = props;
    const logGroup = ownLogGroup(this, 'Logs', logGroupName(functionName));
    this.role = functionRole(this, 'Role', { functionName, inNetwork: network !== undefined });
    logGroup.grantWrite(this.role);
    this.function = new Function(this, 'Function', {
      functionName,
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(props.codeDirectory),
      handler: `${props.entry}.handler`,
      memorySize: props.memoryMiB,
      timeout: Duration.millis(props.timeoutMs),
      environment: props.environment,
      role: this.role,
      logGroup,
      ...loggingConfig,
      ...(reservedConcurrency !== undefined && { reservedConcurrentExecutions: reservedConcurrency }),
      ...(network && {
        vpc: network.vpc,
        vpcSubnets: { subnets: network.subnets },
        securityGroups: network.securityGroups,
      }),
    });
  }
}
