import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Clock } from '../../../core/clock.ts';
import type { SystemDocument } from '../../../fleet/systemDocument.ts';
import { systemAt } from '../../../loadtests/runner/testing/systems.ts';
import { service } from '../../../service/testing/service.ts';
import type { RemovalOptions } from '../removeFromSystem.ts';

const { table } = service.definition.rows[0]!;

/** A system's tables, queue and dead letters in memory, as far as a removal asks them. */
export class StoringStage {
  readonly document: SystemDocument = systemAt('system-01', 'http://127.0.0.1:1', 30);
  readonly rows = new Set<number>();
  /** Ids of messages that wait, and those that were given up. */
  queue: number[] = [];
  deadLetters: number[] = [];
  /** What the subscriber stores of the queue in a second. */
  storesPerSecond = 0;
  /** Told each call, before it is answered and after: for a kill, by not returning. */
  onCall: (when: 'before' | 'after', command: string) => Promise<void> = () => Promise.resolve();
  /** Set, the database answers nothing but this. */
  databaseError: string | null = null;
  nowMs = Date.UTC(2026, 10, 3, 11);
  /** What the last statement found. */
  #found: object = {};

  readonly clock: Clock = {
    now: () => this.nowMs,
    sleep: (ms) => {
      this.nowMs += ms;
      for (const id of this.queue.splice(0, Math.ceil((this.storesPerSecond * ms) / 1_000)))
        this.rows.add(id);
      return Promise.resolve();
    },
  };

  get connection(): RemovalOptions['connection'] {
    const send = async (command: { constructor: { name: string }; input: unknown }): Promise<object> => {
      const { name } = command.constructor;
      await this.onCall('before', name);
      const answer = this.#answer(name, command.input as Record<string, unknown>);
      await this.onCall('after', name);
      return answer;
    };
    const region = 'us-east-1';
    return {
      place: 'local',
      clients: {
        sqs: Object.assign(new SQSClient({ region }), { send }),
        dataApi: Object.assign(new RedshiftDataClient({ region }), { send }),
      },
    } as unknown as RemovalOptions['connection'];
  }

  #answer(name: string, input: Record<string, unknown>): object {
    const { QueueUrl: url = '' } = input as { QueueUrl?: string };
    switch (name) {
      case 'ExecuteStatementCommand':
        if (this.databaseError !== null) throw new Error(this.databaseError);
        this.#found = this.#answerTo(input as { Sql: string; Parameters?: { value: string }[] });
        return { Id: 'query' };
      case 'BatchExecuteStatementCommand': {
        if (this.databaseError !== null) throw new Error(this.databaseError);
        const statements = input['Sqls'] as string[];
        const removal = statements.find((sql) => sql.startsWith(`DELETE FROM "${table}" `))!;
        for (const id of this.#within(removal)) this.rows.delete(id);
        return { Id: 'removal' };
      }
      case 'DescribeStatementCommand':
        return { Status: 'FINISHED', HasResultSet: input['Id'] === 'query' };
      case 'GetStatementResultCommand':
        return this.#found;
      case 'GetQueueAttributesCommand':
        return { Attributes: { ApproximateNumberOfMessages: String(this.#queueAt(url).length) } };
      case 'ReceiveMessageCommand': {
        const ids = this.#queueAt(url).splice(0, 10);
        const Messages = ids.map((id) => ({ Body: JSON.stringify({ id }), ReceiptHandle: String(id) }));
        this.#held.push(...ids);
        return { Messages };
      }
      case 'ChangeMessageVisibilityBatchCommand':
        this.#queueAt(url).push(...this.#held.splice(0));
        return {};
      case 'DeleteMessageBatchCommand': {
        const gone = (input['Entries'] as { ReceiptHandle: string }[]).map((one) =>
          Number(one.ReceiptHandle),
        );
        this.#held = this.#held.filter((id) => !gone.includes(id));
        return {};
      }
      default:
        throw new Error(`no answer to ${name}`);
    }
  }

  /** How many ids there are, or which ones. */
  #answerTo({ Sql, Parameters = [] }: { Sql: string; Parameters?: { value: string }[] }): object {
    if (!Sql.includes('GROUP BY')) {
      return { ColumnMetadata: [{ name: 'ids' }], Records: [[{ longValue: this.#within(Sql).length }]] };
    }
    const [first = 0, end = 0] = Parameters.map(({ value }) => Number(value));
    const ids = [...this.rows].filter((id) => id >= first && id < end);
    return {
      ColumnMetadata: [{ name: 'id' }, { name: 'copies' }],
      Records: ids.map((id) => [{ longValue: id }, { longValue: 1 }]),
    };
  }

  /** Read, and neither given back nor deleted yet. */
  #held: number[] = [];

  #queueAt(url: string): number[] {
    const { subscriber, deadLetter } = this.document.queues;
    if (url === subscriber.url) return this.queue;
    return url === deadLetter.url ? this.deadLetters : [];
  }

  #within(sql: string): number[] {
    const [, first = 0, end = 0] = /"id" >= (\d+) AND "id" < (\d+)/.exec(sql) ?? [];
    return [...this.rows].filter((id) => id >= Number(first) && id < Number(end));
  }
}
