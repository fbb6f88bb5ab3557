import { describe, expect, it } from 'vitest';
import { RepeatedErrors } from '../../service/repeatedErrors.ts';
import { limits } from '../limits.ts';
import {
  healthy,
  live,
  withoutQueue,
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
  batches: 20,
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

/** What the function's environments publish of a failure that hits some of its requests by chance. */
function repeatedBy(load: { perSecond: number; failing: number; environments: number; minutes: number }) {
  // A chance that is the same every time (Park and Miller).
  let seed = 7;
  const chance = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  const environments = Array.from({ length: load.environments }, () => new RepeatedErrors());
  return Array.from({ length: load.minutes }, () => {
    const sums = { failed: 0, repeated: 0 };
    for (let request = 0; request < 60 * load.perSecond; request += 1) {
      const environment = environments[Math.floor(chance() * environments.length)]!;
      if (chance() < load.failing) {
        environment.failed('internal');
        sums.failed += 1;
      }
      sums.repeated += environment.endInvocation();
    }
    return sums;
  });
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

  it('of messages that no queue kept, once an outage, though the page is on', () => {
    const { told } = live([withoutQueue], 70, (at) => {
      const ill = between(at, 10, 35);
      // One after another, as they were published: three minutes after each.
      const droppedMessages = between(at, 13, 38) && at % 4 === 0 ? 2 : null;
      return {
        systems: { [withoutQueue]: { ...(ill ? withoutDatabase(at - 10) : healthy), droppedMessages } },
        fleet: { ...minute().fleet, unhealthyHosts: Number(ill) },
      };
    });
    expect(brief(told).toSorted()).toEqual([
      'prod-direct-droppedMessages ALARM',
      'prod-direct-page ALARM',
      'prod-direct-page OK',
    ]);
    const lost = told.find(({ alarm }) => alarm.endsWith('droppedMessages'))!;
    expect(lost.minute).toBeLessThanOrEqual(16 + 2);
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

  it('once of connections that leak, and by a page before they run out', () => {
    const { told } = live(['orders'], 700, (at) => {
      const leaking = { ...healthy, databaseConnections: Math.min(500, 40 + at) };
      return { ...minute(), systems: { orders: leaking } };
    });
    expect(brief(told)).toEqual([
      'prod-orders-databaseConnections ALARM',
      'prod-orders-databaseConnections-critical ALARM',
    ]);
    const [ticket, page] = told.map((each) => each.minute);
    // 80 % are 400 connections, reached in minute 360; 95 % are 475, in minute 435.
    expect(ticket).toBeLessThanOrEqual(360 + 5);
    expect(page).toBeLessThanOrEqual(435 + 5);
  });

  it('of each resource once, though tickets are open, and of an outage beside them', () => {
    const { told } = live(['orders'], 240, (at) => {
      const values = {
        ...healthy,
        databaseDisk: at >= 10 ? 85 : 30,
        databaseConnections: at >= 40 ? 420 : 40,
        databaseCpu: at >= 70 ? 90 : 20,
        subscriberMemory: at >= 100 ? 88 : 40,
        duration: at >= 120 ? 1_400 : 100,
        repeatedErrors: at >= 140 ? 8 : null,
        functionConcurrency: at >= 160 ? 9 : 2,
        errorRate: at >= 200 ? 0.5 : 0,
      };
      return minute({ orders: values });
    });
    expect(brief(told).toSorted()).toEqual([
      'prod-orders-databaseConnections ALARM',
      'prod-orders-databaseCpu ALARM',
      'prod-orders-databaseDisk ALARM',
      'prod-orders-page ALARM',
      'prod-orders-subscriberMemory ALARM',
      'prod-orders-ticketConcurrency ALARM',
      'prod-orders-ticketDuration ALARM',
      'prod-orders-ticketRecurringErrors ALARM',
      'prod-orders-ticketRepeatedErrors ALARM',
    ]);
    const saidAt = Object.fromEntries(told.map(({ alarm, minute: at }) => [alarm, at]));
    // What fills up is told at once: three periods and the metrics' delay.
    expect(saidAt['prod-orders-databaseConnections']! - 40).toBeLessThanOrEqual(4);
    expect(saidAt['prod-orders-ticketConcurrency']! - 160).toBeLessThanOrEqual(5);
    expect(saidAt['prod-orders-page']! - 200).toBeLessThanOrEqual(limits.pageWithinPeriods);
  });

  it('of an outage while a disk that is nearly full has paged', () => {
    const { told } = live(['orders'], 120, (at) =>
      minute({ orders: { ...healthy, databaseDisk: at >= 10 ? 96 : 30, errorRate: at >= 60 ? 0.5 : 0 } }),
    );
    expect(brief(told)).toEqual([
      'prod-orders-databaseDisk ALARM',
      'prod-orders-databaseDisk-critical ALARM',
      'prod-orders-page ALARM',
    ]);
  });

  it('of the reserve that is gone, though a page comes within the minute', () => {
    const { told } = live(['orders'], 60, (at) =>
      minute({
        orders: {
          ...healthy,
          functionConcurrency: at >= 10 ? 9 : 2,
          databaseCpu: at >= 10 ? 95 : 20,
          errorRate: at >= 13 ? 0.5 : 0,
        },
      }),
    );
    expect(brief(told)).toEqual([
      'prod-orders-databaseCpu ALARM',
      'prod-orders-ticketConcurrency ALARM',
      'prod-orders-page ALARM',
    ]);
  });

  it('of connections that fill up, minutes before the level tells, and nothing of a load that begins', () => {
    const growing = (perMinute: number, to = 500) =>
      live(['orders'], 90, (at) =>
        minute({
          orders: { ...healthy, databaseConnections: Math.min(to, 40 + Math.max(0, at - 20) * perMinute) },
        }),
      ).told;
    // 4 % a minute: half at minute 30.5, 80 % at 38, all at 43.
    const told = growing(20);
    expect(brief(told)).toEqual([
      'prod-orders-connectionsFull ALARM',
      'prod-orders-databaseConnections ALARM',
      'prod-orders-databaseConnections-critical ALARM',
    ]);
    expect(told.map((each) => each.minute)).toEqual([34, 41, 45]);
    // A load test's ramp to three quarters, in five minutes, and a morning's, in an hour.
    expect(growing(67, 375)).toEqual([]);
    expect(growing(6, 375)).toEqual([]);
  });

  it('of a subscriber that fails each time within minutes, by a page before messages wait for long', () => {
    const failing = (
      repeated: (minute: number) => number | null,
      batches: (minute: number) => number | null,
    ) =>
      live(['orders'], 90, (at) => {
        const ill = between(at, 20, 90);
        return minute({
          orders: {
            ...healthy,
            subscriberErrors: ill ? repeated(at) : null,
            batches: ill ? batches(at) : 1,
            oldestMessage: ill ? 60 * (at - 19) : 0,
          },
        });
      }).told.map(({ alarm, minute: at }) => [alarm.replace('prod-orders-', ''), at - 20]);
    // A quiet queue: one message, tried again after 90 seconds; its first failure is none that came back.
    const retriedAt = (at: number) => (at - 20) % 3 !== 2;
    const quiet = failing(
      (at) => (at > 20 && retriedAt(at) ? 1 : null),
      (at) => (retriedAt(at) ? 1 : null),
    );
    const busy = failing(
      () => 30,
      () => 30,
    );
    expect(quiet.map(([alarm]) => alarm)).toEqual([
      'ticketSubscriberErrors',
      'ticketOldestMessage',
      'pageSubscriber',
    ]);
    // Before: told after 18 minutes, by the age of the oldest message, and paged after 39.
    expect(Object.fromEntries(quiet)).toMatchObject({ ticketSubscriberErrors: 8, pageSubscriber: 22 });
    expect(Object.fromEntries(busy)).toMatchObject({ ticketSubscriberErrors: 4, pageSubscriber: 15 });
  });

  it('of errors that come back, however seldom: 0.5 % that fail alike, by the hour', () => {
    const perMinute = repeatedBy({ perSecond: 30, failing: 0.005, environments: 3, minutes: 598 });
    expect((perMinute.reduce((sum, { failed }) => sum + failed, 0) / 598) * 60).toBeCloseTo(539, -1.5);
    const { told, statesAt } = live(['orders'], 598, (at) =>
      minute({
        orders: { ...healthy, errorRate: 0.005, repeatedErrors: perMinute[at]!.repeated || null },
      }),
    );
    const inAlarm = (id: string) =>
      Array.from({ length: 598 }, (_, at) => statesAt(at).get(`prod-orders-${id}`)).filter(
        (state) => state === 'ALARM',
      ).length;
    expect(inAlarm('repeatedErrors')).toBe(0);
    expect(inAlarm('recurringErrors')).toBeGreaterThan(560);
    expect(brief(told)).toEqual(['prod-orders-ticketRecurringErrors ALARM']);
    expect(told[0]!.minute).toBeLessThan(40);
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
      expect(brief(told)).toEqual(['prod-orders-ticketErrors ALARM', 'prod-orders-ticketErrors OK']);
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

  it('of databases that the probe has no time for, though each minute they are others', () => {
    const { told } = live(systems, 40, (at) =>
      between(at, 10, 30) ? unasked(systems[at % systems.length]!) : minute(),
    );
    expect(brief(told)).toEqual(['prod-fleet-unanswered ALARM', 'prod-fleet-unanswered OK']);
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
    ['provenPeak', { provenPeak: 1_900 }],
    ['provenMessagePeak', { provenMessagePeak: 310 }],
  ])('by one ticket when production outgrows the %s', (alarm, beyond) => {
    const { told } = live(systems, 30, (at) =>
      minute({ orders: { ...healthy, ...(at >= 10 ? beyond : {}) } }),
    );
    expect(brief(told)).toEqual([`prod-orders-${alarm} ALARM`]);
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
    expect(brief(told)).toEqual(['prod-orders-provenPeak ALARM']);
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
