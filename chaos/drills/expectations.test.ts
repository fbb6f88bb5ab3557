import { describe, expect, it } from 'vitest';
import { noObservations, type Answer, type Milestones, type Observations } from '../observations.ts';
import { testDocument } from '../testing/systemDocuments.ts';
import {
  alarmClears,
  alarmReached,
  faultHasEffect,
  fastUnavailable,
  goodAnswersBefore,
  lastBadAnswer,
  noGoodAnswersDuring,
  noWrongBodies,
  onCallPaged,
  pageEnds,
  queueGrows,
  unavailableAnswers,
} from './expectations.ts';

const milestonesAt = (nowMs: number): Milestones => ({
  steadyMs: 0,
  injectMs: 20_000,
  inPlaceMs: 21_000,
  restoredMs: 50_000,
  settleMs: null,
  nowMs,
});

const answer = (atMs: number, status: number, change: Partial<Answer> = {}): Answer => ({
  startMs: atMs,
  endMs: atMs + 100,
  latencyMs: 100,
  status,
  checksHold: status === 200,
  ...change,
});

const seen = (change: Partial<Observations>): Observations => ({
  ...noObservations(testDocument('system-01')),
  ...change,
});

describe('before the fault', () => {
  it('right answers are counted from the end of the ramp, once they were watched long enough', () => {
    const { measure } = goodAnswersBefore(5_000, 10_000);
    const answers = [answer(3_000, 500), answer(8_000, 200), answer(9_000, 200), answer(17_900, 500)];
    expect(measure(seen({ answers }), milestonesAt(17_999))).toBeNull();
    expect(measure(seen({ answers }), milestonesAt(18_000))).toBeCloseTo(66.7, 1);
    expect(measure(seen({}), milestonesAt(60_000))).toBeNull();
  });
});

describe('while the fault lasts', () => {
  it('what stands for a 503 is what the system is known to fail by', () => {
    const answers = [answer(27_000, 400), answer(28_000, 503), answer(29_000, 500), answer(30_000, 503)];
    const share = (errors?: { metric: '4XXError' | '5XXError' } | { logPattern: string }) => {
      const document = { ...testDocument('system-01'), ...(errors && { errors }) };
      return unavailableAnswers(5_000, 98).measure(seen({ document, answers }), milestonesAt(40_000));
    };
    expect([share(), share({ metric: '5XXError' })]).toEqual([50, 50]);
    expect([share({ metric: '4XXError' }), share({ logPattern: 'ERROR' })]).toEqual([100, 100]);
  });

  it('its effect is the first failed answer, not one that was failing before', () => {
    const { measure } = faultHasEffect(10_000);
    const answers = [answer(10_000, 503), answer(20_500, 503), answer(23_000, 503)];
    expect(measure(seen({ answers }), milestonesAt(30_000))).toBe(0);
    expect(measure(seen({ answers: [answer(22_000, 0)] }), milestonesAt(30_000))).toBe(1_100);
    expect(measure(seen({ answers: [answer(10_000, 503)] }), milestonesAt(30_000))).toBeNull();
  });

  it('an answer that says 201 shows no effect', () => {
    const { measure } = faultHasEffect(10_000);
    expect(measure(seen({ answers: [answer(22_000, 201)] }), milestonesAt(30_000))).toBeNull();
  });

  it('a 200 counts against it only for requests that start after the grace', () => {
    const { measure } = noGoodAnswersDuring(5_000);
    const answers = [answer(25_999, 200, { endMs: 28_000 }), answer(26_000, 503)];
    expect(measure(seen({ answers }), milestonesAt(25_000))).toBeNull();
    expect(measure(seen({ answers }), milestonesAt(30_000))).toBe(0);
    expect(measure(seen({ answers: [...answers, answer(27_000, 200)] }), milestonesAt(30_000))).toBe(1);
  });

  it('a wrong body is a 200 whose check fails, and no answer at all is none', () => {
    const { measure } = noWrongBodies('injectMs');
    const wrong = answer(22_000, 200, { checksHold: false });
    expect(measure(seen({ answers: [wrong, answer(22_100, 503)] }), milestonesAt(30_000))).toBe(1);
    expect(measure(seen({ answers: [answer(22_100, 503)] }), milestonesAt(30_000))).toBe(0);
    expect(measure(seen({ answers: [answer(10_000, 200)] }), milestonesAt(30_000))).toBeNull();
  });

  it('503s are told from other failures, and timed', () => {
    const answers = [
      answer(27_000, 503, { latencyMs: 40 }),
      answer(27_500, 503, { latencyMs: 1_100 }),
      answer(28_000, 500, { latencyMs: 9_000 }),
      answer(28_500, 0, { latencyMs: 10_000 }),
    ];
    expect(unavailableAnswers(5_000, 95).measure(seen({ answers }), milestonesAt(30_000))).toBe(50);
    expect(fastUnavailable(2_000).measure(seen({ answers }), milestonesAt(30_000))).toBe(
      40 + 0.95 * (1_100 - 40),
    );
  });

  it('the alarm counts when it fires after the fault', () => {
    const errorAlarm = [
      { atMs: 19_000, value: 'ALARM' },
      { atMs: 22_000, value: 'OK' },
      { atMs: 41_000, value: 'ALARM' },
    ] as const;
    expect(alarmReached(50_000).measure(seen({ errorAlarm: [...errorAlarm] }), milestonesAt(45_000))).toBe(
      20_000,
    );
  });

  it('on-call is paged when somebody is told, not when a page is held back', () => {
    const onCall = [
      { atMs: 19_000, value: 'paged' },
      { atMs: 30_000, value: 'held back' },
      { atMs: 41_000, value: 'paged' },
    ] as const;
    const { measure } = onCallPaged(50_000);
    expect(measure(seen({ onCall: [...onCall] }), milestonesAt(45_000))).toBe(20_000);
    expect(measure(seen({ onCall: onCall.slice(0, 2) }), milestonesAt(45_000))).toBeNull();
  });

  it('the queue grows over what it held just before, whatever it held earlier', () => {
    const { measure } = queueGrows(() => 25);
    const queued = [
      { atMs: 1_000, value: 500 },
      { atMs: 19_000, value: 8 },
      { atMs: 30_000, value: 60 },
      { atMs: 31_000, value: 55 },
    ];
    expect(measure(seen({ queued }), milestonesAt(40_000))).toBe(52);
    expect(measure(seen({ queued: queued.slice(2) }), milestonesAt(40_000))).toBeNull();
  });
});

describe('after the restore', () => {
  const { measure } = lastBadAnswer(30_000, 5_000);
  const bad = [answer(50_500, 503), answer(53_000, 503)];

  it('all is good from the last bad answer on, once good ones alone have followed', () => {
    const answers = [...bad, answer(54_000, 200), answer(58_000, 200)];
    expect(measure(seen({ answers }), milestonesAt(58_099))).toBeNull();
    expect(measure(seen({ answers }), milestonesAt(58_100))).toBe(3_100);
  });

  it('stays so, whatever fails later', () => {
    const answers = [...bad, answer(54_000, 200), answer(70_000, 503)];
    expect(measure(seen({ answers }), milestonesAt(80_000))).toBe(3_100);
  });

  it('silence is not recovery', () => {
    expect(measure(seen({ answers: bad }), milestonesAt(80_000))).toBeNull();
    expect(measure(seen({}), milestonesAt(80_000))).toBeNull();
  });

  it('the page is over when it stays so, also where one page hands over to the other', () => {
    const onCall = [
      { atMs: 49_000, value: 'quiet' },
      { atMs: 51_000, value: 'paged' },
      { atMs: 60_000, value: 'quiet' },
      { atMs: 65_000, value: 'held back' },
      { atMs: 70_000, value: 'quiet' },
      { atMs: 71_000, value: 'quiet' },
    ] as const;
    const ends = pageEnds(80_000);
    expect(ends.measure(seen({ onCall: [...onCall] }), milestonesAt(80_000))).toBe(20_000);
    expect(ends.measure(seen({ onCall: onCall.slice(0, 4) }), milestonesAt(80_000))).toBeNull();
  });

  it('the alarm clears when it is OK again, not when it merely lacks data', () => {
    const errorAlarm = [
      { atMs: 49_000, value: 'OK' },
      { atMs: 51_000, value: 'ALARM' },
      { atMs: 60_000, value: 'INSUFFICIENT_DATA' },
      { atMs: 75_000, value: 'OK' },
    ] as const;
    expect(alarmClears(80_000).measure(seen({ errorAlarm: [...errorAlarm] }), milestonesAt(80_000))).toBe(
      25_000,
    );
  });
});
