import type { Clock } from '../../core/clock.ts';
import { CpuMeter, type PeriodCpu } from './cpuMeter.ts';
import type { MetricSink } from './metricSample.ts';
import type { MachineSnapshot } from './otherWork.ts';
import type { ServerObservation } from './postgresServer.ts';
import type { WithheldMetrics } from '../aws/cloudwatch/withheldMetrics.ts';

/** A cluster and the database that stands for it. */
export interface SampledCluster {
  identifier: string;
  database: string;
}

export interface SampledQueue {
  visible: number;
  inFlight: number;
}

export interface SamplerOptions {
  clock: Clock;
  /** The metrics' period. Several samples are taken in one, the first as it begins. */
  periodMs: number;
  metrics: MetricSink;
  /** Told of the periods for which no CPU is published, and why. */
  withheld: WithheldMetrics;
  clusters: readonly SampledCluster[];
  /** Whether a cluster is there now; it is not while it reboots. */
  isAvailable: (identifier: string) => boolean;
  /** The cores that the databases share. */
  cores: number;
  observeServer: (options: { sizes: boolean }) => Promise<ServerObservation>;
  observeMachine: () => Promise<MachineSnapshot | undefined>;
  queues: () => Promise<ReadonlyMap<string, SampledQueue>>;
  /** When the oldest message of a queue was sent, Unix milliseconds; undefined for an empty queue. */
  oldestMessageMs: (queueName: string) => Promise<number | undefined>;
  takePeakConcurrency: () => ReadonlyMap<string, number>;
  /** Told when something could not be sampled: the server that does not answer, above all. */
  onError: (error: unknown) => void;
}

/** Between two samples at most, in milliseconds. */
const longestIntervalMs = 2_000;

const databaseCpu = { namespace: 'AWS/Redshift', name: 'CPUUtilization' };

/** Of this stage alone, in percent of all cores of the machine: what no system used. */
const stageNamespace = 'Headroom/Local';

/**
 * Publishes, every few seconds, what AWS publishes of its own accord for Redshift, SQS and Lambda; the databases'
 * CPU once a period, as its average. What cannot be measured is left out, never made up: a database that does not
 * answer has no CPU.
 */
export class Sampler {
  readonly #options: SamplerOptions;
  readonly #stop = new AbortController();
  readonly #samplesPerPeriod: number;
  readonly #cpu: CpuMeter;
  #loop: Promise<void> | undefined;
  /** Of the period that the newest sample was in. */
  #periodStartMs: number | undefined;
  #cpuMissing = '';

  constructor(options: SamplerOptions) {
    const { periodMs, clusters, cores } = options;
    this.#options = options;
    this.#samplesPerPeriod = Math.ceil(periodMs / longestIntervalMs);
    this.#cpu = new CpuMeter({ periodMs, databases: clusters.map(({ database }) => database), cores });
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
  }

  /**
   * Takes one sample of everything. The first of a period ends the one before it, whose CPU it publishes.
   * @param dueMs when it was to be taken, Unix milliseconds
   */
  async sample(dueMs: number): Promise<void> {
    const parts = [this.#sampleDatabases(dueMs), this.#sampleQueues()];
    for (const result of await Promise.allSettled(parts)) {
      if (result.status === 'rejected') this.#options.onError(result.reason);
    }
    this.#sampleFunctions();
  }

  async #run(): Promise<void> {
    const { clock, periodMs } = this.#options;
    const { signal } = this.#stop;
    let dueMs = clock.now();
    while (!signal.aborted) {
      await this.sample(dueMs);
      // A timer may fire a moment early: what was due is past.
      const passed = Math.floor((Math.max(clock.now(), dueMs) * this.#samplesPerPeriod) / periodMs) + 1;
      dueMs = Math.ceil((passed * periodMs) / this.#samplesPerPeriod);
      await clock.sleep(Math.max(0, dueMs - clock.now()), signal).catch(() => {});
    }
  }

  async #sampleDatabases(dueMs: number): Promise<void> {
    const { clusters, periodMs, observeServer, observeMachine, isAvailable } = this.#options;
    if (clusters.length === 0) return;
    const startMs = Math.floor(dueMs / periodMs) * periodMs;
    const isFirst = this.#periodStartMs === undefined;
    const begins = startMs !== this.#periodStartMs;
    this.#periodStartMs = startMs;
    const machine = begins ? await observeMachine() : undefined;
    let observation: ServerObservation;
    try {
      observation = await observeServer({ sizes: begins });
    } catch (error) {
      if (begins && !isFirst) this.#publishCpu(this.#cpu.begin(startMs, undefined, machine));
      throw error;
    }
    const { cpu, connections, databases, disk } = observation;
    if ('unavailable' in cpu) this.#cpuIsMissing('unavailable', cpu.unavailable);
    // The stage was started within its first period, of which the rest is no average.
    else if (isFirst || !begins) this.#cpu.look(cpu);
    else this.#publishCpu(this.#cpu.begin(startMs, cpu, machine));
    for (const { identifier, database } of clusters) {
      const put = this.#putter('AWS/Redshift', { ClusterIdentifier: identifier });
      put('DatabaseConnections', connections.get(database) ?? 0, 'Count');
      const used = disk?.bytes.get(database);
      if (disk && used !== undefined) {
        put('PercentageDiskSpaceUsed', diskPercent(used, disk.freeBytes / clusters.length), 'Percent');
      }
      put('HealthStatus', databases.has(database) && isAvailable(identifier) ? 1 : 0, 'Count');
    }
  }

  /** One value a period, whose largest is its average, at the period's start. */
  #publishCpu(period: PeriodCpu | undefined): void {
    if (!period) return;
    const { startMs, machine } = period;
    const ofStage = this.#putter(stageNamespace, {}, startMs);
    if (machine) ofStage('OtherWorkCpu', machine.otherPercent, 'Percent');
    if ('withheld' in period) {
      const { why, reason } = period.withheld;
      this.#options.withheld.add(databaseCpu, startMs, reason);
      this.#cpuIsMissing(why, reason);
      return;
    }
    this.#cpuMissing = '';
    ofStage('DatabaseServerCpu', period.serverPercent, 'Percent');
    for (const { identifier, database } of this.#options.clusters) {
      const put = this.#putter(databaseCpu.namespace, { ClusterIdentifier: identifier }, startMs);
      // A database that takes the cores of others uses all of its own: 100, as on AWS.
      put(databaseCpu.name, Math.min(100, period.percent.get(database) ?? 0), 'Percent');
    }
  }

  /** Says once, for as long as it lasts, why there is no CPU, so that a verdict without it comes as no surprise. */
  #cpuIsMissing(why: string, reason: string): void {
    if (why === this.#cpuMissing) return;
    this.#cpuMissing = why;
    this.#options.onError(new Error(`${databaseCpu.name} is not published: ${reason}`));
  }

  async #sampleQueues(): Promise<void> {
    const { clock, queues, oldestMessageMs } = this.#options;
    for (const [queueName, { visible, inFlight }] of await queues()) {
      const put = this.#putter('AWS/SQS', { QueueName: queueName });
      put('ApproximateNumberOfMessagesVisible', visible, 'Count');
      put('ApproximateNumberOfMessagesNotVisible', inFlight, 'Count');
      // The queue is in use, and when nothing is sent to it that is zero, as SQS has it.
      put('NumberOfMessagesSent', 0, 'Count');
      const oldest = visible + inFlight > 0 ? await oldestMessageMs(queueName) : undefined;
      const ageSeconds = oldest === undefined ? 0 : Math.max(0, (clock.now() - oldest) / 1_000);
      put('ApproximateAgeOfOldestMessage', ageSeconds, 'Seconds');
    }
  }

  /** Lambda publishes concurrency only while something runs. */
  #sampleFunctions(): void {
    for (const [functionName, peak] of this.#options.takePeakConcurrency()) {
      this.#putter('AWS/Lambda', { FunctionName: functionName })('ConcurrentExecutions', peak, 'Count');
    }
  }

  #putter(
    namespace: string,
    dimensions: Readonly<Record<string, string>>,
    timestampMs = this.#options.clock.now(),
  ): (name: string, value: number, unit: string) => void {
    return (name, value, unit) =>
      this.#options.metrics.put({ namespace, name, dimensions, timestampMs, values: [value], unit });
  }
}

/** A database may grow into its equal share of what is free. */
const diskPercent = (usedBytes: number, freeShareBytes: number): number =>
  (100 * usedBytes) / (usedBytes + freeShareBytes);
