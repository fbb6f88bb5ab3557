import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { divideCpu, type CpuDivision, type ServerSnapshot } from './databaseCpu.ts';
import { backend, endedSession, serverAt } from './testing/snapshots.ts';

const databases = ['system_01', 'system_02'];

/** Every part, the server's own under its name, in seconds. */
const parts = ({ seconds, serverSeconds }: CpuDivision): Record<string, number> => ({
  ...Object.fromEntries(seconds),
  server: serverSeconds,
});

describe('divideCpu', () => {
  it("gives a database its own backends' time, and the rest to the server itself", () => {
    const before = serverAt(0, { own: 10 }, [backend(2, 'system_01', 100), backend(3, null, 5)]);
    const now = serverAt(1_000, { own: 12 }, [
      backend(2, 'system_01', 140),
      backend(3, null, 13),
      backend(4, 'system_02', 6),
    ]);
    expect(parts(divideCpu(before, now, databases))).toEqual({
      system_01: 0.4,
      system_02: 0.06,
      server: 0.1,
    });
  });

  it('gives a database what its ended sessions were seen to use, and what they used after that', () => {
    const before = serverAt(0, { endedChildren: 1_000 }, [backend(2, 'system_01', 400)]);
    const now = serverAt(
      2_000,
      // The life of the first, 30 ticks of it since the look; of the second, one more than was seen.
      { endedChildren: 1_000 + 430 + 21 },
      [],
      [
        endedSession(2, 'system_01', { seconds: 60, cpuSeconds: 4.3 }),
        endedSession(3, 'system_02', { seconds: 0.3, cpuSeconds: 0.2 }),
      ],
    );
    const { system_01 = 0, system_02 = 0, server = 0 } = parts(divideCpu(before, now, databases));
    // What a process used after it was read, 0.01 s here, is shared among those that have ended.
    expect(system_01).toBeCloseTo(0.302, 6);
    expect(system_02).toBeCloseTo(0.202, 6);
    expect(system_01 + system_02 + server).toBeCloseTo(0.51, 6);
  });

  it('takes a session that was gone before it was read for as busy as it can have been', () => {
    const before = serverAt(0, {}, [backend(2, 'system_01', 6_000), backend(3, 'system_02', 1)]);
    const now = serverAt(
      2_000,
      { endedChildren: 6_000 + 1 + 90 },
      [],
      [
        // Worked all its life of a minute, and a second more.
        endedSession(2, 'system_01', { seconds: 61, endedAtMs: 1_000 }),
        // Was idle for a minute, and a second more.
        endedSession(3, 'system_02', { seconds: 61, endedAtMs: 1_000 }),
      ],
    );
    const { system_01 = 0, system_02 = 0 } = parts(divideCpu(before, now, databases));
    expect(system_01).toBeGreaterThan(0.89);
    expect(system_02).toBeLessThan(0.01);
  });

  it('charges no session with more than it can have used: refused logins are the server itself', () => {
    const before = serverAt(0, {});
    const now = serverAt(
      2_000,
      // A session of 10 ms, and 200 logins with a wrong password.
      { endedChildren: 1 + 80 },
      [],
      [endedSession(9, 'system_01', { seconds: 0.01, endedAtMs: 500 })],
    );
    expect(parts(divideCpu(before, now, databases))).toEqual({
      system_01: expect.closeTo(0.012, 6),
      system_02: 0,
      server: expect.closeTo(0.81 - 0.012, 6),
    });
  });

  it('gives the sessions of other databases, and of nobody, to the server itself', () => {
    const before = serverAt(0, {}, [backend(2, 'postgres', 10)]);
    const now = serverAt(
      2_000,
      { endedChildren: 20 },
      [backend(2, 'postgres', 40)],
      [endedSession(3, null, { cpuSeconds: 0.1 }), endedSession(4, 'postgres', { cpuSeconds: 0.1 })],
    );
    expect(parts(divideCpu(before, now, databases))).toEqual({ system_01: 0, system_02: 0, server: 0.5 });
  });

  it('takes nothing from anybody where ticks moved while they were read', () => {
    const before = serverAt(0, { own: 50, endedChildren: 30 }, [backend(2, 'system_01', 0)]);
    const now = serverAt(1_000, { own: 40, endedChildren: 20 }, [backend(2, 'system_01', 6)]);
    expect(parts(divideCpu(before, now, databases))).toEqual({ system_01: 0.06, system_02: 0, server: 0 });
  });

  it('counts a process id that was given again from zero', () => {
    const before = serverAt(0, {}, [backend(2, 'system_01', 90)]);
    const now = serverAt(1_000, { endedChildren: 90 }, [backend(2, 'system_02', 30)]);
    expect(parts(divideCpu(before, now, databases))).toEqual({ system_01: 0, system_02: 0.3, server: 0 });
  });

  it('956 short sessions of one system in fifty are that system’s, read as they ended or not', () => {
    const fleet = Array.from({ length: 50 }, (_, index) => `system_${index}`);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (readShare) => {
        // Each system's session that stays, and one that ends; besides those of one that opens one for each query.
        const ended = [
          ...fleet.map((database, index) => ({ database, pid: 1_000 + index })),
          ...Array.from({ length: 956 }, (_, index) => ({ database: 'system_7', pid: 2_000 + index })),
        ].map(({ database, pid }, index) =>
          endedSession(pid, database, {
            seconds: 0.008,
            endedAtMs: 1_000,
            // A generator of evenly spread numbers: which ones were read must not matter.
            cpuSeconds: (index * 0.618) % 1 < readShare ? 0.0044 : undefined,
          }),
        );
        const stay = (ticks: number) => fleet.map((database, index) => backend(100 + index, database, ticks));
        const used = Math.round(ended.length * 0.55);
        const division = divideCpu(
          serverAt(0, {}, stay(10)),
          serverAt(2_000, { endedChildren: used, own: 50 }, stay(11), ended),
          fleet,
        );
        // As they were read or not, the others' one session each takes a little more or less.
        const theirs = (sessions: number) => sessions * 0.0055 + 0.01;
        const { system_7 = 0, server = 0, ...others } = parts(division);
        expect(Math.abs(system_7 / theirs(957) - 1)).toBeLessThan(0.06);
        for (const seconds of Object.values(others)) {
          expect(Math.abs(seconds - theirs(1))).toBeLessThan(0.006);
        }
        expect(server).toBeGreaterThanOrEqual(0.5);
      }),
    );
  });

  it('adds up to the whole, whatever starts, works and ends meanwhile', () => {
    const step = fc.record({
      database: fc.constantFrom(...databases, null, 'postgres'),
      before: fc.nat({ max: 500 }),
      used: fc.nat({ max: 500 }),
      life: fc.constantFrom('stays', 'starts', 'ends', 'passes'),
      told: fc.constantFrom('read', 'missed', 'never'),
      seconds: fc.double({ min: 0, max: 100, noNaN: true }),
    });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 20 }),
        fc.nat({ max: 50 }),
        fc.nat({ max: 900 }),
        (steps, postmasterUsed, endedBefore) => {
          let endedChildren = endedBefore;
          let whole = postmasterUsed;
          const before: ServerSnapshot['processes'][number][] = [];
          const now: ServerSnapshot['processes'][number][] = [];
          const ended: ServerSnapshot['ended'][number][] = [];
          for (const [index, { database, before: ticks, used, life, told, seconds }] of steps.entries()) {
            const pid = 100 + index;
            const startTicks = life === 'starts' || life === 'passes' ? 0 : ticks;
            whole += used;
            if (life === 'stays' || life === 'ends') before.push(backend(pid, database, startTicks));
            if (life === 'stays' || life === 'starts') now.push(backend(pid, database, startTicks + used));
            else {
              endedChildren += startTicks + used;
              const cpuSeconds = told === 'read' ? (startTicks + used) / 100 : undefined;
              if (told !== 'never')
                ended.push(endedSession(pid, database, { seconds, cpuSeconds, endedAtMs: 900 }));
            }
          }
          const division = divideCpu(
            serverAt(0, { own: 7, endedChildren: endedBefore }, before),
            serverAt(1_000, { own: 7 + postmasterUsed, endedChildren }, now, ended),
            databases,
          );
          const all = Object.values(parts(division));
          expect(all.reduce((sum, seconds) => sum + seconds, 0)).toBeCloseTo(whole / 100, 6);
          expect(Math.min(...all)).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });
});
