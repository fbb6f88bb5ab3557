import { describe, expect, it } from 'vitest';
import { fleetAlarmName, alarmName } from '../../fleet/names.ts';
import { limits } from '../limits.ts';
import {
  healthy,
  live,
  stage,
  withoutQueue,
  type FleetValues,
  type SystemValues,
} from '../testing/virtualAlarms.ts';
import { fleetCompositeIds } from './description.ts';
import { silences, type Silence } from './silence.ts';

type Id = keyof typeof silences;

const silentFrom = 30;
const minutes = 120;
/** Longest from the beginning of the silence until it is told: window, metrics' delay, and the wait. */
const toldWithin = limits.unmeasured.periods + 4 + limits.suppression.unmeasuredByBlind.waitPeriods;

/** What stays without a value, beside the metric itself, when what makes it is gone. */
const goneWith: Partial<Record<Id, { system?: Partial<SystemValues>; fleet?: Partial<FleetValues> }>> = {
  // Its probe cannot log in.
  databaseMemory: { fleet: { databasesUnanswered: 0 } },
  errorBudget: { system: { errorRate: null } },
  failedAnswers: { system: { errorRate: null } },
  connectionsFull: { system: { databaseConnections: null } },
  diskFull: { system: { databaseDisk: null } },
  databaseUnmeasured: { system: { databaseCpu: null, databaseConnections: null, databaseDisk: null } },
  apiUnmeasured: {
    system: { errorRate: null, duration: null, functionConcurrency: null, functionMemory: null },
  },
  unhealthy: { fleet: { unhealthyHosts: null, unhealthyShare: null } },
  unhealthyShare: { system: { unhealthy: null }, fleet: { unhealthyHosts: null } },
  unhealthyHosts: { system: { unhealthy: null }, fleet: { unhealthyShare: null } },
  canarySilent: { system: { unhealthy: null }, fleet: { unhealthyHosts: null, unhealthyShare: null } },
  probeSilent: { system: { databaseMemory: null }, fleet: { databasesUnanswered: null } },
};

/** What is there again as soon as somebody uses it, and has something to say then. */
const used: Partial<Record<Id, Partial<SystemValues>>> = {
  // Nothing takes what comes.
  subscriberMemory: { oldestMessage: 1_200 },
  subscriberConcurrency: { oldestMessage: 1_200 },
  oldestMessage: { oldestMessage: 1_200 },
  deadLetters: { deadLetters: 1 },
  undelivered: { undelivered: 1 },
  droppedMessages: { droppedMessages: 1 },
  repeatedErrors: { repeatedErrors: 8 },
  recurringErrors: { repeatedErrors: 1 },
  subscriberErrors: { subscriberErrors: 8, batches: 100 },
  subscriberFailing: { subscriberErrors: 1, batches: 1 },
};

/** Whose it is: a system of ours has a queue. */
const systemOf = (id: Id): string => (id === 'droppedMessages' ? withoutQueue : 'orders');

const nameOf = (toldBy: NonNullable<Silence['toldBy']>, system = 'orders'): string =>
  (fleetCompositeIds as readonly string[]).includes(toldBy)
    ? fleetAlarmName(stage, toldBy)
    : alarmName(stage, system, toldBy);

const quietFleet: FleetValues = { unhealthyHosts: 0, unhealthyShare: 0, databasesUnanswered: 1 };

/** What on-call is told of while a metric is missing, and after somebody uses what it is about. */
function toldOf(id: Id) {
  const { system = {}, fleet = {} } = goneWith[id] ?? {};
  const idle: Partial<SystemValues> =
    silences[id].kind === 'whenUsed'
      ? {
          deadLetters: null,
          undelivered: null,
          oldestMessage: null,
          batches: null,
          subscriberMemory: null,
          subscriberConcurrency: null,
        }
      : { ...(id in healthy && { [id]: null }), ...system };
  const name = systemOf(id);
  return live([name], minutes, (at) => {
    const missing = at >= silentFrom;
    const begun = silences[id].kind === 'whenUsed' && at >= 60 ? used[id] : {};
    return {
      systems: { [name]: { ...healthy, ...(missing && idle), ...begun } },
      fleet: { ...quietFleet, ...(missing && { ...(id in quietFleet && { [id]: null }), ...fleet }) },
    };
  }).told;
}

const rows = Object.entries(silences) as [Id, Silence][];

describe('who is told when nothing is known', () => {
  it.each(rows.filter(([, { kind }]) => kind === 'alarm'))('of %s', (id, { toldBy }) => {
    const told = toldOf(id);
    expect(told.map(({ alarm }) => alarm)).toContain(nameOf(toldBy!));
    // And nobody is told twice, or of something else.
    expect(told.filter(({ alarm }) => alarm !== nameOf(toldBy!) && alarm !== 'prod-fleet-blind')).toEqual([]);
    expect(told[0]!.minute - silentFrom).toBeLessThanOrEqual(toldWithin);
  });

  it.each(rows.filter(([, { kind }]) => kind === 'whenUsed'))(
    'of %s, as soon as it is used',
    (id, { toldBy }) => {
      const told = toldOf(id);
      expect(told.map(({ alarm }) => alarm)).toContain(nameOf(toldBy!, systemOf(id)));
      expect(told[0]!.minute).toBeGreaterThanOrEqual(60);
    },
  );

  it('is somebody, for everything that is watched', () => {
    for (const [id, { kind, toldBy, because }] of rows) {
      expect(because, id).toMatch(/^[A-Z].{20,}\.$/);
      expect(toldBy === null, id).toBe(kind === 'doctor');
    }
  });

  it('is written down', async () => {
    const told = ({ kind, toldBy }: Silence): string => {
      if (toldBy === null) return '`headroom doctor`';
      const name = (fleetCompositeIds as readonly string[]).includes(toldBy)
        ? `{stage}-fleet-${toldBy}`
        : `…-${toldBy}`;
      return kind === 'alarm' ? `\`${name}\`` : `\`${name}\`, once it is used`;
    };
    const lines = rows.map(([id, silence]) => `| \`${id}\` | ${told(silence)} | ${silence.because} |`);
    const text = [
      '# What notifies on-call when a metric has no value',
      '',
      'Generated from `monitoring/alarms/silence.ts` by its test (`npx vitest run monitoring/alarms/silence -u`), which',
      'simulates each row in virtual time. An alarm without data says neither that all is well nor that it is not.',
      '',
      '| metric without a value | notifies | because |',
      '|---|---|---|',
      ...lines,
      '',
    ].join('\n');
    await expect(text).toMatchFileSnapshot('../../docs/silence.md');
  });
});
