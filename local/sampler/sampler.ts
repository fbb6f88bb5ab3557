import type { Clock } from '../../core/clock.ts';
import { divideCpu, type ServerSnapshot } from './databaseCpu.ts';
import type { MetricSink } from './metricSample.ts';
import type { ServerObservation } from './postgresServer.ts';

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
  /** Between two samples. A metric period should hold several. */
  intervalMs: number;
  metrics: MetricSink;
  clusters: readonly SampledCluster[];
  /** The cores that the databases share. */
  cores: number;
  observeServer: () => Promise<ServerObservation>;
  queues: () => Promise<ReadonlyMap<string, SampledQueue>>;
  /** When the oldest message of a queue was sent, Unix milliseconds; undefined for an empty queue. */
  oldestMessageMs: (queueName: string) => Promise<number | undefined>;
  takePeakConcurrency: () => ReadonlyMap<string, number>;
  /** Told when something could not be sampled: the server that does not answer, above all. */
  onError: (error: unknown) => void;
}

/**
 * Publishes, every few seconds, what AWS publishes of its own accord for Redshift, SQS and Lambda. What
 * cannot be measured is left out, never made up: a database that does not answer has no CPU.
 */
export class Sampler {
  readonly #options: SamplerOptions;
  readonly #stop = new AbortController();
  #loop: Promise<void> | undefined;
  #before: ServerSnapshot | null = null;
  #cpuMissing = '';

  constructor(options: SamplerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
  }

  /** Takes one sample of everything now. The CPU needs two: it is a difference. */
  async sample(): Promise<void> {
    const parts = [this.#sampleDatabases(), this.#sampleQueues()];
    for (const result of await Promise.allSettled(parts)) {
      if (result.status === 'rejected') this.#options.onError(result.reason);
    }
    this.#sampleFunctions();
  }

  async #run(): Promise<void> {
    const { clock, intervalMs } = this.#options;
    const { signal } = this.#stop;
    const startMs = clock.now();
    while (!signal.aborted) {
      await this.sample();
      const passed = Math.floor((clock.now() - startMs) / intervalMs) + 1;
      const dueMs = startMs + passed * intervalMs;
      await clock.sleep(Math.max(0, dueMs - clock.now()), signal).catch(() => {});
    }
  }

  async #sampleDatabases(): Promise<void> {
    const { clusters, cores } = this.#options;
    if (clusters.length === 0) return;
    let observation: ServerObservation;
    try {
      observation = await this.#options.observeServer();
    } catch (error) {
      // What was used before the server went away says nothing about what came after.
      this.#before = null;
      throw error;
    }
    const { connections, bytes, freeBytes } = observation;
    const cpu = this.#readableCpu(observation);
    const databases = clusters.map(({ database }) => database);
    const shares = cpu && this.#before ? divideCpu(this.#before, cpu, { databases, cores }) : undefined;
    this.#before = cpu;
    for (const { identifier, database } of clusters) {
      const put = this.#putter('AWS/Redshift', { ClusterIdentifier: identifier });
      const share = shares?.get(database);
      // A database that takes the cores of others uses all of its own: 100, as on AWS.
      if (share) put('CPUUtilization', Math.min(100, share.percent), 'Percent');
      put('DatabaseConnections', connections.get(database) ?? 0, 'Count');
      const used = bytes.get(database);
      if (used !== undefined) {
        put('PercentageDiskSpaceUsed', diskPercent(used, freeBytes / clusters.length), 'Percent');
      }
      put('HealthStatus', used === undefined ? 0 : 1, 'Count');
    }
  }

  /** Says once why there is no CPU, so that a verdict without it comes as no surprise. */
  #readableCpu({ cpu }: ServerObservation): ServerSnapshot | null {
    if (!('unavailable' in cpu)) return cpu;
    if (cpu.unavailable !== this.#cpuMissing) {
      this.#cpuMissing = cpu.unavailable;
      this.#options.onError(new Error(`CPUUtilization is not published: ${cpu.unavailable}`));
    }
    return null;
  }

  async #sampleQueues(): Promise<void> {
    const { clock, queues, oldestMessageMs } = this.#options;
    for (const [queueName, { visible, inFlight }] of await queues()) {
      const put = this.#putter('AWS/SQS', { QueueName: queueName });
      put('ApproximateNumberOfMessagesVisible', visible, 'Count');
      put('ApproximateNumberOfMessagesNotVisible', inFlight, 'Count');
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
  ): (name: string, value: number, unit: string) => void {
    const timestampMs = this.#options.clock.now();
    return (name, value, unit) =>
      this.#options.metrics.put({ namespace, name, dimensions, timestampMs, values: [value], unit });
  }
}

/** A database may grow into its equal share of what is free. */
const diskPercent = (usedBytes: number, freeShareBytes: number): number =>
  (100 * usedBytes) / (usedBytes + freeShareBytes);
