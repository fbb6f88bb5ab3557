import { Duration, type Stack } from 'aws-cdk-lib';
import { EventField, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import { addStatements, type Statement } from './acknowledge.ts';
import { BundledFunction, type BundledFunctionProps } from './bundledFunction.ts';

export interface ScheduledFunctionProps extends BundledFunctionProps {
  everyMinutes: number;
  /** What the function is told beside the time it was due. Left out: EventBridge's own event. */
  input?: Record<string, unknown>;
  /** What its role may do. */
  statements: readonly Statement[];
}

/** A function of the fleet that runs by the clock. */
export function addScheduledFunction(scope: Construct, id: string, props: ScheduledFunctionProps): void {
  const { everyMinutes, input, statements, ...functionProps } = props;
  const { function: handler, role } = new BundledFunction(scope, id, functionProps);
  addStatements(role, statements);
  // A look that failed, or that waited for concurrency, is not repeated later: the next one is due by then.
  handler.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
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

/** Reading of SSM documents below paths. */
export const readsDocuments = (stack: Stack, paths: readonly string[]): Statement => ({
  actions: ['ssm:GetParametersByPath'],
  resources: paths.map((path) => `${stack.formatArn({ service: 'ssm', resource: 'parameter' })}${path}*`),
  patternReason: 'Every system of the stage, also those to come.',
});
