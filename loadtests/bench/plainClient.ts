/**
 * The reference: nothing but node:http and an absolute schedule, `plainClient.ts URL RATE SECONDS`. A request counts
 * from when it is sent, as k6 counts.
 */
import { Agent, request } from 'node:http';
import { percentile } from '../../core/statistics.ts';
import { warmUpSeconds, type Measured } from './measured.ts';

const [url = '', rate = '500', seconds = '10'] = process.argv.slice(2);
const total = (warmUpSeconds + Number(seconds)) * Number(rate);
const warmUp = warmUpSeconds * Number(rate);
const agent = new Agent({ keepAlive: true });
const latencies: number[] = [];
const lateness: number[] = [];

const once = (index: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const sentMs = performance.now();
    request(url, { agent }, (response) => {
      response.resume();
      response.on('end', () => {
        if (index >= warmUp) latencies.push(performance.now() - sentMs);
        resolve();
      });
    })
      .on('error', reject)
      .end();
  });

const startMs = performance.now() + 100;
const running: Promise<void>[] = [];
const cpuBefore = process.cpuUsage();
for (let index = 0; index < total; index += 1) {
  const dueMs = startMs + (index * 1_000) / Number(rate);
  const leftMs = dueMs - performance.now();
  if (leftMs > 0) await new Promise((resolve) => setTimeout(resolve, Math.ceil(leftMs)));
  lateness.push(Math.max(0, performance.now() - dueMs));
  running.push(once(index));
}
await Promise.all(running);
const { user, system } = process.cpuUsage(cpuBefore);
const summary = (values: readonly number[]) => ({
  p50: percentile(values, 50),
  p95: percentile(values, 95),
  p99: percentile(values, 99),
  max: percentile(values, 100),
});
agent.destroy();
process.send?.({
  holdStartMs: performance.timeOrigin + startMs + warmUpSeconds * 1_000,
  latencyMs: summary(latencies),
  lateMs: summary(lateness),
  requests: latencies.length,
  cpuPercent: (user + system) / 10 / (performance.now() - startMs),
} satisfies Measured);
process.disconnect?.();
