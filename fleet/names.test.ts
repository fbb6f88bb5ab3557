import { documentOf } from './testing/systemDocument.ts';
import { describe, expect, it } from 'vitest';
import { measurementsOf } from '../monitoring/measurements.ts';
import { signalsOf } from '../monitoring/signals.ts';
import { watchesOf } from '../monitoring/watches.ts';
import {
  alarmName,
  databaseName,
  databaseUsers,
  fleetNames,
  keyAliases,
  monitoredSystem,
  publishedSystem,
  usersIn,
  networkNames,
  runOfSchema,
  runOfStack,
  runSchema,
  runStackDescription,
  stackNames,
  stageMaxLength,
  systemMaxLength,
  systemNames,
} from './names.ts';
import { contract } from '../service/contract.ts';

const stage = 's'.repeat(stageMaxLength);
const system = 's'.repeat(systemMaxLength);

describe('names', () => {
  it('stay within the shortest AWS limit, 63 characters, for the longest stage and system', () => {
    const monitored = monitoredSystem(contract, stage, system, {
      connectionLimit: 1,
      apiReservedConcurrency: 1,
      subscriberMaximumConcurrency: 1,
    });
    const all = [
      ...Object.values(systemNames(contract, stage, system)),
      ...Object.values(databaseUsers(system)),
      databaseName(system),
      ...Object.values(fleetNames(stage)),
      ...Object.values(networkNames(contract, stage)),
      ...Object.values(keyAliases(stage)),
      ...Object.keys({ ...signalsOf(monitored, 60), ...watchesOf(monitored, 60) }).map((id) =>
        alarmName(stage, system, id),
      ),
      stackNames(stage).system(system),
    ];
    expect(all.filter((name) => name.length > 63)).toEqual([]);
    expect(Math.max(...all.map((name) => name.length))).toBeGreaterThan(stageMaxLength + systemMaxLength);
  });

  it('are what monitoring derives its metrics from', () => {
    const names = systemNames(contract, 'prod', 'orders');
    expect(
      monitoredSystem(contract, 'prod', 'orders', {
        connectionLimit: 500,
        apiReservedConcurrency: 10,
        subscriberMaximumConcurrency: 2,
      }),
    ).toEqual({
      system: 'orders',
      systemDimension: 'prod-orders',
      engine: 'redshift',
      errors: { metric: '5XXError' },
      publishesOwnMetrics: true,
      hasHealthcheck: true,
      isCalledByTopic: false,
      isProbed: true,
      apiName: names.api,
      apiFunctionName: names.apiFunction,
      subscriberFunctionName: names.subscriberFunction,
      clusterIdentifier: names.cluster,
      queueName: names.queue,
      deadLetterQueueName: names.deadLetterQueue,
      undeliveredQueueName: names.undeliveredQueue,
      connectionLimit: 500,
      apiReservedConcurrency: 10,
      subscriberMaximumConcurrency: 2,
    });
  });

  it('are those of the document where there is one, whatever stage and system are', () => {
    const capacity = { connectionLimit: 1, apiReservedConcurrency: 10, subscriberMaximumConcurrency: 2 };
    const own = documentOf('orders', 'https://api.example', 'prod');
    const derived = monitoredSystem(contract, 'prod', 'orders', { ...capacity, connectionLimit: 500 });
    const queue = (name: string) => ({ name, url: `https://sqs.example/${name}` });
    const adopted = {
      ...own,
      api: { ...own.api, name: 'OrdersApi' },
      functions: { api: 'orders-http', subscriber: 'orders-worker' },
      cluster: { ...own.cluster, identifier: 'warehouse', connectionLimit: 300 },
      queues: { subscriber: queue('in'), deadLetter: queue('dead'), undelivered: queue('unsent') },
    };
    expect(publishedSystem(adopted, capacity)).toEqual({
      ...derived,
      apiName: 'OrdersApi',
      apiFunctionName: 'orders-http',
      subscriberFunctionName: 'orders-worker',
      clusterIdentifier: 'warehouse',
      connectionLimit: 300,
      queueName: 'in',
      deadLetterQueueName: 'dead',
      undeliveredQueueName: 'unsent',
    });
    const { queues: _queues, ...without } = adopted;
    expect(publishedSystem(without, capacity)).not.toHaveProperty('queueName');
    expect(usersIn(own)).toMatchObject({ api: 'orders_api', subscriber: 'orders_subscriber' });
    const users = { api: 'reader', subscriber: 'writer' };
    expect(usersIn({ ...own, cluster: { ...own.cluster, users } })).toEqual(users);
  });

  it("keep two stages' metrics apart in one account", () => {
    const keysOf = (stageName: string): string[] => {
      const names = monitoredSystem(contract, stageName, 'orders', {
        connectionLimit: 1,
        apiReservedConcurrency: 1,
        subscriberMaximumConcurrency: 1,
      });
      return Object.values({ ...signalsOf(names, 60), ...measurementsOf(names, 60) }).map(
        ({ namespace, metricName, dimensions }) => JSON.stringify([namespace, metricName, dimensions]),
      );
    };
    const inQa = new Set(keysOf('qa'));
    expect(keysOf('prod').filter((key) => inQa.has(key))).toEqual([]);
  });

  it("tell two systems' database users apart on one server", () => {
    expect(databaseUsers('orders-eu').api).toBe('orders_eu_api');
    expect(databaseUsers('orders-eu').api).not.toBe(databaseUsers('orders-us').api);
  });

  it("tell a run's stacks and schemas from anybody else's, also where a stage's name has hyphens", () => {
    const stages = ['test', 'test-load'];
    const description = runStackDescription('test-4711', 'orders-eu');
    expect(runOfStack(stages, 'test-4711-orders-eu', description)).toBe('test-4711');
    expect(runOfStack(stages, 'test-4711-orders-us', description)).toBeUndefined();
    expect(runOfStack(stages, 'test-4711-orders-eu', 'The backend')).toBeUndefined();
    expect(runOfStack(['load'], 'test-4711-orders-eu', description)).toBeUndefined();
    const ofLoad = runStackDescription('test-load-1', 'orders');
    expect(runOfStack(stages, 'test-load-1-orders', ofLoad)).toBe('test-load-1');
    for (const run of ['test-4711', 'test-load-1']) expect(runOfSchema(stages, runSchema(run))).toBe(run);
    for (const schema of ['public', 'test', 'tests_1', 'test_a_b', 'test_', 'prod_1'])
      expect(runOfSchema(stages, schema), schema).toBeUndefined();
  });
});
