import { describe, expect, it } from 'vitest';
import { FleetConfigError } from './errors.ts';
import { parseFleet, type FleetConfig } from './fleet.ts';
import { isProduction } from './provingStage.ts';
import { contract } from '../service/contract.ts';

type Stage = FleetConfig['stages'][string];

/** Refusals of a fleet whose production is proven by another stage; empty where it is accepted. */
function refusals(prod: Stage, qa: Stage, others: FleetConfig['stages'] = {}): Record<string, string> {
  try {
    parseFleet({
      service: contract,
      region: 'us-east-1',
      systems: [{ name: 'orders', expectedPeak: { requestsPerSecond: 30, messagesPerSecond: 5 } }],
      stages: {
        prod: { provenByStage: 'qa', ...prod },
        qa,
        local: { periodSeconds: 10 },
        ...others,
      },
    });
    return {};
  } catch (error) {
    if (!(error instanceof FleetConfigError)) throw error;
    return Object.fromEntries(error.issues.map(({ field, problem }) => [field, problem]));
  }
}

describe('a stage that proves another one', () => {
  it('has the same databases, functions and limits', () => {
    expect(refusals({}, {})).toEqual({});
    const large: Stage = {
      database: { nodeType: 'ra3.xlplus', nodes: 4 },
      api: { memoryMiB: 512, reservedConcurrency: 20 },
      subscriber: { batchSize: 500 },
    };
    expect(refusals(large, large)).toEqual({});
    // What a node type gives anyway may be said, or not.
    expect(refusals({ database: { connectionLimit: 500 } }, {})).toEqual({});
  });

  it('may differ in what carries no load', () => {
    const qa: Stage = {
      database: { pausable: true, snapshotOnRemoval: false, snapshotRetentionDays: 1, port: 5440 },
      loadGenerators: ['192.0.2.1/32'],
    };
    expect(refusals({ endpoint: 'private' }, qa)).toEqual({});
  });

  it.each<[string, Stage, string]>([
    ['database.nodeType', { database: { nodeType: 'ra3.4xlarge' } }, 'ra3.large'],
    ['database.nodes', { database: { nodes: 16 } }, '2'],
    ['database.connectionLimit', { database: { connectionLimit: 2_000 } }, '500'],
    ['api.memoryMiB', { api: { memoryMiB: 4_096 } }, '256'],
    ['api.reservedConcurrency', { api: { reservedConcurrency: 160 } }, '10'],
    ['api.timeoutMs', { api: { timeoutMs: 29_000 } }, '10000'],
    ['subscriber.memoryMiB', { subscriber: { memoryMiB: 4_096 } }, '256'],
    ['subscriber.maximumConcurrency', { subscriber: { maximumConcurrency: 32 } }, '2'],
    ['subscriber.batchSize', { subscriber: { batchSize: 1_000 } }, '100'],
  ])('is refused with another %s, by that field', (field, qa, expected) => {
    expect(refusals({}, qa)[`stages.qa.${field}`]).toBe(
      `expected ${expected}, as stage "prod" has, whose peak "qa" proves (provenByStage)`,
    );
  });

  it('may not be smaller either: what it could not prove was never asked', () => {
    expect(Object.keys(refusals({ database: { nodes: 4 } }, {}))).toEqual(['stages.qa.database.nodes']);
  });

  it('names its account where the other does, and the other way round: it is read by these numbers', () => {
    const [one, another] = ['111122223333', '444455556666'];
    expect(refusals({ account: one }, { account: another })).toEqual({});
    expect(refusals({ account: one }, {})).toEqual({
      'stages.qa.account': expect.stringContaining('as stage "prod" names its own'),
    });
    expect(refusals({}, { account: another })).toEqual({
      'stages.prod.account': expect.stringContaining('as stage "qa" names its own'),
    });
  });

  it.each([
    ['that does not exist', 'qaa'],
    ['on this machine', 'local'],
    ['of single runs, in another one’s databases', 'test'],
  ])('is none %s', (_, provenByStage) => {
    const test: Stage = { runsOn: { stage: 'qa' } };
    expect(refusals({ provenByStage }, {}, { test })).toEqual({
      'stages.prod.provenByStage': 'expected a stage with databases of its own on AWS: one of prod, qa',
    });
  });
});

it('production is what is called so, and whatever stage another one proves', () => {
  const { stages } = parseFleet({
    service: contract,
    region: 'us-east-1',
    systems: [{ name: 'orders', expectedPeak: { requestsPerSecond: 30, messagesPerSecond: 5 } }],
    stages: { live: { provenByStage: 'qa' }, qa: {}, prod: {}, local: { periodSeconds: 10 } },
  });
  expect(Object.keys(stages).filter((stage) => isProduction(stages, stage))).toEqual(['live', 'prod']);
});
