import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MetricStore } from '../cloudwatch/metricStore.ts';
import { toMetricUnit, toReaderUnit, type MetricSignal } from './metricSignal.ts';
import { signalsOf } from './signals.ts';
import { adoptedSystem, alarmsOf, stateOf } from './testing/adoptedAlarms.ts';

const apiUrl = 'https://clients.example/prod';
const sizes = { connectionLimit: 400, memoryMiB: 16_384, storageGiB: 100 };
const databases = [
  { engine: 'rds-postgresql', identifier: 'clients', ...sizes },
  { engine: 'aurora-postgresql', identifier: 'clients', ...sizes },
] as const;
const ids = ['databaseCpu', 'databaseMemory', 'databaseConnections', 'databaseDisk'] as const;
const minuteMs = 60_000;
const startMs = Date.UTC(2026, 10, 3, 12);

/** Values of a signal, minute by minute, in percent of what there is. */
function published(signal: MetricSignal, percents: readonly number[]): MetricStore {
  const metrics = new MetricStore();
  percents.forEach((percent, minute) =>
    metrics.put({
      namespace: signal.namespace,
      name: signal.metricName,
      dimensions: signal.dimensions,
      timestampMs: startMs + minute * minuteMs,
      value: toMetricUnit(signal, percent),
    }),
  );
  return metrics;
}

describe.each(databases)('the signals of $engine', (database) => {
  const system = adoptedSystem({ apiUrl, database });
  const signals = signalsOf(system, 60);
  const alarms = alarmsOf(system);

  it('are its own metrics, of what is used and of what is left', () => {
    expect(Object.keys(signals)).toEqual(ids);
    expect(
      Object.values(signals).map(({ namespace, metricName, statistic, capacity, remaining }) => [
        namespace,
        metricName,
        statistic,
        capacity,
        remaining,
      ]),
    ).toEqual([
      ['AWS/RDS', 'CPUUtilization', 'Maximum', undefined, undefined],
      ['AWS/RDS', 'FreeableMemory', 'Minimum', 16_384 * 1_024 ** 2, true],
      ['AWS/RDS', 'DatabaseConnections', 'Maximum', 400, undefined],
      [
        'AWS/RDS',
        database.engine === 'aurora-postgresql' ? 'FreeLocalStorage' : 'FreeStorageSpace',
        'Minimum',
        100 * 1_024 ** 3,
        true,
      ],
    ]);
    expect(new Set(Object.values(signals).map(({ dimensions }) => JSON.stringify(dimensions)))).toEqual(
      new Set([
        database.engine === 'aurora-postgresql'
          ? '{"DBClusterIdentifier":"clients","Role":"WRITER"}'
          : '{"DBInstanceIdentifier":"clients"}',
      ]),
    );
  });

  it.each(ids)(
    '%s alarms where its use was at 80 %% for three minutes, whichever way its metric goes',
    (id) => {
      const signal = signals[id]!;
      fc.assert(
        fc.property(
          fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 3, maxLength: 3 }),
          (percents) => {
            const metrics = published(signal, percents);
            const used = percents.map((percent) => toReaderUnit(signal, toMetricUnit(signal, percent)));
            // A hair beside the limit the two units may round apart.
            fc.pre(used.every((percent) => Math.abs(percent - 80) > 1e-6));
            const expected = used.every((percent) => percent >= 80) ? 'ALARM' : 'OK';
            expect(stateOf(alarms.get(id), metrics, startMs + 3 * minuteMs)).toBe(expected);
          },
        ),
        { numRuns: 50 },
      );
    },
  );

  it('speak of what there is: no nodes, and no estimate', () => {
    const said = ids.map((id) => String(alarms.get(id)!['AlarmDescription'])).join(' ');
    expect(said).toContain('legacy: the share of the database’s memory in use reached 80 % or more');
    expect(said).not.toMatch(/node|estimate/);
  });

  it('tell of what runs out before it is full, at its growth', () => {
    const fillingUp = [50, 52, 54, 56, 58];
    const falling = fillingUp.toReversed();
    for (const [id, alarm] of [
      ['databaseDisk', 'diskFull'],
      ['databaseConnections', 'connectionsFull'],
    ] as const) {
      // At two points a minute disk is full in 21 minutes, connections are not in 15.
      const nowMs = startMs + fillingUp.length * minuteMs;
      const expected = alarm === 'diskFull' ? 'ALARM' : 'OK';
      expect(stateOf(alarms.get(alarm), published(signals[id]!, fillingUp), nowMs), alarm).toBe(expected);
      expect(stateOf(alarms.get(alarm), published(signals[id]!, falling), nowMs), alarm).toBe('OK');
      const fast = published(signals[id]!, [50, 55, 60, 65, 70]);
      expect(stateOf(alarms.get(alarm), fast, nowMs), alarm).toBe('ALARM');
      // From there on the critical alarm tells.
      const full = published(signals[id]!, [95, 96, 97, 98, 99]);
      expect(stateOf(alarms.get(alarm), full, nowMs), alarm).toBe('OK');
      expect(stateOf(alarms.get(`${id}-critical`), full, nowMs)).toBe('ALARM');
    }
  });

  it('say nothing while nothing is published, and their silence is told of', () => {
    const nowMs = startMs + 10 * minuteMs;
    for (const id of ids) expect(stateOf(alarms.get(id), new MetricStore(), nowMs)).toBe('INSUFFICIENT_DATA');
    expect(stateOf(alarms.get('databaseUnmeasured'), new MetricStore(), nowMs)).toBe('ALARM');
  });

  it('are asked without a size where the configuration has none', () => {
    const { engine, identifier } = database;
    const bare = adoptedSystem({ apiUrl, database: { engine, identifier } });
    expect(Object.keys(signalsOf(bare, 60))).toEqual(['databaseCpu']);
    expect([...alarmsOf(bare).keys()].filter((id) => /^database|Full/.test(id))).toEqual([
      'databaseCpu',
      'databaseUnmeasured',
    ]);
  });
});
