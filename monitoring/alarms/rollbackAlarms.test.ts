import { describe, expect, it } from 'vitest';
import { limits } from '../limits.ts';
import {
  alarmTemplates,
  healthy,
  live,
  resourcesOf,
  stage,
  type SystemValues,
} from '../testing/virtualAlarms.ts';
import { fleetRollbackAlarmsOf, pagesOf, rollbackAlarmsOf } from './rollbackAlarms.ts';

const releasedAt = 30;

/** The alarms that would take an update back, and after how many minutes the first one goes off. */
function takenBack(after: (minute: number) => Partial<SystemValues>): { minutes: number; alarms: string[] } {
  const { statesAt } = live(['orders'], releasedAt + 60, (at) => ({
    systems: { orders: { ...healthy, ...(at >= releasedAt && after(at - releasedAt)) } },
    fleet: { unhealthyHosts: 0, unhealthyShare: 0, databasesUnanswered: 1 },
  }));
  const firing = (at: number) =>
    rollbackAlarmsOf(stage, 'orders').filter((name) => statesAt(at).get(name) === 'ALARM');
  for (let at = 0; at < releasedAt + 60; at += 1) {
    if (firing(at).length > 0) return { minutes: at - releasedAt, alarms: firing(at) };
  }
  return { minutes: Infinity, alarms: [] };
}

describe('what takes an update back', () => {
  const templates = alarmTemplates(['orders']);
  const names = resourcesOf(templates, 'AWS::CloudWatch::Alarm').map(({ AlarmName }) => AlarmName);
  const watching = [...rollbackAlarmsOf(stage, 'orders'), ...fleetRollbackAlarmsOf(stage)];

  it('are alarms of metrics that the templates have, five at most a stack', () => {
    expect(names).toEqual(expect.arrayContaining(watching));
    expect(rollbackAlarmsOf(stage, 'orders').length).toBeLessThanOrEqual(5);
    const composites = resourcesOf(templates, 'AWS::CloudWatch::CompositeAlarm');
    expect([...names, ...composites.map(({ AlarmName }) => AlarmName)]).toEqual(
      expect.arrayContaining(pagesOf(stage, 'orders')),
    );
  });

  it.each<[string, Partial<SystemValues>, string]>([
    ['an API that fails', { errorRate: 1, unhealthy: 1 }, 'prod-orders-unhealthy-critical'],
    ['one route in four that fails', { errorRate: 0.25 }, 'prod-orders-errorRate-critical'],
    ['a subscriber that gives each message up', { deadLetters: 5 }, 'prod-orders-deadLetters'],
    [
      'a subscriber that fails each time',
      { subscriberErrors: 20, batches: 20 },
      'prod-orders-subscriberFailing',
    ],
  ])('sees %s within the quiet time of any wave', (_, after, alarm) => {
    const { minutes, alarms } = takenBack(() => after);
    expect(alarms).toContain(alarm);
    expect(minutes).toBeLessThan(limits.rollout.quietMinutes);
  });

  it('sees a subscriber that does not start within that of the first', () => {
    const { minutes, alarms } = takenBack((since) => ({ oldestMessage: 60 * (since + 1) }));
    expect(alarms).toEqual(['prod-orders-oldestMessage']);
    expect(minutes).toBeLessThan(limits.rollout.firstQuietMinutes);
    expect(minutes).toBeGreaterThan(limits.rollout.quietMinutes);
  });

  it('lets a good release be', () => {
    expect(takenBack(() => ({})).minutes).toBe(Infinity);
    // An update's cold starts.
    expect(takenBack((since) => (since === 0 ? { errorRate: 0.05, duration: 1_500 } : {})).minutes).toBe(
      Infinity,
    );
  });
});
