import { UnsupportedError } from '../../errors.ts';

/**
 * A k6 module as a script imports it: what the embedded engine has, and for the rest of k6's names a refusal
 * that says which one was used.
 */
export function k6Module(
  module: string,
  supported: Readonly<Record<string, unknown>>,
  refused: readonly string[],
): Record<string, unknown> {
  // Descriptors, not values: some names are getters.
  const exports: Record<string, unknown> = Object.defineProperties(
    {},
    Object.getOwnPropertyDescriptors(supported),
  );
  for (const name of refused) {
    Object.defineProperty(exports, name, {
      enumerable: true,
      get: () => {
        const short = module.split('/').at(-1) ?? module;
        throw new UnsupportedError(`${short}.${name}`, 'run the script with k6');
      },
    });
  }
  // Scripts import k6's modules by name or whole: both see the same object.
  Object.defineProperties(exports, {
    __esModule: { value: true },
    default: { value: exports },
  });
  return exports;
}
