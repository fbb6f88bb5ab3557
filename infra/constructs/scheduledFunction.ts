import { Duration } from 'aws-cdk-lib';
import { EventField, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { BundledFunction, type BundledFunctionProps } from './bundledFunction.ts';

export interface ScheduledFunctionProps extends BundledFunctionProps {
  everyMinutes: number;
  /** What the function is told beside the time it was due. Left out: EventBridge's own event. */
  input?: Record<string, unknown>;
  /** What its role may do. */
  statements: readonly PolicyStatement[];
}

/** A function of the fleet that runs by the clock. */
export function addScheduledFunction(scope: Construct, id: string, props: ScheduledFunctionProps): void {
  const { everyMinutes, input, statements, ...functionProps } = props;
  const { function: handler } = new BundledFunction(scope, id, functionProps);
  for (const statement of statements) handler.addToRolePolicy(statement);
  new Rule(scope, `${id}Schedule`, {
    ruleName: props.functionName,
    description: `Runs ${props.functionName}`,
    schedule: Schedule.rate(Duration.minutes(everyMinutes)),
    targets: [
      new LambdaFunction(
        handler,
        input && { event: RuleTargetInput.fromObject({ time: EventField.time, ...input }) },
      ),
    ],
  });
}
