import { systemDimension } from '../../fleet/systemDimension.ts';
import { usualSampleRate } from '../../service/metrics.ts';
import { createTelemetry } from '../../service/telemetry.ts';
import { assumptions } from '../plan/cost.ts';

/*
 * Bytes that a request for a client writes to CloudWatch Logs, by the rate that one environment is asked at: as the
 * functions and the API are, and as they would be with a line of metrics an invocation, Lambda's own lines as text, and
 * an access log with the names of its fields. In virtual time, by the function's own code: the same on every machine.
 */

const requests = 20_000;
const requestId = '8b1f4d52-7c0e-4f3a-9a55-0d2c7c1c9e0b';

/** What the function itself writes, a request. */
function functionBytes(perSecond: number): number {
  let nowMs = Date.UTC(2026, 10, 3, 12);
  let bytes = 0;
  let request = 0;
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = (chunk: string | Uint8Array) => {
    bytes += Buffer.byteLength(chunk);
    return true;
  };
  const telemetry = createTelemetry({
    stage: 'prod',
    system: 'system-01',
    role: 'api',
    memoryMiB: 256,
    periodSeconds: 60,
    // A heap that fills and is emptied: between 80 and 110 MiB, 300 KiB a request.
    usedBytes: () => (80 + ((request * 0.3) % 30)) * 2 ** 20,
    clock: { now: () => nowMs, sleep: () => Promise.resolve() },
    random: () => ((request * 37) % 100) / 100,
    successSampleRate: usualSampleRate,
  });
  for (; request < requests; request += 1) {
    telemetry.succeeded(requestId);
    telemetry.publish();
    nowMs += 1_000 / perSecond;
  }
  process.stdout.write = write;
  return bytes / requests;
}

/** Each part where nothing is gathered, filtered or left out. */
const plain = {
  function: JSON.stringify({
    _aws: {
      Timestamp: 1_793_707_200_000,
      CloudWatchMetrics: [
        {
          Namespace: 'Headroom',
          Dimensions: [['System', 'Function']],
          Metrics: [
            { Name: 'FunctionMemoryUtilization', Unit: 'Percent' },
            { Name: 'ColdStart', Unit: 'Count' },
          ],
        },
      ],
    },
    System: systemDimension('prod', 'system-01'),
    Function: 'api',
    FunctionMemoryUtilization: 38.93890380859375,
    ColdStart: 0,
    outcome: 'ok',
  }).length,
  lambda: [
    `START RequestId: ${requestId} Version: $LATEST`,
    `END RequestId: ${requestId}`,
    `REPORT RequestId: ${requestId}\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 256 MB\tMax Memory Used: 102 MB\t`,
  ].join('\n').length,
  access: JSON.stringify({
    requestId,
    requestTime: '03/Nov/2026:12:00:00 +0000',
    httpMethod: 'GET',
    route: '/getItem',
    status: '200',
    responseLength: '153',
    responseLatencyMs: '14',
    integrationLatencyMs: '12',
    caller: 'arn:aws:sts::111122223333:assumed-role/orders-frontend/1764194400-i-0123456789abcdef0',
    errorType: '-',
  }).length,
};

const row = (name: string, values: number[]): void =>
  console.log(`${name.padEnd(34)}${values.map((value) => value.toFixed(1).padStart(9)).join('')}`);

console.log('\nBytes a request, by what an environment is asked a second');
console.log(
  `${''.padEnd(34)}${['function', 'Lambda', 'access', 'all'].map((name) => name.padStart(9)).join('')}`,
);
row('a line of each for each request', [
  plain.function,
  plain.lambda,
  plain.access,
  plain.function + plain.lambda + plain.access,
]);
for (const perSecond of [20, 5, 1, 0.1]) {
  const own = functionBytes(perSecond);
  row(`as it is, at ${perSecond} a second`, [
    own,
    0,
    assumptions.accessLogBytes,
    own + assumptions.accessLogBytes,
  ]);
}
