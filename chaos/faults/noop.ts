import type { Fault } from './fault.ts';

/** Does nothing. The template of a fault (chaos/README.md), and a drill with it must end invalid. */
export const noop: Fault = {
  name: 'noop',
  cutsTraffic: false,
  needs: [],
  plan: (system) => ({ arguments: { system: system.system }, inverse: null }),
  obstacle: () => Promise.resolve(null),
  permissions: () => Promise.resolve([]),
  inject: () => Promise.resolve(),
  restore: () => Promise.resolve(null),
};
