import { endSessions } from './endSessions.ts';
import type { Fault } from './fault.ts';
import { noop } from './noop.ts';
import { poisonMessages } from './poisonMessages.ts';
import { publishSizes } from './publishSizes.ts';
import { rebootCluster } from './rebootCluster.ts';
import { revokeIngressRule } from './revokeIngressRule.ts';
import { throttleStage } from './throttleStage.ts';

const registered: readonly Fault[] = [
  revokeIngressRule,
  endSessions,
  rebootCluster,
  poisonMessages,
  throttleStage,
  publishSizes,
  noop,
];

/** The fault that a journal names; undefined where this version knows none of that name. */
export const faultNamed = (name: string): Fault | undefined =>
  registered.find((fault) => fault.name === name);
