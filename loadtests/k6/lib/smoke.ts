import exec from 'k6/execution';
import type { Options, Scenario } from 'k6/options';
import type { ServiceLoad, SmokeCase } from '../../../fleet/serviceLoad.ts';
import {
  bodyOf,
  call,
  hasStatus,
  isAsAsked,
  type Answer,
  type Call,
  type Checks,
  type Signer,
} from './api.ts';
import { signerFromEnvironment, targetsFromEnvironment } from './environment.ts';
import type { Target } from './target.ts';

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
const refused = (statuses: readonly number[]): Checks => ({
  'is refused for what it asks': (answer) =>
    statuses.includes(answer.status) ||
    (answer.status === 403 && bodyOf(answer)?.['type'] === 'urn:headroom:problem:blocked'),
});

interface Case extends Call {
  checks: Checks;
}

/** As the service's contract has it, signed. */
function caseOf({ isRight, injection, problem: isOne, ...request }: SmokeCase, signer: Signer): Case {
  const { statuses } = request;
  return {
    ...request,
    signer,
    statuses: injection ? [...new Set([...statuses, 403])] : statuses,
    checks: {
      ...(injection ? { ...refused(statuses), ...noSql } : hasStatus(statuses)),
      ...(isOne ? problem : {}),
      ...isAsAsked(isRight),
    },
  };
}

/** Whether a request's route asks for no signature. */
const isOpen = (
  { open = [] }: ServiceLoad,
  { method = 'GET', path }: Pick<Call, 'method' | 'path'>,
): boolean =>
  open.some((route) => {
    const parts = route.split('/');
    const asked = `${method} ${path}`.split('/');
    return (
      parts.length === asked.length &&
      parts.every((part, index) => part.startsWith('{') || part === asked[index])
    );
  });

/** A request without a signature: refused, but where everybody may ask. */
function unsigned(service: ServiceLoad, { name, ...request }: Omit<Call, 'signer'>): Case {
  const { statuses } = request;
  return isOpen(service, request)
    ? { ...request, name, checks: hasStatus(statuses) }
    : { ...request, name, statuses: [403], checks: { ...hasStatus([403]), ...problem } };
}

/** What every service gives by the gateway before it, and its healthcheck. */
function casesOf(service: ServiceLoad, signer: Signer): Case[] {
  const { smoke, health } = service;
  const { isRight: _isRight, problem: _problem, injection: _injection, ...good } = smoke[0];
  const healthcheck = { name: 'healthcheck', path: health, statuses: [200] };
  const forged = { ...unsigned(service, good), name: 'forged', signer, tamper: true };
  return [
    { ...healthcheck, signer, checks: hasStatus([200]) },
    ...smoke.map((each) => caseOf(each, signer)),
    unsigned(service, { ...good, name: 'unsigned' }),
    // Of a route that asks for nothing nobody looks at it.
    ...(isOpen(service, good) ? [] : [forged]),
    unsigned(service, { ...healthcheck, name: 'unsigned healthcheck' }),
  ];
}

/**
 * The same of a system that runs other code: what the contract says of status and body, without the form of our problems.
 * That nobody gets in who shows nothing, where its callers must show something.
 */
function casesOfAdopted({ smoke }: ServiceLoad, signer: Signer, { adopted, headers }: Target): Case[] {
  const { isRight: _isRight, problem: _problem, ...good } = smoke[0];
  const healthPath = adopted?.healthPath;
  const isClosed = headers === undefined || Object.keys(headers).length > 0;
  return [
    ...(healthPath === undefined
      ? []
      : [{ name: 'healthcheck', path: healthPath, statuses: [200], signer, checks: hasStatus([200]) }]),
    ...smoke.map((each) => caseOf({ ...each, problem: false }, signer)),
    ...(isClosed ? [{ ...good, name: 'nobody', statuses: [401, 403], checks: hasStatus([401, 403]) }] : []),
  ];
}

/** Every answer that a service gives, once: the good ones, each kind of mistake, and what must stay closed. */
export function smokeOf(service: ServiceLoad): { options: Options; request(this: void): Promise<void> } {
  const targets = targetsFromEnvironment();
  const signer = signerFromEnvironment();
  const cases = casesOf(service, signer);
  const casesFor = (target: Target): Case[] =>
    target.adopted ? casesOfAdopted(service, signer, target) : cases;
  const scenarios: Record<string, Scenario> = {};
  const thresholds: Record<string, string[]> = {};
  for (const target of targets) {
    const { system } = target;
    scenarios[system] = {
      executor: 'per-vu-iterations',
      vus: 1,
      iterations: 1,
      maxDuration: '2m',
      gracefulStop: '0s',
      tags: { system },
    };
    // A rate passes in k6 whatever was left out, by an exception or by the end of the time: every call was made.
    thresholds[`http_reqs{system:${system}}`] = [`count==${casesFor(target).length}`];
    thresholds[`checks{system:${system}}`] = ['rate==1'];
  }
  return {
    options: { scenarios, thresholds, maxRedirects: 0 },
    request: async () => {
      const target = targets.find(({ system }) => system === exec.scenario.name);
      if (!target) throw new Error(`scenario "${exec.scenario.name}" has no target in HEADROOM_TARGETS`);
      for (const { checks, ...request } of casesFor(target)) await call(target, request, checks);
    },
  };
}
