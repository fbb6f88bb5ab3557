import { readFile } from 'node:fs/promises';
import { Pool } from 'undici';
import { percentile } from '../../core/statistics.ts';
import { parseStat, ticksPerSecond } from '../sampler/processCpu.ts';

export interface Target {
  url: string;
  headers: Record<string, string>;
  /** The process whose CPU is counted, its threads included; the database's is not. */
  pid: number;
}

export interface Measurement {
  requestsPerSecond: number;
  /** CPU time of the server's process for one request. */
  cpuMicroseconds: number;
  p99Ms: number;
}

export interface LoadOptions {
  clients: number;
  warmUpMs: number;
  measuredMs: number;
}

/**
 * Closed loop: so many clients, each asks again as soon as it is answered.
 * @throws Error for any answer but 200: what fails fast must not look quick.
 */
export async function measure(target: Target, options: LoadOptions): Promise<Measurement> {
  const { origin, pathname, search } = new URL(target.url);
  const pool = new Pool(origin, { connections: options.clients });
  const latencies: number[] = [];
  const phase = { running: true, measuring: false };
  const client = async (): Promise<void> => {
    while (phase.running) {
      const startedAt = performance.now();
      const { statusCode, body } = await pool.request({
        method: 'GET',
        path: pathname + search,
        headers: target.headers,
      });
      const text = await body.text();
      if (statusCode !== 200) throw new Error(`${target.url}: ${statusCode} ${text}`);
      if (phase.measuring) latencies.push(performance.now() - startedAt);
    }
  };
  const clients = Promise.all(Array.from({ length: options.clients }, client));
  try {
    await Promise.race([sleep(options.warmUpMs), clients]);
    const cpuBefore = await cpuSeconds(target.pid);
    const startedAt = performance.now();
    phase.measuring = true;
    await Promise.race([sleep(options.measuredMs), clients]);
    phase.measuring = false;
    const seconds = (performance.now() - startedAt) / 1_000;
    const cpu = (await cpuSeconds(target.pid)) - cpuBefore;
    phase.running = false;
    await clients;
    return {
      requestsPerSecond: latencies.length / seconds,
      cpuMicroseconds: (cpu * 1e6) / latencies.length,
      p99Ms: percentile(latencies, 99),
    };
  } finally {
    phase.running = false;
    await pool.destroy();
  }
}

async function cpuSeconds(pid: number): Promise<number> {
  const { ownTicks } = parseStat(pid, await readFile(`/proc/${pid}/stat`, 'utf8'));
  return ownTicks / ticksPerSecond;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
