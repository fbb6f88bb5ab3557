import { ScriptError } from '../../errors.ts';
import { metadataOf, requireIteration, tagsOf, type VirtualUserState } from '../virtualUser.ts';
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
    },
    ['group', 'randomSeed', 'sleep'],
    { sleep: 'it blocks; pace with an arrival-rate executor' },
  );

function check(
  state: VirtualUserState,
  value: unknown,
  checks: Record<string, unknown>,
  tags: Record<string, string>,
): boolean {
  requireIteration(state, 'check');
  const { host } = state;
  let allPassed = true;
  for (const [name, test] of Object.entries(checks)) {
    const point = {
      metric: 'checks',
      timeMs: host.now(),
      tags: { ...tagsOf(state), ...tags, check: name },
      metadata: metadataOf(state),
    };
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
