import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Construct } from 'constructs';
import { addFleetAlarms } from '../../monitoring/alarms/fleetAlarms.ts';
import { addSystemAlarms } from '../../monitoring/alarms/systemAlarms.ts';
import { addDashboards } from '../../monitoring/dashboards/dashboards.ts';
import { measurementsOf } from '../../monitoring/measurements.ts';
import { signalIds, signalsOf, toMetricUnit, type SignalId } from '../../monitoring/signals.ts';
import { allFleetWatchesOf, type FleetWatchId } from '../../monitoring/watches.ts';
import type { Measurement } from '../../monitoring/measurement.ts';
import type { WholeSystem } from '../../fleet/monitoredSystem.ts';
import { systemDimension, wholeFleet } from '../../fleet/systemDimension.ts';
import { bareApp } from '../../monitoring/testing/bareApp.ts';
import { resourcesOf } from '../../monitoring/testing/virtualAlarms.ts';
import { systemClock } from '../../core/clock.ts';
import { alarmName, fleetAlarmName, dashboardNamesOf, monitoredSystem } from '../../fleet/names.ts';
import { Alarms } from '../../local/aws/cloudwatch/alarms.ts';
import { MetricStore } from '../../cloudwatch/metricStore.ts';
import type { ObservedStage, ObservedSystem } from '../../local/observedStage.ts';
import { startConsole, type ConsoleOptions, type RunningConsole } from '../server.ts';
import { contract } from '../../service/contract.ts';

export const periodSeconds = 10;
const periodMs = periodSeconds * 1_000;
const account = { region: 'us-east-1', accountId: '000000000000' };

/** A console over metrics and alarms of a stage that has no functions and no database. */
export interface ConsoleBench {
  console: RunningConsole;
  systems: readonly (ObservedSystem & WholeSystem)[];
  metrics: MetricStore;
  alarms: Alarms;
  stateDirectory: string;
  /** Starts another console, as the stage's next start would; the first must be closed. */
  restart(port?: ConsoleOptions['port']): Promise<void>;
  /** A signal's value in a whole period, counted back from the newest that has ended (1). */
  put(system: string, signal: SignalId, percent: number, periodsAgo?: number): void;
  /** The same of what is watched once for the fleet, in the metric's own unit. */
  putFleet(id: FleetWatchId, value: number, periodsAgo?: number): void;
  /** Metric alarms and composites together. */
  alarmCount(): number;
  /** Every signal of every system, requests, and what canary and probe say, for so many periods. */
  fill(periods: number): void;
  errors: unknown[];
  close(): Promise<void>;
}

/** Dashboards by name and alarms' properties, as the template has them. */
export function synthesizeMonitoring(systems: readonly ObservedSystem[]) {
  const dashboardNames = dashboardNamesOf('local');
  const stack = new Stack(bareApp({ '@aws-cdk/core:stackResourceLimit': 0 }), 'fleet');
  const arnOf = (name: string) => `arn:aws:cloudwatch:${account.region}:${account.accountId}:alarm:${name}`;
  addDashboards(stack, {
    stage: 'local',
    dashboardNames,
    periodSeconds,
    systems,
    alarmArnOf: (system, id) => arnOf(alarmName('local', system, id)),
    fleetAlarmArnOf: (id) => arnOf(fleetAlarmName('local', id)),
    furtherScope: () => stack,
  });
  const common = {
    stage: 'local',
    periodSeconds,
    onCallTopicArn: 'arn:aws:sns:us-east-1:000000000000:local-fleet-on-call',
    dashboardNames,
  };
  addFleetAlarms(stack, {
    ...common,
    lookedAt: { healths: systems.length, databases: systems.length },
    alarmNameOf: (id) => fleetAlarmName('local', id),
  });
  for (const system of systems) {
    addSystemAlarms(new Construct(stack, system.system), {
      ...common,
      system,
      alarmNameOf: (id) => alarmName('local', system.system, id),
      fleetAlarmArnOf: (id) => arnOf(fleetAlarmName('local', id)),
    });
  }
  const template = Template.fromStack(stack);
  const propertiesOf = (type: string): Record<string, unknown>[] =>
    Object.values(template.findResources(type)).map(
      (resource) => (resource as { Properties: Record<string, unknown> }).Properties,
    );
  return {
    dashboards: new Map(
      propertiesOf('AWS::CloudWatch::Dashboard').map((properties) => [
        String(properties['DashboardName']),
        resolved(properties['DashboardBody']),
      ]),
    ),
    alarms: propertiesOf('AWS::CloudWatch::Alarm'),
    composites: resourcesOf([template.toJSON()], 'AWS::CloudWatch::CompositeAlarm'),
  };
}

/** A body leaves the region alone to the deployment. */
const resolved = (body: unknown): string =>
  (body as { 'Fn::Join': [string, unknown[]] })['Fn::Join'][1]
    .map((part) => (typeof part === 'string' ? part : account.region))
    .join('');

export const exampleSystems = (count: number): (ObservedSystem & WholeSystem)[] =>
  Array.from({ length: count }, (_, index) => ({
    ...monitoredSystem(contract, 'local', `system-${String(index + 1).padStart(2, '0')}`, {
      connectionLimit: 50,
      apiReservedConcurrency: 10,
      subscriberMaximumConcurrency: 2,
    }),
    expectedRequestsPerSecond: 30,
  }));

export async function startConsoleBench(count: number): Promise<ConsoleBench> {
  const systems = exampleSystems(count);
  const metrics = new MetricStore();
  const alarms = new Alarms({ ...account, metrics, publish: async () => undefined });
  const monitoring = synthesizeMonitoring(systems);
  for (const properties of monitoring.alarms) alarms.add(properties, Date.now());
  for (const properties of monitoring.composites) alarms.composites.add(properties, Date.now());
  alarms.composites.checkReferences();
  const stateDirectory = await mkdtemp(join(tmpdir(), 'headroom-console-'));
  const errors: unknown[] = [];
  const stage: ObservedStage = {
    info: { stage: 'local', region: account.region, startedMs: Date.now() - 3 * 3_600_000, periodSeconds },
    metrics,
    alarms,
    dashboards: monitoring.dashboards,
    systems,
    stateDirectory,
    clock: systemClock,
  };
  const start = (port: ConsoleOptions['port']): Promise<RunningConsole> =>
    startConsole(stage, { port, evidenceProfile: 'rush', onError: (error) => errors.push(error) });
  const putValue = ({ namespace, metricName, dimensions }: Measurement, value: number, periodsAgo: number) =>
    metrics.put({
      namespace,
      name: metricName,
      dimensions,
      timestampMs: Math.floor(Date.now() / periodMs) * periodMs - periodsAgo * periodMs + 1_000,
      value,
    });
  const fleetWatches = allFleetWatchesOf(systemDimension('local', wholeFleet), count, periodSeconds);
  const put: ConsoleBench['put'] = (name, id, percent, periodsAgo = 1) => {
    const system = systems.find((one) => one.system === name);
    if (!system) throw new Error(`no system "${name}"`);
    const metricSignal = signalsOf(system, periodSeconds)[id];
    putValue(metricSignal, toMetricUnit(metricSignal, percent), periodsAgo);
  };
  const bench: ConsoleBench = {
    console: await start(0),
    systems,
    metrics,
    alarms,
    stateDirectory,
    restart: async (port = Number(new URL(bench.console.url).port)) => {
      bench.console = await start(port);
    },
    put,
    putFleet: (id, value, periodsAgo = 1) => putValue(fleetWatches[id], value, periodsAgo),
    alarmCount: () => alarms.all().length + alarms.composites.all().length,
    fill: (periods) => {
      for (let ago = 1; ago <= periods; ago += 1) {
        bench.putFleet('unhealthyHosts', 0, ago);
        bench.putFleet('unhealthyShare', 0, ago);
        bench.putFleet('databasesUnanswered', count, ago);
      }
      systems.forEach((names, index) => {
        const { system, apiName } = names;
        for (let ago = 1; ago <= periods; ago += 1) {
          const wave = 20 + 10 * Math.sin((ago + 3 * index) / 9);
          for (const id of signalIds) put(system, id, id === 'errorRate' ? 0 : wave, ago);
          putValue(measurementsOf(names, periodSeconds).durationP99, wave, ago);
          metrics.put({
            namespace: 'AWS/ApiGateway',
            name: 'Count',
            dimensions: { ApiName: apiName },
            timestampMs: Math.floor(Date.now() / periodMs) * periodMs - ago * periodMs + 1_000,
            values: [1],
            counts: [Math.round(wave * periodSeconds)],
          });
        }
      });
    },
    errors,
    close: async () => {
      await bench.console.close();
      await rm(stateDirectory, { recursive: true, force: true });
    },
  };
  return bench;
}
