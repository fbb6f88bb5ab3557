import { limits } from '../../monitoring/limits.ts';
import { endSessions } from '../faults/endSessions.ts';
import { revokeIngressRule } from '../faults/revokeIngressRule.ts';
import { messageRate } from '../publisher.ts';
import {
  alarmClears,
  alarmReached,
  connectionsWithinReserve,
  fastUnavailable,
  faultHasEffect,
  firstGoodAnswer,
  fleetNotPaged,
  fleetPaged,
  lastBadAnswer,
  noGoodAnswersDuring,
  noWrongBodies,
  onCallPaged,
  pageEnds,
  queueGrows,
  unavailableAnswers,
} from './expectations.ts';
import { outageTimes, settleStep, steadyStep } from './commonSteps.ts';
import type { Drill } from './drill.ts';

const { drill } = limits;

/**
 * Cuts every system off its database. The revoke alone would be no outage, since security groups leave
 * established connections alone: the sessions are ended too.
 */
export const revokeDbIngress: Drill = {
  name: 'revoke-db-ingress',
  does: 'revokes the rule that lets functions reach the database, and ends their sessions',
  hypothesis:
    'without access to its database, a system answers 503 quickly, on-call is notified, and nothing that was ' +
    'published is lost or stored twice',
  faults: [revokeIngressRule, endSessions],
  steps: ({ periodSeconds, visibilityTimeoutMs, hitsFleet }) => {
    const { pageMs, clearMs } = outageTimes(periodSeconds);
    return {
      steady: steadyStep(periodSeconds, ['alarms', 'queues']),
      observe: {
        minimumMs: 2 * drill.graceMs,
        maximumMs: pageMs,
        observe: ['alarms', 'queues'],
        expectations: [
          faultHasEffect(drill.effectWithinMs),
          noWrongBodies('injectMs'),
          noGoodAnswersDuring(drill.graceMs),
          unavailableAnswers(drill.graceMs, drill.unavailableSharePercent),
          fastUnavailable(limits.unavailableAnswerP95Ms),
          alarmReached(pageMs),
          onCallPaged(pageMs),
          hitsFleet ? fleetPaged(pageMs) : fleetNotPaged(),
          queueGrows((system) => Math.ceil(messageRate(system) * drill.queueGrowthSeconds)),
        ],
      },
      recover: {
        minimumMs: drill.quietMs,
        maximumMs: Math.max(clearMs, limits.recoveryMs + drill.quietMs),
        observe: ['alarms', 'sessions'],
        expectations: [
          firstGoodAnswer(limits.recoveryMs),
          lastBadAnswer(limits.recoveryMs, drill.quietMs),
          noWrongBodies('restoredMs'),
          connectionsWithinReserve(limits.utilizationPercent),
          alarmClears(clearMs),
          pageEnds(clearMs),
        ],
      },
      settle: settleStep(visibilityTimeoutMs, { aboutMessages: true }),
    };
  },
};
