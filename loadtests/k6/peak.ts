/**
 * Ramps every system to its expected peak, then holds it there. Each request asks for another seeded client
 * and compares the whole answer.
 *
 *   HEADROOM_TARGETS='[{"system":"system-01","url":"https://…","requestsPerSecond":30}]' \
 *   HEADROOM_REGION=us-east-1 HEADROOM_RAMP_SECONDS=60 HEADROOM_HOLD_SECONDS=600 k6 run loadtests/k6/peak.ts
 */
import exec from 'k6/execution';
import type { Options, Scenario } from 'k6/options';
import { limits } from '../../monitoring/limits.ts';
import { bodyOf, call, type Answer } from './lib/api.ts';
import { clientOf, seededIdOf, type Client } from './lib/clients.ts';
import { shapeFromEnvironment, signerFromEnvironment, targetsFromEnvironment } from './lib/environment.ts';

const targets = targetsFromEnvironment();
const signer = signerFromEnvironment();
const { rampSeconds, holdSeconds, rateScale } = shapeFromEnvironment();

function scenarioOf(system: string, requestsPerSecond: number): Scenario {
  const perSecond = requestsPerSecond * rateScale;
  // k6 takes whole numbers only: by the minute, a rate keeps two digits more.
  const perMinute = Math.max(1, Math.round(perSecond * 60));
  return {
    executor: 'ramping-arrival-rate',
    startRate: 0,
    timeUnit: '1m',
    stages: [
      { duration: `${rampSeconds}s`, target: perMinute },
      { duration: `${holdSeconds}s`, target: perMinute },
    ],
    // Little's law: as many users as requests under way, for answers at the latency limit; five times as
    // many when a database is away and requests wait for timeouts.
    preAllocatedVUs: Math.ceil((perSecond * limits.latencyP99Ms) / 1_000),
    maxVUs: Math.max(10, Math.ceil((5 * perSecond * limits.latencyP99Ms) / 1_000)),
    gracefulStop: '10s',
    tags: { system },
  };
}

const scenarios: Record<string, Scenario> = {};
const thresholds: Record<string, string[]> = {};
for (const { system, requestsPerSecond } of targets) {
  scenarios[system] = scenarioOf(system, requestsPerSecond);
  // A rate without samples passes in k6: the count says that there were some.
  thresholds[`http_reqs{system:${system}}`] = ['count>0'];
  thresholds[`checks{system:${system}}`] = [`rate>=${1 - limits.errorRatePercent / 100}`];
  thresholds[`http_req_failed{system:${system}}`] = [`rate<=${limits.errorRatePercent / 100}`];
  thresholds[`http_req_duration{system:${system}}`] = [`p(99)<=${limits.latencyP99Ms}`];
}

export const options: Options = { scenarios, thresholds, maxRedirects: 0 };

function isClient(answer: Answer, expected: Client): boolean {
  const body = bodyOf(answer);
  return (
    body !== undefined &&
    body['id'] === expected.id &&
    body['nombre'] === expected.nombre &&
    body['apellido'] === expected.apellido &&
    body['rut'] === expected.rut &&
    body['correo'] === expected.correo
  );
}

export default async function (): Promise<void> {
  const target = targets.find(({ system }) => system === exec.scenario.name);
  if (!target) throw new Error(`scenario "${exec.scenario.name}" has no target in HEADROOM_TARGETS`);
  const id = seededIdOf(exec.scenario.iterationInTest, target.system);
  const expected = clientOf(id);
  await call(
    target,
    { name: 'getClient', path: '/getClient', query: { client_id: String(id) }, statuses: [200], signer },
    {
      'status is 200': (answer) => answer.status === 200,
      'body is the client asked for': (answer) => isClient(answer, expected),
    },
  );
}
