import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { MetricStore } from '../cloudwatch/metricStore.ts';
import { Alarms } from '../local/aws/cloudwatch/alarms.ts';
import { knownAlarms } from '../monitoring/alarms/knownAlarms.ts';
import { exampleSystems, synthesizeMonitoring } from './testing/consoleBench.ts';
import { alarmViews } from './stageView.ts';

const account = { region: 'us-east-1', accountId: '000000000000' };

it('tells of a known alarm what it means and where to go on, and of another what it says itself', () => {
  const systems = exampleSystems(1);
  const alarms = new Alarms({ ...account, metrics: new MetricStore(), publish: async () => undefined });
  const synthesized = synthesizeMonitoring(systems).alarms;
  for (const properties of synthesized) alarms.add(properties, 0);
  const [properties] = synthesized;
  const ownText = 'Ask the shop. Runbook: monitoring/runbooks/page.md. Dashboard: local-fleet-overview.';
  alarms.add({ ...properties, AlarmName: 'own', AlarmDescription: ownText }, 0);
  const views = alarmViews(alarms, knownAlarms('local', systems, 10));
  expect(views).toHaveLength(synthesized.length + 1);
  for (const view of views.filter(({ name }) => name !== 'own')) {
    expect(view.meaning, view.name).toMatch(/^(local|system-01): .+\.$/);
    expect(view.meaning, view.name).not.toMatch(/Runbook|Dashboard/);
    expect(existsSync(`monitoring/runbooks/${view.runbook}.md`), view.name).toBe(true);
    expect(view.dashboard, view.name).toMatch(/^local-fleet-(overview|application|database)$/);
  }
  expect(views.find(({ name }) => name === 'own')).toMatchObject({
    system: null,
    title: 'own',
    meaning: ownText,
    runbook: null,
    dashboard: null,
  });
});
