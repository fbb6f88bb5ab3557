import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { expect } from 'vitest';
import { alarmName, dashboardNamesOf, fleetAlarmName, monitoredSystem } from '../../../fleet/names.ts';
import type { MonitoredSystem } from '../../../fleet/monitoredSystem.ts';
import { bareApp } from '../../testing/bareApp.ts';
import { addDashboards } from '../dashboards.ts';
import { contract } from '../../../service/contract.ts';

/** As CloudWatch reads it. */
export interface Widget {
  type: string;
  x: number;
  y: number;
  width: number;
  height: number;
  properties: {
    title: string;
    metrics: [...unknown[], { label: string; color: string; id?: string; visible?: boolean }][];
    /** Of tiles. */
    alarms?: string[];
    /** Of texts. */
    markdown?: string;
    yAxis?: { left: { min?: number; max?: number } };
    annotations?: { horizontal: { value: number; label: string }[] };
  };
}

export interface Dashboard {
  widgets: Widget[];
  /** The stack it is in. */
  stack: string;
}

/** The region is the one thing a body leaves to the deployment. */
const resolve = (body: { 'Fn::Join': [string, (string | { Ref: 'AWS::Region' })[]] }): string =>
  body['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : 'us-east-1')).join('');

const arn = (name: string): string => `arn:aws:cloudwatch:us-east-1:111122223333:alarm:${name}`;

/** So many of ours. */
const ownSystems = (count: number): MonitoredSystem[] =>
  Array.from({ length: count }, (_, index) =>
    monitoredSystem(contract, 'qa', `system-${String(index + 1).padStart(3, '0')}`, {
      connectionLimit: 500,
      apiReservedConcurrency: 10,
      subscriberMaximumConcurrency: 2,
    }),
  );

/** The dashboards' bodies by name, as CloudWatch would get them. @param systems or how many of ours */
export function bodies(systems: number | readonly MonitoredSystem[]): Map<string, Dashboard> {
  const app = bareApp();
  const stack = new Stack(app, 'fleet', { env: { account: '111122223333', region: 'us-east-1' } });
  const further = new Map<number, Stack>();
  addDashboards(stack, {
    stage: 'qa',
    dashboardNames: dashboardNamesOf('qa'),
    periodSeconds: 60,
    systems: typeof systems === 'number' ? ownSystems(systems) : systems,
    alarmArnOf: (system, id) => arn(alarmName('qa', system, id)),
    fleetAlarmArnOf: (id) => arn(fleetAlarmName('qa', id)),
    furtherScope: (page) => {
      const known = further.get(page) ?? new Stack(app, `further-${page}`);
      further.set(page, known);
      return known;
    },
  });
  return new Map(
    [stack, ...further.values()].flatMap((home) => {
      const template = Template.fromStack(home);
      const { Resources } = template.toJSON() as { Resources: Record<string, { Type: string }> };
      expect(new Set(Object.values(Resources).map(({ Type }) => Type))).toEqual(
        new Set(['AWS::CloudWatch::Dashboard']),
      );
      return Object.values(template.findResources('AWS::CloudWatch::Dashboard')).map(
        ({ Properties }): [string, Dashboard] => {
          const body = resolve(Properties.DashboardBody);
          const { widgets } = JSON.parse(body) as { widgets: Widget[] };
          return [Properties.DashboardName, { widgets, stack: home.stackName }];
        },
      );
    }),
  );
}
