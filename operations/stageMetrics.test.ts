import { expect, it } from 'vitest';
import { ManualClock } from '../core/testing/manualClock.ts';
import { parseFleet } from '../fleet/fleet.ts';
import { systemNames } from '../fleet/names.ts';
import { documentOf } from '../fleet/testing/systemDocument.ts';
import type { PublishedDocument } from '../fleet/systemDocument.ts';
import { questionsOf } from '../loadtests/gate/questions.ts';
import { contract } from '../service/contract.ts';
import { metricsSource } from './stageMetrics.ts';
import type { Target } from './target.ts';

const fleet = parseFleet({
  service: contract,
  region: 'us-east-1',
  systems: [
    { name: 'orders', expectedPeak: { requestsPerSecond: 30, messagesPerSecond: 5 } },
    { name: 'returns', expectedPeak: { requestsPerSecond: 30, messagesPerSecond: 5 } },
  ],
  stages: { qa: {}, local: {} },
});
const own = documentOf('orders', 'https://api.example');
const { queues: _queues, ...adopted } = {
  ...own,
  api: { ...own.api, name: 'OrdersApi' },
  functions: { api: 'orders-http', subscriber: 'orders-worker' },
  cluster: { ...own.cluster, identifier: 'warehouse' },
};

/** Names of AWS resources in all that is asked of the systems. */
const askedOf = (systems: readonly PublishedDocument[], of: string): Set<string> => {
  const target = { stage: 'qa', fleet, connection: { place: 'aws', clients: {} }, systems };
  const context = { clock: new ManualClock(), signal: undefined, output: { progress: () => undefined } };
  const source = metricsSource(
    context as unknown as Parameters<typeof metricsSource>[0],
    target as unknown as Target<PublishedDocument>,
  );
  const system = source.systems.find((one) => one.system === of)!;
  return new Set(
    questionsOf(system, 60).flatMap(({ dimensions }) =>
      Object.entries(dimensions).flatMap(([name, value]) =>
        name === 'System' || name === 'Function' ? [] : [value],
      ),
    ),
  );
};

it('asks for the resources that a system’s document names, and never for those it would have', () => {
  expect(askedOf([adopted], 'orders')).toEqual(
    new Set(['OrdersApi', 'orders-http', 'orders-worker', 'warehouse']),
  );
});

it('asks for the names that a system is to have where it is not deployed', () => {
  expect(askedOf([adopted], 'returns')).toContain(systemNames(contract, 'qa', 'returns').queue);
});
