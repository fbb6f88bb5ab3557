import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../core/clock.ts';
import { documentOf } from '../../fleet/testing/systemDocument.ts';
import { AwsEndpoint, AwsFault } from '../../service/testing/awsEndpoint.ts';
import { findLeftovers, removeLeftovers, type SweepOptions } from './sweep.ts';

const nowMs = Date.parse('2026-11-26T03:00:00Z');
const long = new Date(nowMs - 7 * 3_600_000).toISOString();
const lately = new Date(nowMs - 3_600_000).toISOString();

interface Stack {
  description: string;
  created: string;
  /** One a look after its deletion was asked for; the last stays. */
  deletion?: string[];
}

/** Time passes as soon as somebody sleeps. */
function sleepless(startMs: number): Clock {
  let now = startMs;
  return {
    now: () => now,
    sleep: (ms) => {
      now += ms;
      return Promise.resolve();
    },
  };
}

let stacks: Map<string, Stack>;
let asked: string[];
let server: Server;
let data: AwsEndpoint;
let options: SweepOptions;
let controller: AbortController;
let progress: string[];
let sql: string[];

beforeEach(async () => {
  stacks = new Map();
  asked = [];
  sql = [];
  progress = [];
  server = createServer((request, response) => {
    void text(request).then((body) => {
      const form = new URLSearchParams(body);
      const action = form.get('Action')!;
      const name = form.get('StackName')?.replace('arn:', '') ?? '';
      asked.push([action, name].join(' ').trim());
      const result = {
        // A page a stack, as an account with many has more than one.
        ListStacks: () => {
          const page = Number(form.get('NextToken') ?? 0);
          const one = [...stacks][page];
          if (!one) return '<StackSummaries/>';
          const [StackName, { description, created }] = one;
          return `<StackSummaries><member><StackName>${StackName}</StackName><StackId>arn:${StackName}</StackId>
            <TemplateDescription>${description}</TemplateDescription><CreationTime>${created}</CreationTime>
            <StackStatus>CREATE_COMPLETE</StackStatus></member></StackSummaries><NextToken>${page + 1}</NextToken>`;
        },
        DeleteStack: () => '',
        DescribeStacks: () => {
          const { deletion = ['DELETE_COMPLETE'] } = stacks.get(name)!;
          const status = deletion.length > 1 ? deletion.shift() : deletion[0];
          return `<Stacks><member><StackName>${name}</StackName><CreationTime>${long}</CreationTime>
            <StackStatus>${status}</StackStatus><StackStatusReason>in use</StackStatusReason></member></Stacks>`;
        },
      }[action]!();
      response.setHeader('content-type', 'text/xml');
      response.end(`<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  data = await AwsEndpoint.start();
  let schemas = ['public', 'test_1', 'test_3'];
  data.actions.set('ExecuteStatement', ({ Sql, ClusterIdentifier }) => {
    sql.push(`${String(ClusterIdentifier)}: ${String(Sql).replaceAll(/\s+/g, ' ')}`);
    const dropped = /DROP SCHEMA IF EXISTS "(\w+)"/.exec(String(Sql))?.[1];
    schemas = schemas.filter((schema) => schema !== dropped);
    return { Id: dropped ?? 'list' };
  });
  data.actions.set('DescribeStatement', ({ Id }) => ({ Status: 'FINISHED', HasResultSet: Id === 'list' }));
  data.actions.set('GetStatementResult', () => ({
    ColumnMetadata: [{ name: 'name' }],
    Records: schemas.map((schema) => [{ stringValue: schema }]),
  }));
  controller = new AbortController();
  options = {
    cloudFormation: new CloudFormationClient({
      ...data.clientConfig,
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    }),
    dataApi: new RedshiftDataClient(data.clientConfig),
    stages: ['test'],
    systems: [documentOf('orders', 'http://api')],
    leftAfterMs: 6 * 3_600_000,
    clock: sleepless(nowMs),
    signal: controller.signal,
    onProgress: (line) => progress.push(line),
  };
});
afterEach(async () => {
  await data.stop();
  server.closeAllConnections();
  server.close();
});

const ofRun = (run: string, system = 'orders') => `Headroom test-${run}: ${system}, for one run`;

describe('a sweep', () => {
  it("finds what is left of runs, and nothing of a run under way, of the stage itself or of somebody else's", async () => {
    stacks.set('test-1-orders', { description: ofRun('1'), created: long });
    stacks.set('test-2-orders', { description: ofRun('2'), created: lately });
    stacks.set('test-app-backend', { description: 'The backend', created: long });
    stacks.set('test-9-orders', { description: ofRun('8'), created: long });
    stacks.set('qa-orders', { description: 'Headroom qa: orders', created: long });
    const { leftovers, spared, failed } = await findLeftovers(options);
    expect(leftovers.map(({ stage, stacks: left, schemas }) => [stage, left.length, schemas.length])).toEqual(
      [
        ['test-1', 1, 1],
        ['test-3', 0, 1],
      ],
    );
    expect(spared).toEqual([{ stage: 'test-2', reason: 'test-2-orders was changed 1.0 hours ago' }]);
    expect(failed).toEqual([]);
    // A run makes its stacks before its schemas.
    expect(asked).toHaveLength(6);
    expect(sql).toEqual([expect.stringMatching(/^\S+orders\S*: SELECT n\.nspname/)]);
  });

  it('removes schemas, then stacks, waits until these are gone, and finds nothing afterwards', async () => {
    stacks.set('test-1-orders', {
      description: ofRun('1'),
      created: long,
      deletion: ['DELETE_IN_PROGRESS', 'DELETE_IN_PROGRESS', 'DELETE_COMPLETE'],
    });
    const { leftovers } = await findLeftovers(options);
    const { removed, failed } = await removeLeftovers(options, leftovers);
    expect(failed).toEqual([]);
    expect(removed).toEqual(['schema test_1 of orders', 'schema test_3 of orders', 'stack test-1-orders']);
    expect(progress).toEqual(removed.map((what) => `removed ${what}`));
    expect(asked.slice(2)).toEqual([
      'DeleteStack test-1-orders',
      ...Array.from({ length: 3 }, () => 'DescribeStacks test-1-orders'),
    ]);
    // Two looks at the stack; those at the statements are some milliseconds.
    expect(Math.floor((options.clock.now() - nowMs) / 1_000)).toBe(20);
    stacks.clear();
    expect(await findLeftovers(options)).toEqual({ leftovers: [], spared: [], failed: [] });
  });

  it('says what it could not remove, and removes the rest', async () => {
    const stuck = { description: ofRun('1', 'orders'), created: long, deletion: ['DELETE_FAILED'] };
    stacks.set('test-1-orders', stuck);
    stacks.set('test-1-slow', {
      description: ofRun('1', 'slow'),
      created: long,
      deletion: ['DELETE_IN_PROGRESS'],
    });
    stacks.set('test-1-good', { description: ofRun('1', 'good'), created: long });
    data.actions.set('ExecuteStatement', () => {
      throw new AwsFault('ValidationException', 'the cluster is paused');
    });
    const found = await findLeftovers(options);
    expect(found.failed).toEqual([
      expect.stringMatching(/^orders: its database could not be asked .*the cluster is paused/),
    ]);
    const { removed, failed } = await removeLeftovers(options, found.leftovers);
    expect(removed).toEqual(['stack test-1-good']);
    expect(failed.sort()).toEqual([
      'stack test-1-orders: DELETE_FAILED in use',
      'stack test-1-slow: is still DELETE_IN_PROGRESS after 50 minutes',
    ]);
  });

  it('ends when it is interrupted', async () => {
    stacks.set('test-1-orders', { description: ofRun('1'), created: long });
    const { leftovers } = await findLeftovers(options);
    controller.abort(new Error('enough'));
    await expect(removeLeftovers(options, leftovers)).rejects.toThrow('enough');
    expect(asked.some((one) => one.startsWith('DeleteStack'))).toBe(false);
  });
});
