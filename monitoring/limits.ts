/**
 * Every threshold, window and time budget, each with its reason. Alarms, dashboards, gate, drills and
 * the k6 scripts read them here. This file imports nothing, so that k6 can load it as it is.
 */
export const limits = {
  /** The 20 % reserve of the origin text: no resource is used above 80 % of what it has. */
  utilizationPercent: 80,

  /** Share of API answers with a 5xx status above which users are affected: a 99 % objective, the lowest
   * at which a team still calls the service available. */
  errorRatePercent: 1,

  /** 99th percentile of a GET from when it was sent. A person waits about a second before a page feels
   * broken; the API is one part of that page. */
  latencyP99Ms: 1_000,

  /** Alarm window: 3 periods, all over the limit for a resource; one slow minute is no reason to wake
   * anybody, three in a row will not pass by themselves. */
  alarm: { evaluationPeriods: 3, datapointsToAlarm: 3 },

  /** Errors reach users at once, so two periods of the three are enough. */
  errorAlarm: { evaluationPeriods: 3, datapointsToAlarm: 2 },

  /** The burn-rate pair over the 99 % objective, whose budget for a month is 7.2 hours of full outage. Fast:
   * at ten times the budget a month's is gone in three days, so two minutes of it wake somebody. Slow: at
   * twice the budget it is gone in two weeks; a quarter of the last hour says that it is no blip, and the
   * plain error alarm beside it that it still goes on. */
  errorBurn: {
    fast: { percent: 10, evaluationPeriods: 3, datapointsToAlarm: 2 },
    slow: { percent: 2, evaluationPeriods: 60, datapointsToAlarm: 15 },
  },

  /** So many failed answers a period, in two of three, wake somebody; the shares above alone do not. On a quiet
   * system a share says nothing: beside the canary's call one failing request a minute is half of all. Five are
   * more than one caller that tries again each minute, and at a request a second still less than the share of the
   * fast pair. Whoever is out of reach altogether is seen by the canary, however quiet the night; what burns the
   * budget with fewer is a ticket. */
  failedAnswers: { perPeriod: 5, evaluationPeriods: 3, datapointsToAlarm: 2 },

  /** Share of connections or disk at which the next step refuses users or writes: nobody waits for the
   * ticket to be read. Five points are what a busy hour adds to either. */
  criticalUtilizationPercent: 95,

  /** Messages that Lambda dropped, since no queue kept them: one is one too many. In an outage they go one by one,
   * minutes apart, each three minutes after it was published: for a quarter of an hour they are one word to on-call. */
  droppedMessages: { perPeriod: 1, evaluationPeriods: 15, datapointsToAlarm: 1 },

  /** Age of a queue's oldest message. A restart of the database or of every environment is over in a
   * quarter of an hour. Retries end after `retryMessagesSeconds`: at 80 % of that there is time left to act
   * before messages are given up. */
  oldestMessageSeconds: { warning: 15 * 60, critical: 36 * 60 },

  /** Failures with an `errorCode` that the same environment had among its last invocations: five a period,
   * in two of three. A single hiccup fails a call or two; a bug fails every call that meets it. */
  repeatedErrors: { perPeriod: 5, evaluationPeriods: 3, datapointsToAlarm: 2 },

  /** The same, too seldom for that, but in a quarter of an hour's minutes: of 0.5 % that fail alike an environment
   * sees one come back in two minutes of three. */
  recurringErrors: { perPeriod: 1, evaluationPeriods: 60, datapointsToAlarm: 15 },

  /** Failures that came back, as a share of the subscriber's batches: half and more, and nothing gets through. Its
   * retries are 90 seconds apart, so that on a quiet queue one period in three has none: three of five are five
   * minutes. No restart takes longer than a quarter of an hour: then somebody is woken, while half an hour is left
   * before messages are given up. */
  subscriberFailing: {
    percent: 50,
    warning: { evaluationPeriods: 5, datapointsToAlarm: 3 },
    critical: { evaluationPeriods: 20, datapointsToAlarm: 12 },
  },

  /** What fills up is told of before it is full, however fast: at the growth of the last period it will be within
   * so many periods, three times in a row. Fifteen are what it takes to read it and to act (more nodes take
   * a quarter of an hour); a disk takes longer to clear. Below half of the whole a slope is a load that begins. */
  fillingUp: { fromPercent: 50, connectionsWithinPeriods: 15, diskWithinPeriods: 60 },

  /** Metrics that are published every minute, whatever happens: five without mean that they are not measured.
   * Before that is told, a system that is new has as many as it needs to publish its first. */
  unmeasured: { periods: 5 },

  /** The canary: one call a system and minute. */
  canary: {
    /** A healthcheck answers within a second, or within three from a cold environment; beyond five, users
     * have long given up. It must leave the function's time for what is published afterwards. */
    deadlineMs: 5_000,
    /** A healthcheck's body has 15 bytes; what sends more is no healthcheck, and is not read to its end. */
    maximumBodyBytes: 4_096,
    /** One failed look is a warning that says which; on-call is woken by the second of three, since a single
     * one is as often the network between as the system. */
    evaluationPeriods: 3,
    datapointsToAlarm: 2,
  },

  /** Canary, probe and comparison run within a minute: two never overlap, and each period gets its own. */
  scheduledFunctionMs: 50_000,

  /** How long they wait for an answer of an AWS API. It has long answered, or will not: then the attempt that
   * follows, or the other systems, need the time that is left. */
  awsAnswer: { connectMs: 2_000, totalMs: 5_000 },

  /** What may be used of AWS's rates of API calls (`fleet/apiQuotas.ts`), 0 to 1, which an account's stages share. */
  apiShare: {
    /** A person's commands: fifty systems are asked for their rows within five seconds. In the few seconds of each
     * minute in which the probe asks too they are refused, and wait. */
    tools: 0.5,
    /** Reading of the systems' documents at the beginning of a minute, by canary, probe and comparison of each stage
     * at once: two hundred are twenty pages, in some two seconds. */
    fleetFunction: 0.2,
  },

  /** Systems that a command works on at once: fifty take five rounds, and what EC2, Secrets Manager and SQS take a
   * second is far. */
  systemsAtOnce: 10,

  /** The probe: one look a cluster and minute, one after another at what AWS takes of statements a second. Its
   * sections follow each other within the function's time; the four seconds that are left are for publishing. */
  probe: {
    /** Finding out which systems there are: two hundred are twenty pages. */
    discoverMs: 4_000,
    /** Then a statement may be begun for so long. The account's stages share it: 400 databases at 16 a second. */
    askMs: 25_000,
    /** Whoever was asked last has as long to answer as the first. A look takes a second or so. */
    statementMs: 17_000,
    /** Looks at a running statement, whose pause doubles: two or three at one that takes a second, eight at one that
     * never ends. More would meet the rate that AWS has for them as well. */
    pollMs: { first: 500, longest: 4_000 },
    /** How far back the first look of an environment reaches: what one period would have shown. */
    firstLookSeconds: 60,
  },

  /** The fleet's own alarms. */
  fleet: {
    /** From half of the systems on the cause is a shared one: one page for all. */
    unhealthySharePercent: 50,
    /** Two looks in a row: a single one is as often the canary's own network. */
    unhealthyPeriods: 2,
    /** Canary and probe run every period; three without a word mean that nobody looks. */
    silentPeriods: 3,
  },

  /** Suppression of one alarm's actions by another, in periods. The wait lets the suppressor catch up: it
   * needs the metrics of as many periods as the suppressed one, and an evaluation more. The extension lets
   * what was suppressed clear by itself: the windows of its alarms must drain first. */
  suppression: {
    pagesByFleet: { waitPeriods: 2, extensionPeriods: 4 },
    restByPage: { waitPeriods: 3, extensionPeriods: 5 },
    /** Concurrency needs a bad period more than the page, by metrics that are as late. */
    concurrencyByPage: { waitPeriods: 1, extensionPeriods: 5 },
    /** Their windows are longer. */
    subscriberByPage: { waitPeriods: 3, extensionPeriods: 10 },
    recurringByPage: { waitPeriods: 3, extensionPeriods: 60 },
    unmeasuredByBlind: { waitPeriods: 15, extensionPeriods: 8 },
    /** Canary and probe publish by themselves, in the same minute: an outage is seen by both at once. */
    blindByOutage: { waitPeriods: 2, extensionPeriods: 4 },
  },

  /** What the gate asks over a hold. */
  gate: {
    /** Fewer whole periods say too little for any verdict: as many as the alarms look at. */
    fewestPeriods: 3,
    /** Fewer are no evidence that a deployment may rely on: with ten, a fifth of them over the limit would be seen
     * in nine holds of ten (1 - 0.8^10 = 0.89). */
    evidencePeriods: 10,
    /** One period in so many may reach a limit: a hold of twenty and more would else fail for one backup. */
    periodsPerExcess: 20,
    /** A queue that keeps up hands each message over within its batch window, mostly a second, and a batch's time;
     * beyond a minute it falls behind. */
    oldestMessageSeconds: 60,
    /** Of what was published until so many seconds before (a batch window, a batch's time, a cold environment), so
     * much may be under way still: a batch that is tried again is away for a visibility timeout. A write path that is
     * dead leaves all of it. */
    unstored: { afterSeconds: 10, percent: 20 },
  },

  /** A run beside an earlier one. */
  comparison: {
    /** How often two runs that are alike may be told apart, of all their figures together. */
    chance: 0.05,
    /** Worse by so much, in percent, is a regression: two such steps use up the reserve. */
    regressionPercent: 10,
    /** And by so many percentage points of a resource, or milliseconds: a tenth of next to nothing is nothing. */
    usePoints: 2,
    latencyMs: 5,
    /** Of what fails, so many points are one, whatever the factor: a tenth of what counts as affecting users. */
    failedPoints: 0.1,
  },

  /** Who differs from its like. */
  outliers: {
    /** Modified z-score of Iglewicz and Hoaglin, and their cut-off. */
    score: 3.5,
    /** Median and spread of fewer say nothing. */
    minimumSystems: 3,
    /** A difference below so many percentage points is none, however alike the others are. */
    minimumPoints: 5,
    /** The same for what has no scale of its own, in percent of the median. */
    minimumPercentOfMedian: 25,
    /** Periods over which each signal is averaged: shorter ones compare noise. Also how often it is asked:
     * each question costs 0.01 USD per 1,000 metrics. */
    windowPeriods: 15,
  },

  /** Where load and use disagree: hints, no verdict. */
  loadMismatch: {
    /** CPU that the line through load and CPU still has where there is no request at all: half of what may
     * be used goes to something else. */
    cpuAtNoLoadPercent: 40,
    /** Percentage points that a resource gains over a hold, while the load stands: an eighth of the limit. */
    growthPoints: 10,
  },

  /** How long after a period's end its metrics count as complete on AWS: CloudWatch's usual delay is
   * one to two minutes (Lambda, API Gateway, Redshift). */
  metricDelaySeconds: { aws: 180, local: 10 },

  /** While the database is away a client must be told so quickly: the p95 of the 503s. The connect
   * timeout (1 s) plus the way there and back: as long waits whoever meets the outage first. Those after
   * wait a quarter of a second at most. */
  unavailableAnswerP95Ms: 2_000,

  /** From the cause to the on-call topic: the two bad periods that make the page, two that CloudWatch's
   * metrics are late at most, and two in which the page waits whether the fleet's will tell in its stead. */
  pageWithinPeriods: 6,

  /** The same of a message that was given up: the one bad period, two that metrics are late at most, three in
   * which its page waits whether the other will tell in its stead; and 15 minutes before all that, in which
   * CloudWatch may not yet look at a queue that nobody used for six hours. */
  messagesPageWithinPeriods: 21,

  /** From the restore to the first good answers everywhere. Backoff of an environment is at most 10 s. */
  recoveryMs: 30_000,

  /** The load generator's own CPU, and the share of late or dropped iterations, above which its
   * latencies cannot be trusted (k6's guidance: leave 20 % idle). And what one carries on one core, signed and
   * checked: the embedded engine kept 2,000 requests a second against a server that answers at once with 43 % of a core
   * (215 µs a request; Xeon at 2.3 GHz, Node 24, 2026-11-27, `loadtests/bench/generator.ts`), and on half as fast a
   * machine it is to keep 1,500. k6's is for whoever has k6 to measure. */
  generator: { cpuPercent: 80, droppedPercent: 1, requestsPerSecond: 1_500 },

  /** The spike: from a base load to a multiple of the expected peak within seconds, and back. */
  spike: {
    /** Share of the expected peak before and after: what a quiet hour has, with warm environments for a few
     * requests only. */
    baseShare: 0.1,
    /** Before and after, in seconds: some 90 requests at a peak of 30 a second, of which a single one that fails
     * is over the limit. */
    baseSeconds: 30,
    /** At the base load again, but not yet asked: the longest backoff of an environment. */
    settleSeconds: 10,
    /** Latency after is as before up to this factor, or these milliseconds more: between a few milliseconds a
     * factor tells nothing. */
    latencyFactor: 2,
    latencySlackMs: 50,
  },

  /** The breakpoint: a climb until a limit is crossed. */
  breakpoint: {
    /** Periods in a row at or over its limit by which a signal has crossed it. The load only grows: more
     * would let the climb run on, one alone is as often a cold start. */
    periodsToCross: 2,
    /** Share of the climb that is over before its thresholds may end it. They count from the beginning, where
     * a single cold start is more than one in a hundred requests. */
    abortAfterShare: 0.2,
  },

  /** Connections that one concurrent execution may hold: old and frozen environments, which keep theirs,
   * overlap with new ones. */
  connectionsPerExecution: 2,

  /** Memory that a function takes before it holds any message: 74 MiB with all its modules loaded (Node 24),
   * and a third on top for Lambda's own runtime, TLS, a connection and the SDK's clients. Each message of a batch adds its text, its parts
   * and its row: 6 KiB at the longest names. */
  functionMemory: { baseMiB: 100, messageKiB: 6 },

  /** How long a message that meets a transient failure is tried again before it goes to the dead-letter
   * queue: longer than Redshift's maintenance window of 30 minutes. */
  retryMessagesSeconds: 45 * 60,

  /** Requests a second that the API lets in, as a multiple of the expected peak: a breakpoint test must
   * get past the peak, a runaway caller must not get far. The burst is a second's worth. */
  apiThrottlePerPeak: 2,
  /** And never fewer: of a system that expects less than one a second, two that coincide, such as a caller's and the
   * canary's, would be one too many. */
  apiThrottleLeastPerSecond: 10,

  /** A release reaches a stage in waves, and CloudFormation takes a system's update back as soon as one of its
   * alarms goes off within its quiet time. */
  rollout: {
    /** Of all systems: in the second wave, after one alone. */
    secondWaveShare: 0.1,
    /** Failed answers, failed looks and an error that comes back are in ALARM within five minutes of their
     * cause; as much again for what does not fail at once. */
    quietMinutes: 10,
    /** Longer for the first, which speaks for all: a subscriber that does not even start leaves no other sign than
     * messages that wait, told after a quarter of an hour, three periods and the metrics' delay; and CloudWatch
     * may not look at a dead-letter queue for a quarter of an hour that nobody used for six hours. */
    firstQuietMinutes: 25,
    /** Stacks that are updated at once: two hundred systems are through within four hours, for which the roles of
     * the workflows can be assumed, and each keeps a process of cdk (some 200 MB) and its polling busy. */
    stacksAtOnce: 20,
    /** What an update of both functions takes by itself, about. */
    updateMinutes: 2,
  },

  /** Age up to which a verdict authorises a deployment: a deployment late in the day comes before the next
   * night's run. */
  evidenceMaxAgeHours: 36,

  /** For how long nobody has changed the stacks of a run's stage when it is taken for over: longer than its jobs may
   * take in the workflows. */
  runLeftAfterHours: 6,

  /** Ids that are set apart for what loads and drills store: nothing real has one, so that it can be told from that and
   * removed. Exact in JavaScript, and within BIGINT. `end` is not among them. */
  testIds: { first: 2_000_000_000, end: 1_002_001_000_000 },

  /** Of these, those of messages: each run takes one of `blocks` blocks of `blockSize` ids at random. The million below
   * them is for what is seeded. */
  messageIds: { first: 2_001_000_000, blocks: 1_000_000, blockSize: 1_000_000 },

  /** After a load that publishes: so long a message may still be on its way. Two visibility timeouts of its queue (13 s
   * here, 3 minutes on AWS: a batch that fails twice), and the work. */
  delivery: { withinMs: { local: 90_000, aws: 450_000 } },

  /** Memory sizes of a function, measured side by side. */
  size: {
    /** A new configuration of a function in a network can take a minute; five, and something is wrong. */
    updateWithinMs: 300_000,
    /** Of the load: some 360 calls of each of five sizes, at 30 a second together. */
    holdSeconds: 60,
    /** Longer than that nobody waits for it. */
    longestHoldSeconds: 3_600,
    /** Warm answers of a size below which its mean and its p95 say little. */
    fewestWarm: 100,
    /** Calls that were throttled, not sent or not reported, in percent: those that were are no fair choice any more. */
    lostPercent: 1,
    /** Calls that began with a new environment, in percent, from which a function was not seen at work. */
    coldPercent: 10,
  },

  /** Removal of what a run has published. */
  removal: {
    /** The subscriber's queue must be empty for so long before nothing is on its way any more, where nobody knows how
     * much was published: SQS's counts are right within a minute on AWS. */
    queueEmptyMs: { local: 3_000, aws: 60_000 },
    /** Somebody who has pressed Ctrl-C waits no longer than this for what is still on its way. */
    interruptedMs: 15_000,
  },

  /** Drills. */
  drill: {
    /** Background load as a share of the expected peak: enough for every environment to hold a connection,
     * and far enough from the peak that what fails is the fault's doing and not the load's. */
    loadShare: 0.5,
    /** Until the load begins: systems that lack its clients are given them first. */
    loadStartsWithinMs: 60_000,
    /** Ramp of the background load, in seconds: cold starts are over when the steady state is watched. */
    rampSeconds: 5,
    /** How long the steady state is watched before the fault: one period of the alarms. */
    steadyPeriods: 1,
    /** Answers to requests that start later than this after the fault is in place are no more under way
     * from before; a change of a security group takes a moment on AWS. */
    graceMs: 5_000,
    /** Share of the answers after the grace that are a 503. What is left would be API Gateway's 500 for a
     * function that is throttled because its environments wait for the database; a caller waits for a
     * reconnect too briefly for that. Measured on the local stage, at half the peak and at all of it: 100 %,
     * and 99.5 % on a machine that was busy with other things. */
    unavailableSharePercent: 98,
    /** The first failed answer must come within this time, or the fault had no effect. Twice the grace. */
    effectWithinMs: 10_000,
    /** Ending sessions through the Data API: a second or so a statement on AWS, up to some 30 sessions. */
    endSessionsWithinMs: 60_000,
    /** The queue must grow by what is published in so many seconds: more than a batch under way. */
    queueGrowthSeconds: 5,
    /** Good answers alone for so long after the last bad one mean that every environment is back. */
    quietMs: 5_000,
    /** From the restore to the alarm's OK: the backoff's last errors, three periods that must age out of
     * the window, the metrics' delay, and the CloudWatch look-back beyond the window. */
    alarmClearPeriods: 8,
    /** Attempts to undo a fault go on for so long before the drill gives up and says so. */
    restoreWithinMs: 120_000,
    /** Longest wait for one answer of an AWS API. */
    callTimeoutMs: 10_000,
    /** A topic that calls a function without a queue tries again after one minute, and after two more. */
    asynchronousRetryMs: 120_000,
    /** After load and publisher stop, messages that were in flight when the database went away come back
     * after at most two visibility timeouts (one may have just begun); this comes on top, for the work. */
    drainExtraMs: 30_000,
    /** How long a drill that waits does so for alarms that fire: the longest window of those that a drill sets off, and
     * as much again. */
    quietWithinPeriods: 30,
    /** A restart of the database, in periods of the alarms. */
    restart: {
      /** AWS begins it as soon as possible, and names no time. */
      beginsWithinPeriods: 3,
      /** Half of Redshift's maintenance window, and a third of the time for which messages are tried again. */
      backWithinPeriods: 15,
      /** An outage of three holds two whole ones, however they fall: only then the alarm must go off. */
      toldFromPeriods: 3,
    },
    /** Connections opened within one second after the database is back. Environments pause at random for up to ten
     * seconds between two attempts, five on average: a fifth of those that come back do so within a second. Chance adds
     * its deviations: four are passed once in thirty thousand seconds. Of ten connections seven may come at once, of 200
     * sixty-two; without the pauses all of them would. */
    openings: { sharePercent: 20, deviations: 4 },
    /** What a drill throttles the API to, as a share of the load that it sends: a lasting half of the answers
     * is refused, and a half gets through. */
    throttledToShare: 0.5,
    /** So much of the answers at least is refused, and so much gets through: half of what the throttle makes
     * of them, since API Gateway keeps it by many nodes and none too exactly. */
    throttledSharePercent: 25,
    /** From a change of a throttle until it is obeyed: API Gateway takes some seconds, up to a minute. */
    throttledWithinMs: 60_000,
    /** Rounds of poison, a message of each kind that the service refuses in each: once may be chance. More would ring the
     * alarm for repeated errors too, which wants five in each of two periods. */
    poisonRounds: 2,
    /** One attempt to gather the poison from the dead-letter queue: it comes within seconds where it is given
     * up at once, but a reader that was killed hides what it had read for a minute. */
    poisonGatheredWithinMs: 75_000,
  },
} as const;
