import { ScriptError } from '../../errors.ts';
import type { SharedArrays } from '../sharedArrays.ts';
import type { VirtualUserState } from '../virtualUser.ts';
import { k6Module } from './refuse.ts';

/** The module `k6/data`. @param arrays those of the whole instance */
export function data(state: VirtualUserState, arrays: SharedArrays): Record<string, unknown> {
  /** Called by `new`: what it returns takes the place of what that makes. */
  function SharedArray(name: unknown, make: unknown): readonly unknown[] {
    if (state.iteration >= 0) throw new ScriptError('new SharedArray', 'must be called in the init context');
    if (typeof name !== 'string' || name === '') throw new ScriptError('new SharedArray', 'expected a name');
    if (typeof make !== 'function')
      throw new ScriptError(`SharedArray "${name}"`, 'expected a function that returns an array');
    return arrays.named(name, make as () => unknown);
  }
  return k6Module('k6/data', { SharedArray }, []);
}
