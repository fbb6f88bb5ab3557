import { limits } from '../../monitoring/limits.ts';
import { poisonMessages as poison } from '../faults/poisonMessages.ts';
import { outageTimes, settleStep, steadyStep } from './commonSteps.ts';
import type { Drill } from './drill.ts';
import { notPaged, noWrongBodies } from './expectations.ts';
import {
  companionsStored,
  deadLetterAlarmClears,
  deadLetterAlarmReached,
  goodAnswersDuring,
  messagesPageEnds,
  noGoodDeadLetters,
  noOtherDeadLetters,
  noPoisonLeft,
  otherDeadLettersKept,
  poisonGivenUpAtOnce,
  poisonNotStored,
  poisonPublished,
  toldOfMessages,
} from './poisonExpectations.ts';

const { drill } = limits;

/** Publishes messages that can never succeed among good ones. */
export const poisonMessages: Drill = {
  name: 'poison-messages',
  does: 'publishes messages that can never succeed among good ones',
  hypothesis:
    'a message that can never succeed is given up at once with its reason, on-call is notified, and neither ' +
    'good messages nor answers of the API suffer from it',
  faults: [poison],
  steps: ({ periodSeconds, visibilityTimeoutMs, poisonKinds }) => {
    const { periodMs, clearMs } = outageTimes(periodSeconds);
    const toldMs = limits.messagesPageWithinPeriods * periodMs;
    return {
      steady: steadyStep(periodSeconds, ['alarms', 'queues', 'deadLetters']),
      observe: {
        // A message that was given up and not taken from its queue comes back by then, and is given up again.
        minimumMs: visibilityTimeoutMs + drill.graceMs,
        maximumMs: Math.max(toldMs, visibilityTimeoutMs + 2 * drill.graceMs),
        observe: ['alarms', 'poison', 'deadLetters'],
        expectations: [
          poisonPublished(poisonKinds * drill.poisonRounds, drill.effectWithinMs),
          poisonNotStored(),
          poisonGivenUpAtOnce(visibilityTimeoutMs),
          companionsStored(visibilityTimeoutMs),
          noOtherDeadLetters(),
          noWrongBodies('injectMs'),
          goodAnswersDuring(),
          notPaged(),
          deadLetterAlarmReached(toldMs),
          toldOfMessages(toldMs),
        ],
      },
      recover: {
        minimumMs: drill.quietMs,
        maximumMs: clearMs,
        observe: ['alarms', 'deadLetters'],
        expectations: [
          noWrongBodies('restoredMs'),
          otherDeadLettersKept(),
          deadLetterAlarmClears(clearMs),
          messagesPageEnds(clearMs),
        ],
      },
      settle: settleStep(visibilityTimeoutMs, {
        aboutMessages: true,
        observe: ['poisonLeft'],
        expectations: [noGoodDeadLetters(), poisonNotStored(), noPoisonLeft()],
      }),
    };
  },
};
