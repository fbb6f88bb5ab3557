import { limits } from '../../monitoring/limits.ts';
import { rebootCluster } from '../faults/rebootCluster.ts';
import { messageRate } from '../publisher.ts';
import { outageTimes, settleStep, steadyStep } from './commonSteps.ts';
import type { Drill } from './drill.ts';
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
  noWrongBodies,
  onCallPaged,
  pageEnds,
  queueGrows,
} from './expectations.ts';
import {
  databaseAway,
  databaseBack,
  onlyWhereTold,
  openingsPerSecond,
  sinceBack,
  unavailableAmongFailed,
} from './restartExpectations.ts';

const { drill } = limits;

/** Restarts every system's database under load, and lets it come back by itself. */
export const restartDatabase: Drill = {
  name: 'restart-database',
  does: 'reboots the database, and lets it come back by itself',
  hypothesis:
    'while its database restarts, a system answers 503 quickly and on-call is notified; once it is back, connections ' +
    'return one by one instead of all at once; nothing that was published is lost or stored twice',
  faults: [rebootCluster],
  steps: ({ periodSeconds, visibilityTimeoutMs, hitsFleet }) => {
    const { periodMs, pageMs, clearMs } = outageTimes(periodSeconds);
    const toldFromMs = drill.restart.toldFromPeriods * periodMs;
    const backWithinMs = drill.restart.backWithinPeriods * periodMs;
    return {
      steady: steadyStep(periodSeconds, ['alarms', 'queues', 'database']),
      observe: {
        minimumMs: 2 * drill.graceMs,
        maximumMs: Math.max(backWithinMs, pageMs),
        observe: ['alarms', 'queues', 'database'],
        expectations: [
          faultHasEffect(drill.restart.beginsWithinPeriods * periodMs),
          databaseAway(drill.restart.beginsWithinPeriods * periodMs),
          databaseBack(backWithinMs),
          noWrongBodies('injectMs'),
          unavailableAmongFailed(drill.graceMs, drill.unavailableSharePercent),
          fastUnavailable(limits.unavailableAnswerP95Ms),
          queueGrows((system) => Math.ceil(messageRate(system) * drill.queueGrowthSeconds)),
          onlyWhereTold(alarmReached(pageMs), toldFromMs),
          onlyWhereTold(onCallPaged(pageMs), toldFromMs),
          hitsFleet ? onlyWhereTold(fleetPaged(pageMs), toldFromMs) : fleetNotPaged(),
        ],
      },
      recover: {
        // The longest pause between two attempts to connect is over.
        minimumMs: limits.recoveryMs,
        maximumMs: Math.max(clearMs, limits.recoveryMs + drill.quietMs),
        observe: ['alarms', 'sessions', 'database'],
        expectations: [
          sinceBack(firstGoodAnswer(limits.recoveryMs)),
          sinceBack(lastBadAnswer(limits.recoveryMs, drill.quietMs)),
          noWrongBodies('restoredMs'),
          openingsPerSecond(),
          connectionsWithinReserve(limits.utilizationPercent),
          alarmClears(clearMs),
          pageEnds(clearMs),
        ],
      },
      settle: settleStep(visibilityTimeoutMs, { aboutMessages: true }),
    };
  },
};
