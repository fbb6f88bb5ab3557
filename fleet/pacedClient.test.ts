import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeStatementCommand, RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { beforeEach, expect, it } from 'vitest';
import type { Clock } from '../core/clock.ts';
import { AwsEndpoint, AwsFault } from '../service/testing/awsEndpoint.ts';
import { paced } from './pacedClient.ts';

/** Time that passes only where somebody sleeps. */
class SleepingClock implements Clock {
  #nowMs = Date.now();
  readonly #startMs = this.#nowMs;
  now = (): number => this.#nowMs;
  sleep = (durationMs: number): Promise<void> => {
    const wakeMs = this.#nowMs + durationMs;
    return Promise.resolve().then(() => {
      this.#nowMs = Math.max(this.#nowMs, wakeMs);
    });
  };
  get sleptMs(): number {
    return this.#nowMs - this.#startMs;
  }
}

let aws: AwsEndpoint;
let clock: SleepingClock;
beforeEach(async () => {
  aws = await AwsEndpoint.start();
  clock = new SleepingClock();
  return () => aws.stop();
});

const quotas = [{ service: 'redshift-data', actions: ['DescribeStatement'], perSecond: 20 }];

it('lets calls go at its share of the rate', async () => {
  aws.actions.set('DescribeStatement', () => ({ Status: 'FINISHED' }));
  const client = paced(new RedshiftDataClient(aws.clientConfig), { share: 0.5, clock, quotas });
  await Promise.all(Array.from({ length: 25 }, () => client.send(new DescribeStatementCommand({ Id: '1' }))));
  // Ten at once, and fifteen more at ten a second.
  expect(clock.sleptMs).toBeCloseTo(1_500, -1);
});

it('waits for what is refused, without the retries that all calls of a client share', async () => {
  let refused = 0;
  aws.actions.set('DescribeStatement', ({ Id }) => {
    if (refused < 3) {
      refused += 1;
      throw new AwsFault('ThrottlingException', 'Rate exceeded');
    }
    return { Id };
  });
  const client = paced(new RedshiftDataClient({ ...aws.clientConfig, maxAttempts: 1 }), {
    share: 1,
    clock,
    quotas,
  });
  const { Id } = await client.send(new DescribeStatementCommand({ Id: 'waited' }));
  expect(Id).toBe('waited');
  expect(clock.sleptMs).toBeGreaterThanOrEqual(3_000);
});

it('gives up on what is refused for half a minute, with AWS’s words', async () => {
  aws.actions.set('DescribeStatement', () => {
    throw new AwsFault('ThrottlingException', 'Rate exceeded');
  });
  const client = paced(new RedshiftDataClient(aws.clientConfig), { share: 1, clock, quotas });
  await expect(client.send(new DescribeStatementCommand({ Id: '1' }))).rejects.toThrow('Rate exceeded');
  expect(aws.calls).toHaveLength(31);
  expect(clock.sleptMs).toBeGreaterThanOrEqual(30_000);
});

it('leaves other errors, and other services, alone', async () => {
  aws.actions.set('DescribeStatement', () => {
    throw new AwsFault('ResourceNotFoundException', 'no such statement');
  });
  const client = paced(new RedshiftDataClient(aws.clientConfig), { share: 1, clock, quotas });
  await expect(client.send(new DescribeStatementCommand({ Id: '1' }))).rejects.toThrow('no such statement');
  aws.actions.set('DescribeAlarms', () => ({ MetricAlarms: [] }));
  const cloudWatch = paced(new CloudWatchClient(aws.clientConfig), { share: 0.001, clock, quotas });
  for (let each = 0; each < 5; each += 1) await cloudWatch.send(new DescribeAlarmsCommand({}));
  expect(clock.sleptMs).toBe(0);
});
