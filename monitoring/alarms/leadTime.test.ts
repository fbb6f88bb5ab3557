import { describe, expect, it } from 'vitest';
import { alarmName, monitoredSystem } from '../../fleet/names.ts';
import { signalsOf, toMetricUnit, type SignalId } from '../signals.ts';
import { capacity, healthy, live, stage } from '../testing/virtualAlarms.ts';
import { contract } from '../../service/contract.ts';

/** Percent of the whole that a resource gains a minute, from nothing; at 100 % the first request fails. */
const growths = [0.5, 1, 2, 4, 5, 7, 10] as const;

/** What is full at 100 %, so that requests fail, and the alarms that speak of it. */
const speakOf = {
  databaseCpu: ['databaseCpu'],
  databaseMemory: ['databaseMemory'],
  databaseConnections: ['databaseConnections', 'connectionsFull'],
  databaseDisk: ['databaseDisk', 'diskFull'],
  functionMemory: ['functionMemory'],
  functionConcurrency: ['ticketConcurrency'],
} as const satisfies Partial<Record<SignalId, readonly string[]>>;
type Filling = keyof typeof speakOf;

/** Minutes from the word of each alarm until the first failed request; null where it came with it or after. */
function leadsOf(resource: Filling, growth: number): Record<string, number | null> {
  const signal = signalsOf(monitoredSystem(contract, stage, 'orders', capacity), 60)[resource];
  const breaksAt = Math.ceil(100 / growth);
  const { told } = live(['orders'], breaksAt + 15, (at) => {
    const percent = Math.min(100, growth * (at + 1));
    const broken = at >= breaksAt;
    return {
      systems: {
        orders: {
          ...healthy,
          [resource]: toMetricUnit(signal, percent),
          errorRate: broken ? 0.6 : 0,
          unhealthy: broken ? 1 : 0,
        },
      },
      fleet: { unhealthyHosts: Number(broken), unhealthyShare: 0, databasesUnanswered: 1 },
    };
  });
  return Object.fromEntries(
    speakOf[resource].map((id) => {
      const word = told.find(({ alarm }) => alarm === alarmName(stage, 'orders', id));
      const lead = word === undefined ? 0 : breaksAt - word.minute;
      return [id, lead > 0 ? lead : null];
    }),
  );
}

describe('before the first failed request', () => {
  const leads = new Map(
    (Object.keys(speakOf) as Filling[]).map((resource) => [
      resource,
      growths.map((growth) => leadsOf(resource, growth)),
    ]),
  );

  it.each([...leads])('every alarm of %s has spoken, at a growth of up to 4 %% a minute', (_, atEach) => {
    for (const [index, byAlarm] of atEach.entries()) {
      if (growths[index]! > 4) continue;
      const longest = Math.max(...Object.values(byAlarm).map((lead) => lead ?? 0));
      expect(longest, `${growths[index]} %`).toBeGreaterThan(0);
    }
    // The 80 % line by itself, and not only the forecast.
    const [level] = Object.keys(atEach[0]!);
    expect(atEach.slice(0, 4).map((byAlarm) => byAlarm[level!])).not.toContain(null);
  });

  it('the forecast has spoken where the level comes too late', () => {
    for (const [resource, forecast] of [
      ['databaseConnections', 'connectionsFull'],
      ['databaseDisk', 'diskFull'],
    ] as const) {
      for (const growth of [4, 5, 7]) {
        const byAlarm = leads.get(resource)![growths.indexOf(growth as 4)]!;
        expect(byAlarm[forecast], `${resource} at ${growth} %`).toBeGreaterThan(byAlarm[resource] ?? 0);
      }
    }
  });

  it('is written down, also where nobody can be told in time', async () => {
    const rows = [...leads].flatMap(([resource, atEach]) =>
      speakOf[resource].map((alarm) => {
        const cells = atEach
          .map((byAlarm) => byAlarm[alarm])
          .map((lead) => (lead === null ? '–' : `${lead} min`));
        return `| ${resource} | \`${alarm}\` | ${cells.join(' | ')} |`;
      }),
    );
    const text = [
      '# How long before the first failed request an alarm speaks',
      '',
      'Made by `monitoring/alarms/leadTime.test.ts` (`npx vitest run monitoring/alarms/leadTime -u`): the template’s',
      'alarms in virtual time, with metrics as late as they usually are, while one resource fills up from nothing',
      'at a steady rate, and requests fail as soon as it is full. –: it speaks with the failure, or after.',
      '',
      `| fills up | alarm | ${growths.map((growth) => `${growth} % a minute`).join(' | ')} |`,
      `|---|---|${growths.map(() => '---').join('|')}|`,
      ...rows,
      '',
      'Three periods in a row, by metrics that come a minute late, on a bad day two: what takes two minutes or three from',
      '80 % to 100 % is told of with its failure. Connections and disk are told of by their growth as well, from half of',
      'the whole on. CPU, memory and concurrency follow the load within a minute: their growth says nothing of what comes.',
      '',
    ].join('\n');
    await expect(text).toMatchFileSnapshot('../../docs/lead-time.md');
  });
});
