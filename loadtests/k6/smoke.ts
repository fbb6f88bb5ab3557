/**
 * Every answer a system gives, once: the good one, each kind of mistake, and what must stay closed.
 *
 *   HEADROOM_TARGETS='[{"system":"system-01","url":"https://…","requestsPerSecond":30}]' \
 *   HEADROOM_REGION=us-east-1 k6 run loadtests/k6/smoke.ts
 */
import exec from 'k6/execution';
import type { Options, Scenario } from 'k6/options';
import { bodyOf, call, type Answer, type Call, type Checks } from './lib/api.ts';
import { rutCheckDigit, testClientId, unknownClientId } from './lib/clients.ts';
import { signerFromEnvironment, targetsFromEnvironment } from './lib/environment.ts';

const targets = targetsFromEnvironment();
const signer = signerFromEnvironment();

const hasStatus = (...statuses: number[]): Checks => ({
  [`status is ${statuses.join(' or ')}`]: (answer) => statuses.includes(answer.status),
});

function isClient(answer: Answer, id: number): boolean {
  const body = bodyOf(answer);
  if (!body || body['id'] !== id) return false;
  const [rutBody = '', digit = ''] = String(body['rut']).split('-');
  const texts = [body['nombre'], body['apellido'], body['correo']];
  return (
    rutCheckDigit(Number(rutBody)) === digit && texts.every((text) => typeof text === 'string' && text !== '')
  );
}

/** RFC 9457, with the fleet's own error names. */
function isProblem(answer: Answer): boolean {
  const body = bodyOf(answer);
  return (
    body !== undefined &&
    /^urn:headroom:problem:\w+$/.test(String(body['type'])) &&
    body['status'] === answer.status &&
    ['title', 'detail', 'requestId'].every((member) => typeof body[member] === 'string')
  );
}

const problem: Checks = { 'body is a problem': isProblem };
const noSql: Checks = {
  'body shows no SQL': (answer) =>
    !/\bselect\b|\bunion\b|\bdrop\b|sqlstate|syntax error|relation "/i.test(answer.body),
};

/**
 * By the service, or by the web ACL before it: which injections its rules know is not published, and changes. Not by
 * a signature that does not fit, which would say nothing of either.
 */
const refused: Checks = {
  'is refused for what it asks': (answer) =>
    answer.status === 400 ||
    (answer.status === 403 && bodyOf(answer)?.['type'] === 'urn:headroom:problem:blocked'),
};

interface Case extends Call {
  checks: Checks;
}

const getClient = (name: string, query: Record<string, string>, status: number, checks: Checks): Case => ({
  name,
  path: '/getClient',
  query,
  statuses: [status],
  signer,
  checks: { ...hasStatus(status), ...checks },
});

const closed = (name: string, method: string, path: string): Case => ({
  name,
  method,
  path,
  statuses: [403, 404],
  signer,
  checks: hasStatus(403, 404),
});

const injections = [
  '1 OR 1=1',
  '1; DROP TABLE clientes',
  "1' UNION SELECT usename, passwd FROM pg_shadow --",
  '1%00',
];

const unsigned: Case = {
  name: 'unsigned',
  path: '/getClient',
  query: { client_id: String(testClientId) },
  statuses: [403],
  checks: { ...hasStatus(403), ...problem },
};

const cases: Case[] = [
  {
    name: 'healthcheck',
    path: '/healthcheck',
    statuses: [200],
    signer,
    checks: hasStatus(200),
  },
  getClient('known client', { client_id: String(testClientId) }, 200, {
    'body is the client asked for': (answer) => isClient(answer, testClientId),
  }),
  getClient('unknown client', { client_id: String(unknownClientId) }, 404, problem),
  getClient('missing id', {}, 400, problem),
  getClient('empty id', { client_id: '' }, 400, problem),
  getClient('malformed id', { client_id: 'abc' }, 400, problem),
  getClient('negative id', { client_id: '-1' }, 400, problem),
  getClient('oversized id', { client_id: '99999999999999999999' }, 400, problem),
  ...injections.map((text, index) => ({
    ...getClient(`injection ${index + 1}`, { client_id: text }, 400, {}),
    statuses: [400, 403],
    checks: { ...refused, ...problem, ...noSql },
  })),
  unsigned,
  { ...unsigned, name: 'tampered signature', signer, tamper: true },
  { ...unsigned, name: 'unsigned healthcheck', path: '/healthcheck', query: {} },
  closed('closed path', 'GET', '/clientes'),
  closed('closed method', 'POST', '/getClient'),
];

const scenarios: Record<string, Scenario> = {};
const thresholds: Record<string, string[]> = {};
for (const { system } of targets) {
  scenarios[system] = {
    executor: 'per-vu-iterations',
    vus: 1,
    iterations: 1,
    maxDuration: '2m',
    gracefulStop: '0s',
    tags: { system },
  };
  // A rate passes in k6 whatever was left out, by an exception or by the end of the time: every call was made.
  thresholds[`http_reqs{system:${system}}`] = [`count==${cases.length}`];
  thresholds[`checks{system:${system}}`] = ['rate==1'];
}

export const options: Options = { scenarios, thresholds, maxRedirects: 0 };

export default async function (): Promise<void> {
  const target = targets.find(({ system }) => system === exec.scenario.name);
  if (!target) throw new Error(`scenario "${exec.scenario.name}" has no target in HEADROOM_TARGETS`);
  for (const { checks, ...request } of cases) await call(target, request, checks);
}
