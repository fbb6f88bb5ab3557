import { ScriptError } from '../../errors.ts';
import {
  metadataOf,
  requireBlocking,
  requireIteration,
  tagsOf,
  type VirtualUserState,
} from '../virtualUser.ts';
import { k6Module } from './refuse.ts';

/** The module `k6`. */
export const k6 = (state: VirtualUserState): Record<string, unknown> =>
  k6Module(
    'k6',
    {
      check: (value: unknown, checks: Record<string, unknown>, tags: Record<string, string> = {}): boolean =>
        check(state, value, checks, tags),
      fail: (message = ''): never => {
        throw new ScriptError('fail()', message);
      },
      group: (name: string, run: () => unknown): unknown => group(state, name, run),
      sleep: (seconds: unknown): void => {
        requireIteration(state, 'sleep');
        requireBlocking(state, 'sleep').sleep(Math.max(0, Number(seconds) * 1_000 || 0));
      },
    },
    ['randomSeed'],
  );

const separator = '::';

function refuseSeparator(name: string): void {
  if (name.includes(separator))
    throw new ScriptError(`"${name}"`, `no group and check may have ${separator} in its name`);
}

function group(state: VirtualUserState, name: string, run: () => unknown): unknown {
  requireIteration(state, 'group');
  refuseSeparator(name);
  const outer = state.group;
  const { host } = state;
  state.group = `${outer}${separator}${name}`;
  const beganMs = host.now();
  try {
    const result = run();
    if (typeof (result as { then?: unknown } | null | undefined)?.then === 'function')
      throw new ScriptError('group()', `"${name}" is async, which k6 refuses`);
    return result;
  } finally {
    const timeMs = host.now();
    host.emit({
      metric: 'group_duration',
      timeMs,
      value: timeMs - beganMs,
      tags: tagsOf(state),
      metadata: metadataOf(state),
    });
    state.group = outer;
  }
}

function check(
  state: VirtualUserState,
  value: unknown,
  checks: Record<string, unknown>,
  tags: Record<string, string>,
): boolean {
  requireIteration(state, 'check');
  const { host } = state;
  // All of one call are of the instant and the tags that it began with, as in k6.
  const timeMs = host.now();
  const common = { ...tagsOf(state), ...tags };
  const metadata = metadataOf(state);
  let allPassed = true;
  for (const [name, test] of Object.entries(checks)) {
    refuseSeparator(name);
    const point = { metric: 'checks', timeMs, tags: { ...common, check: name }, metadata };
    let passed: boolean;
    try {
      const result: unknown =
        typeof test === 'function' ? (test as (value: unknown) => unknown)(value) : test;
      if (result instanceof Promise) throw new ScriptError('check()', `"${name}" is async, which k6 refuses`);
      passed = Boolean(result);
    } catch (error) {
      host.emit({ ...point, value: 0 });
      throw error;
    }
    host.emit({ ...point, value: passed ? 1 : 0 });
    allPassed &&= passed;
  }
  return allPassed;
}
