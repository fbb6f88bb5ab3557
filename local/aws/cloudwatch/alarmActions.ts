import type { AlarmState } from '../../../cloudwatch/alarmEvaluator.ts';
import type { AlarmHistory, HistoryItem } from './alarmHistory.ts';
import type { Notification } from './alarmNotification.ts';

/** What an alarm of either kind says of its actions. */
export interface ActionProperties {
  AlarmName: string;
  ActionsEnabled: boolean;
  AlarmActions: readonly string[];
  OKActions: readonly string[];
  InsufficientDataActions: readonly string[];
}

/** Runs alarms' actions: publishes to their topics, and keeps in the history what came of it. */
export class AlarmActions {
  readonly #publish: (topicArn: string, notification: Notification) => Promise<void>;
  readonly #history: AlarmHistory;

  constructor(
    publish: (topicArn: string, notification: Notification) => Promise<void>,
    history: AlarmHistory,
  ) {
    this.#publish = publish;
    this.#history = history;
  }

  /** One action that fails does not keep the others from running. */
  async run(
    properties: ActionProperties,
    state: AlarmState,
    notification: Notification,
    { alarmType, atMs }: { alarmType: HistoryItem['alarmType']; atMs: number },
  ): Promise<void> {
    if (!properties.ActionsEnabled) return;
    const actions = {
      ALARM: properties.AlarmActions,
      OK: properties.OKActions,
      INSUFFICIENT_DATA: properties.InsufficientDataActions,
    }[state];
    await Promise.all(
      actions.map(async (action) => {
        const error = await this.#deliver(action, notification);
        this.#history.record({
          alarmName: properties.AlarmName,
          alarmType,
          timestampMs: atMs,
          type: 'Action',
          summary: error
            ? `Failed to execute action ${action}: ${error}`
            : `Successfully executed action ${action}`,
          data: { actionState: error ? 'Failed' : 'Succeeded', notificationResource: action },
        });
      }),
    );
  }

  /** What went wrong, or undefined. */
  async #deliver(action: string, notification: Notification): Promise<string | undefined> {
    if (!action.startsWith('arn:aws:sns:')) return 'only SNS topics are supported as actions on this stage';
    try {
      await this.#publish(action, notification);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}
