import { expect, it } from 'vitest';
import config from '../fleet.config.ts';
import { configurationHash, parseFleet, withSystems, type Fleet } from '../fleet/fleet.ts';
import { fleetOfRun } from './fleetOfRun.ts';

const configured = parseFleet(config);
const runOf = (fleet: Fleet, loaded = fleet.systems.length) => ({
  configurationHash: configurationHash(fleet),
  systems: fleet.systems.slice(0, loaded).map(({ name }) => ({ system: name, series: [] }) as never),
});

it('knows the fleet of a run again, with all its systems, some of them, or another number', () => {
  expect(fleetOfRun(configured, runOf(configured))).toBe(configured);
  expect(fleetOfRun(configured, runOf(configured, 1))).toBe(configured);
  for (const count of [1, 2, 5]) {
    const rehearsed = withSystems(configured, count);
    expect(fleetOfRun(configured, runOf(rehearsed))).toEqual(rehearsed);
  }
});

it('knows no fleet where the configuration has changed since', () => {
  const { systems, ...rest } = configured;
  const [first, ...others] = systems;
  const peak = { ...first!.expectedPeak, requestsPerSecond: first!.expectedPeak.requestsPerSecond + 1 };
  const changed = parseFleet({ ...rest, systems: [{ ...first!, expectedPeak: peak }, ...others] });
  for (const fleet of [configured, withSystems(configured, 5)]) {
    expect(fleetOfRun(changed, runOf(fleet))).toBeUndefined();
  }
});
