/**
 * Requests a second, CPU a request and p99 of a look-up: through the stage, through serverless-offline with
 * the same handler and database, and through bare node:http and pg: all on one thread, the limit, and with a
 * thread for each client, which is what isolation alone costs. Every run in fresh processes, the order turned
 * each round: `node local/bench/lookUp.ts [rounds] [seconds] [clients]`.
 */
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatSpread } from '../../core/statistics.ts';
import { lookUpPath } from '../../service/testing/asking.ts';
import { startBenchStage, type BenchStage } from './benchStage.ts';
import { measure, type Measurement, type Target } from './measure.ts';
import { installServerlessOffline, startServerlessOffline } from './serverlessOffline.ts';

const [rounds = 3, seconds = 8, clients = 8] = process.argv.slice(2).map(Number);
/** Every execution environment compiles the handler for itself, and is slow until its hot parts are compiled. */
const warmUpMs = 10_000;
const directory = join(tmpdir(), 'headroom-bench');
const stateDirectory = join(directory, 'state');
const offlineDirectory = join(directory, 'serverless-offline');

type Running = Target & { stop: () => Promise<void> };

const candidates: Record<string, (stage: BenchStage) => Promise<Running>> = {
  stage: async ({ pid, system, environment }) => {
    const url = new URL(`${system.api.url}${lookUpPath(1)}`);
    return { url: url.href, headers: await sign(url, environment), pid, stop: async () => {} };
  },
  'serverless-offline': (stage) => offline(stage, false),
  'serverless-offline --useInProcess': (stage) => offline(stage, true),
  'node:http + pg': (stage) => bare('./bareServer.ts', stage),
  'node:http + pg, a thread for each client': (stage) => bare('./threadedServer.ts', stage),
};

async function bare(file: string, { database }: BenchStage): Promise<Running> {
  const port = await freePort();
  const child = spawn(process.execPath, [fileURLToPath(new URL(file, import.meta.url))], {
    env: {
      PATH: process.env['PATH'],
      DATABASE_HOST: database.host,
      DATABASE_PORT: String(database.port),
      DATABASE_NAME: database.name,
      DATABASE_USER: database.user,
      DATABASE_PASSWORD: database.password,
      CLIENTS: String(clients),
      PORT: String(port),
    },
    stdio: 'inherit',
  });
  const stop = async (): Promise<void> => {
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };
  return { url: `http://127.0.0.1:${port}${lookUpPath(1)}`, headers: {}, pid: child.pid ?? 0, stop };
}

async function offline(stage: BenchStage, inProcess: boolean): Promise<Running> {
  const port = await freePort();
  const running = await startServerlessOffline(offlineDirectory, stage, {
    port,
    lambdaPort: await freePort(),
    inProcess,
    assemblyDirectory: join(stateDirectory, 'stages', 'local', 'cdk.out'),
  });
  return { url: `http://127.0.0.1:${port}${lookUpPath(1)}`, headers: {}, ...running };
}

await installServerlessOffline(offlineDirectory);
const results = new Map<string, Measurement[]>(Object.keys(candidates).map((name) => [name, []]));
for (let round = 0; round < rounds; round += 1) {
  const order = Object.keys(candidates);
  for (let turn = 0; turn < round; turn += 1) order.push(order.shift() ?? '');
  for (const name of order) {
    const stage = await startBenchStage(stateDirectory);
    try {
      const running = await candidates[name]!(stage);
      try {
        await answers(running);
        const options = { clients, warmUpMs, measuredMs: seconds * 1_000 };
        const measured = await measure(running, options);
        results.get(name)?.push(measured);
        console.log(`round ${round + 1}: ${name}: ${inWords(measured)}`);
      } finally {
        await running.stop();
      }
    } finally {
      await stage.stop();
    }
  }
}
console.log(`\n${clients} clients, ${rounds} rounds of ${seconds} s; median (least to most)`);
const own = results.get('stage') ?? [];
for (const [name, measured] of results) {
  const ratio = (of: (one: Measurement) => number): string =>
    spread(measured.map((one, round) => of(own[round] ?? one) / of(one)));
  console.log(`${name}
  requests/s ${spread(measured.map((one) => one.requestsPerSecond))}; the stage's are ${ratio((one) => one.requestsPerSecond)} times that
  CPU µs a request ${spread(measured.map((one) => one.cpuMicroseconds))}; the stage's is ${ratio((one) => one.cpuMicroseconds)} times that
  p99 ms ${spread(measured.map((one) => one.p99Ms))}`);
}

/** Signed once: a signature holds for five minutes. */
async function sign(url: URL, environment: Record<string, string>): Promise<Record<string, string>> {
  const signer = new SignatureV4({
    credentials: {
      accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
    region: environment['AWS_REGION'] ?? '',
    service: 'execute-api',
    sha256: Sha256,
  });
  const { headers } = await signer.sign({
    method: 'GET',
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: { host: url.host },
  });
  return headers;
}

/** Waits for the first good answer. */
async function answers({ url, headers }: Target): Promise<void> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const problem = await fetch(url, { headers }).then(
      async (response) => (response.ok ? null : `${response.status} ${await response.text()}`),
      (error: unknown) => String(error),
    );
    if (problem === null) return;
    if (performance.now() > deadline) throw new Error(`${url} does not answer: ${problem}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function inWords({ requestsPerSecond, cpuMicroseconds, p99Ms }: Measurement): string {
  return `${requestsPerSecond.toFixed(0)} requests/s, ${cpuMicroseconds.toFixed(0)} µs CPU, p99 ${p99Ms.toFixed(1)} ms`;
}

function spread(values: readonly number[]): string {
  return formatSpread(values, (value) => value.toPrecision(3));
}
