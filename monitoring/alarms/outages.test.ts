import { describe, expect, it } from 'vitest';
import { limits } from '../limits.ts';
import {
  healthy,
  live,
  type FleetValues,
  type Minute,
  type SystemValues,
  type Told,
} from '../testing/virtualAlarms.ts';

const systems = ['orders', 'payments', 'returns', 'stock'];

/** Its database does not answer; the cluster itself publishes nothing. */
const withoutDatabase = (forMinutes: number): SystemValues => ({
  ...healthy,
  databaseCpu: null,
  databaseMemory: null,
  databaseConnections: null,
  databaseDisk: null,
  functionConcurrency: 9,
  errorRate: 1,
  duration: 1_100,
  oldestMessage: 60 * (forMinutes + 1),
  repeatedErrors: 300,
  subscriberErrors: 20,
  unhealthy: 1,
});

/** The fleet as canary and probe would see these systems. */
function minute(changed: Record<string, SystemValues> = {}, fleet: Partial<FleetValues> = {}): Minute {
  const all = Object.fromEntries(systems.map((system) => [system, changed[system] ?? healthy]));
  const ill = Object.values(all).filter(({ unhealthy }) => unhealthy === 1).length;
  return {
    systems: all,
    fleet: {
      unhealthyHosts: ill,
      unhealthyShare: (100 * ill) / systems.length,
      databasesUnanswered: systems.length - ill,
      ...fleet,
    },
  };
}

const between = (at: number, from: number, to: number): boolean => at >= from && at < to;
const brief = (told: readonly Told[]): string[] => told.map(({ alarm, state }) => `${alarm} ${state}`);

describe('on-call is told', () => {
  it('once of a database that is gone, within five minutes, and once that it is back', () => {
    const { told, statesAt } = live(systems, 60, (at) =>
      minute(between(at, 10, 35) ? { orders: withoutDatabase(at - 10) } : {}),
    );
    expect(brief(told)).toEqual(['prod-orders-page ALARM', 'prod-orders-page OK']);
    expect(told[0]!.minute).toBeLessThanOrEqual(10 + limits.pageWithinPeriods);
    expect(told[1]!.minute).toBeLessThanOrEqual(35 + limits.pageWithinPeriods);
    // The unhealthy host shows, by its name, within two minutes of its death.
    expect(statesAt(11).get('prod-orders-unhealthy')).toBe('ALARM');
    expect(statesAt(11).get('prod-fleet-unhealthyHosts')).toBe('ALARM');
    expect(statesAt(11).get('prod-payments-unhealthy')).toBe('OK');
    // What the outage drags along is in ALARM as well, and told by nobody.
    expect(statesAt(30).get('prod-orders-ticket')).toBe('ALARM');
  });

  it('once when the databases of all systems are gone', () => {
    const { told } = live(systems, 60, (at) =>
      minute(
        between(at, 10, 30)
          ? Object.fromEntries(systems.map((each) => [each, withoutDatabase(at - 10)]))
          : {},
      ),
    );
    expect(brief(told)).toEqual(['prod-fleet-affected ALARM', 'prod-fleet-affected OK']);
    expect(told[0]!.minute).toBeLessThanOrEqual(10 + limits.pageWithinPeriods);
  });

  it('of the one system that stays ill when the fleet is back', () => {
    const { told } = live(systems, 60, (at) => {
      if (between(at, 10, 20)) {
        return minute(Object.fromEntries(systems.map((each) => [each, withoutDatabase(at - 10)])));
      }
      return minute(at >= 20 ? { stock: withoutDatabase(at - 10) } : {});
    });
    expect(brief(told)).toEqual([
      'prod-fleet-affected ALARM',
      'prod-fleet-affected OK',
      'prod-stock-page ALARM',
    ]);
  });

  it('by one ticket of connections that leak, and by a page before they run out', () => {
    const { told } = live(['orders'], 700, (at) => {
      const leaking = { ...healthy, databaseConnections: Math.min(500, 40 + at) };
      return { ...minute(), systems: { orders: leaking } };
    });
    expect(brief(told)).toEqual(['prod-orders-ticket ALARM', 'prod-orders-page ALARM']);
    const [ticket, page] = told.map((each) => each.minute);
    // 80 % are 400 connections, reached in minute 360; 95 % are 475, in minute 435.
    expect(ticket).toBeLessThanOrEqual(360 + 8);
    expect(page).toBeLessThanOrEqual(435 + 6);
  });

  it('nothing of a restart that is over within a minute', () => {
    const { told } = live(systems, 40, (at) => {
      if (at === 10) return minute({ orders: { ...healthy, errorRate: 0.5, unhealthy: 1 } });
      if (at === 11) return minute({ orders: { ...healthy, errorRate: 0.25, duration: 1_200 } });
      return minute();
    });
    expect(brief(told)).toEqual([]);
  });

  it('nothing of a blip of errors, and by one page of errors that burn the budget slowly', () => {
    const failing = (from: number, to: number) =>
      live(systems, 150, (at) =>
        minute(between(at, from, to) ? { orders: { ...healthy, errorRate: 0.03 } } : {}),
      ).told;
    expect(brief(failing(10, 14))).toEqual([]);
    const told = failing(10, 90);
    expect(brief(told)).toEqual(['prod-orders-page ALARM', 'prod-orders-page OK']);
    expect(told[0]!.minute).toBeLessThanOrEqual(10 + 15 + limits.pageWithinPeriods);
    // The shorter window ends it, not the hour of the longer one.
    expect(told[1]!.minute).toBeLessThanOrEqual(90 + limits.pageWithinPeriods);
  });

  describe('of failed answers where few ask', () => {
    /** The canary's call, and so many requests of others a minute, some of which fail. */
    const night = (requests: number, failed: number): SystemValues => ({
      ...healthy,
      provenPeak: requests + 1,
      errorRate: failed / (requests + 1),
    });
    const during = (minutes: number, ill: SystemValues, otherwise: SystemValues) =>
      live(['orders'], 30 + minutes + 90, (at) =>
        minute({ orders: between(at, 30, 30 + minutes) ? ill : otherwise }),
      );

    it('nothing of two that failed in a night, and a ticket, no page, of one caller that goes on', () => {
      expect(during(2, night(1, 1), night(1, 0)).told).toEqual([]);
      const { told, statesAt } = during(180, night(1, 1), night(1, 0));
      // Half of all answers, beside the canary's call.
      expect(statesAt(100).get('prod-orders-errorRate-critical')).toBe('ALARM');
      expect(brief(told)).toEqual(['prod-orders-ticket ALARM', 'prod-orders-ticket OK']);
      const { datapointsToAlarm } = limits.errorBurn.slow;
      const { waitPeriods } = limits.suppression.restByPage;
      expect(told[0]!.minute).toBeLessThanOrEqual(30 + datapointsToAlarm + waitPeriods + 2);
    });

    it('by a page of an outage, though nobody else asks', () => {
      const { told } = during(
        20,
        { ...night(0, 1), unhealthy: 1, databaseCpu: null, databaseMemory: null },
        night(0, 0),
      );
      expect(brief(told)).toEqual(['prod-orders-page ALARM', 'prod-orders-page OK']);
      expect(told[0]!.minute).toBeLessThanOrEqual(30 + limits.pageWithinPeriods);
    });

    it('by a page of one route that is gone, though the healthcheck answers and few ask', () => {
      const { told } = during(20, night(12, 6), night(12, 0));
      expect(brief(told)[0]).toBe('prod-orders-page ALARM');
      expect(told[0]!.minute).toBeLessThanOrEqual(30 + limits.pageWithinPeriods);
    });

    it('by a page of the same share by day, and nothing of as many in a minute that are no share', () => {
      const day = night(1_199, 0);
      const { told } = during(20, night(1_199, 200), day);
      expect(brief(told)[0]).toBe('prod-orders-page ALARM');
      expect(told[0]!.minute).toBeLessThanOrEqual(30 + limits.pageWithinPeriods);
      const few = during(200, night(1_199, 6), day);
      expect(few.statesAt(100).get('prod-orders-failedAnswers')).toBe('ALARM');
      expect(few.told).toEqual([]);
    });
  });

  it('once that the canary is dead, and of nothing that it did not see', () => {
    const { told, statesAt } = live(systems, 60, (at) => {
      const alive = minute();
      if (!between(at, 10, 40)) return alive;
      return {
        systems: Object.fromEntries(systems.map((each) => [each, { ...healthy, unhealthy: null }])),
        fleet: { ...alive.fleet, unhealthyHosts: null, unhealthyShare: null },
      };
    });
    expect(brief(told)).toEqual(['prod-fleet-blind ALARM', 'prod-fleet-blind OK']);
    const { waitPeriods } = limits.suppression.blindByOutage;
    expect(told[0]!.minute).toBeLessThanOrEqual(10 + limits.fleet.silentPeriods + 2 + waitPeriods);
    expect(statesAt(30).get('prod-orders-unhealthy')).toBe('INSUFFICIENT_DATA');
  });

  /** The probe cannot log in to these; everything else is as ever. */
  const unasked = (...without: string[]): Minute =>
    minute(Object.fromEntries(without.map((each) => [each, { ...healthy, databaseMemory: null }])), {
      databasesUnanswered: systems.length - without.length,
    });

  it('once of a database that the probe cannot ask, and not of two looks that failed', () => {
    const withFailedLooks = (from: number, to: number) =>
      live(systems, 40, (at) => (between(at, from, to) ? unasked('orders') : minute()));
    expect(withFailedLooks(10, 12).told).toEqual([]);
    const { told, statesAt } = withFailedLooks(10, 30);
    expect(brief(told)).toEqual(['prod-fleet-unanswered ALARM', 'prod-fleet-unanswered OK']);
    const { waitPeriods } = limits.suppression.blindByOutage;
    expect(told[0]!.minute).toBeLessThanOrEqual(10 + limits.alarm.evaluationPeriods + waitPeriods);
    // Which one it is shows by its name.
    expect(statesAt(25).get('prod-orders-databaseMemory')).toBe('INSUFFICIENT_DATA');
    expect(statesAt(25).get('prod-stock-databaseMemory')).toBe('OK');
  });

  it('that the probe is blind when no database answers it, also after one was told of', () => {
    const { told } = live(systems, 60, (at) => {
      if (at >= 30) return unasked(...systems);
      return at >= 10 ? unasked('orders') : minute();
    });
    expect(brief(told)).toEqual(['prod-fleet-unanswered ALARM', 'prod-fleet-blind ALARM']);
    expect(told[1]!.minute).toBeLessThanOrEqual(30 + limits.pageWithinPeriods);
  });

  it('of a secret that is wrong when an outage is over that hid it', () => {
    const { told } = live(systems, 60, (at) => {
      const broken = at >= 5 ? { orders: { ...healthy, databaseMemory: null } } : {};
      const fleet = at >= 5 ? { databasesUnanswered: systems.length - 1 } : {};
      if (!between(at, 6, 30)) return minute(broken, fleet);
      return minute({ ...broken, stock: withoutDatabase(at - 6) }, { databasesUnanswered: 2 });
    });
    expect(brief(told).toSorted()).toEqual([
      'prod-fleet-unanswered ALARM',
      'prod-stock-page ALARM',
      'prod-stock-page OK',
    ]);
    expect(told.find(({ alarm }) => alarm === 'prod-fleet-unanswered')!.minute).toBeGreaterThan(30);
  });

  it('once that nobody can see, when all metrics come ten minutes late', () => {
    const { told } = live(
      systems,
      90,
      () => minute(),
      (at) => (between(at, 20, 60) ? 10 : 0),
    );
    expect(brief(told)).toEqual(['prod-fleet-blind ALARM', 'prod-fleet-blind OK']);
  });

  it('of an outage also while messages that were given up wait for somebody', () => {
    const { told } = live(systems, 120, (at) => {
      const waiting = { ...healthy, deadLetters: at >= 5 ? 3 : 0 };
      return minute({
        orders: between(at, 40, 60) ? { ...withoutDatabase(at - 40), deadLetters: 3 } : waiting,
      });
    });
    expect(brief(told)).toEqual([
      'prod-orders-pageMessages ALARM',
      'prod-orders-page ALARM',
      'prod-orders-page OK',
    ]);
  });

  it.each<[string, Partial<SystemValues>]>([
    ['requests', { provenPeak: 1_900 }],
    ['messages', { provenMessagePeak: 310 }],
  ])('by one ticket when production outgrows the peak of %s that was proven', (_, beyond) => {
    const { told } = live(systems, 30, (at) =>
      minute({ orders: { ...healthy, ...(at >= 10 ? beyond : {}) } }),
    );
    expect(brief(told)).toEqual(['prod-orders-ticket ALARM']);
  });

  it('nothing of messages that nobody has proven, and of requests all the same', () => {
    const { told, statesAt } = live(systems, 30, (at) =>
      minute({
        orders: {
          ...healthy,
          provenMessagePeak: 10_000,
          provenMessagePeakRate: null,
          provenPeak: at >= 10 ? 1_900 : 600,
        },
      }),
    );
    expect(brief(told)).toEqual(['prod-orders-ticket ALARM']);
    expect(statesAt(25).get('prod-orders-provenMessagePeak')).toBe('INSUFFICIENT_DATA');
  });

  it('nothing in a day in which nothing happens, and nothing of a system that nobody has proven', () => {
    const { told, statesAt } = live(['orders'], 24 * 60, () => ({
      ...minute(),
      systems: { orders: { ...healthy, provenPeakRate: null } },
    }));
    expect(told).toEqual([]);
    expect(statesAt(100).get('prod-orders-provenPeak')).toBe('INSUFFICIENT_DATA');
  });
});
