import { describe, expect, it } from 'vitest';
import { watchClock } from './clockWatch.ts';

describe("the machine's clock", () => {
  let wallMs: number;
  let monotonicMs: number;
  const watch = () => {
    wallMs = Date.UTC(2026, 0, 1);
    monotonicMs = 5_000;
    return watchClock({ now: () => wallMs }, () => monotonicMs);
  };

  it.each([
    ['goes as time does', 60_000, 60_000],
    ['is slewed by NTP for a day', 86_400_000 + 43_000, 86_400_000],
    ['is set right by less than a second', 60_900, 60_000],
  ])('that %s says nothing', (_, wall, monotonic) => {
    const stepped = watch();
    wallMs += wall;
    monotonicMs += monotonic;
    expect(stepped()).toBeNull();
  });

  it.each([
    [
      'forward',
      100_000,
      "this machine's clock went forward by 40.0 s while the load ran, or the machine slept",
    ],
    ['back', 58_000, "this machine's clock went back by 2.0 s"],
  ])('that steps %s makes the times of a run wrong', (_, wall, reason) => {
    const stepped = watch();
    wallMs += wall;
    monotonicMs += 60_000;
    expect(stepped()).toContain(reason);
  });
});
