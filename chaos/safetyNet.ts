import {
  CreateScheduleCommand,
  DeleteScheduleCommand,
  SchedulerServiceException,
  type SchedulerClient,
} from '@aws-sdk/client-scheduler';
import { callLimit } from '../monitoring/callLimit.ts';

/** A call that EventBridge Scheduler makes by itself. */
export interface ScheduledCall {
  /** ARN of a universal target: any AWS API action. */
  target: string;
  /** The action's input, as the SDK spells it. */
  input: unknown;
}

export interface SafetyNet {
  /** At most 64 characters; begins with the stage, by which the caller's role is bounded. */
  name: string;
  call: ScheduledCall;
  /** What the schedule acts as. */
  roleArn: string;
  fireAtMs: number;
  description: string;
}

const minuteMs = 60_000;

/**
 * Arms a one-time schedule that undoes a fault also when the drill and its machine are gone; it deletes
 * itself once it has fired. Schedules fire within the minute they name, so it names the next whole one.
 * @returns its ARN
 */
export async function armSafetyNet(scheduler: SchedulerClient, net: SafetyNet): Promise<string> {
  const atMs = Math.ceil(net.fireAtMs / minuteMs) * minuteMs;
  const { ScheduleArn } = await scheduler.send(
    new CreateScheduleCommand({
      Name: net.name,
      ScheduleExpression: `at(${new Date(atMs).toISOString().slice(0, 19)})`,
      ScheduleExpressionTimezone: 'UTC',
      FlexibleTimeWindow: { Mode: 'OFF' },
      ActionAfterCompletion: 'DELETE',
      Description: net.description,
      Target: { Arn: net.call.target, RoleArn: net.roleArn, Input: JSON.stringify(net.call.input) },
    }),
    { abortSignal: callLimit() },
  );
  return ScheduleArn ?? '';
}

/** Takes it away once the fault is undone; one that has fired is gone already. */
export async function disarmSafetyNet(scheduler: SchedulerClient, scheduleArn: string): Promise<void> {
  // arn:aws:scheduler:region:account:schedule/group/name
  const [, GroupName, Name] = scheduleArn.split('/');
  try {
    await scheduler.send(new DeleteScheduleCommand({ Name, GroupName }), { abortSignal: callLimit() });
  } catch (error) {
    const gone = error instanceof SchedulerServiceException && error.name === 'ResourceNotFoundException';
    if (!gone) throw error;
  }
}
