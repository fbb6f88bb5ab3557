import type { SmokeCase } from '../../fleet/serviceLoad.ts';
import { testClientId, unknownClientId } from './clients.ts';
import { getClient, isClient } from './requests.ts';

const refused = (name: string, query: Readonly<Record<string, string>>, status: number): SmokeCase => ({
  ...getClient(name, query, [status]),
  problem: true,
});

const injections = [
  '1 OR 1=1',
  '1; DROP TABLE clientes',
  "1' UNION SELECT usename, passwd FROM pg_shadow --",
  '1%00',
];

/** Every answer that the service gives by itself. */
export const smoke: [SmokeCase, ...SmokeCase[]] = [
  {
    ...getClient('known client', { client_id: String(testClientId) }, [200]),
    isRight: (answer) => isClient(answer, testClientId),
  },
  refused('unknown client', { client_id: String(unknownClientId) }, 404),
  refused('missing id', {}, 400),
  refused('empty id', { client_id: '' }, 400),
  refused('malformed id', { client_id: 'abc' }, 400),
  refused('negative id', { client_id: '-1' }, 400),
  refused('oversized id', { client_id: '99999999999999999999' }, 400),
  ...injections.map((text, index) => ({
    ...refused(`injection ${index + 1}`, { client_id: text }, 400),
    injection: true,
  })),
  { name: 'closed path', path: '/clientes', statuses: [403, 404] },
  { name: 'closed method', method: 'POST', path: '/getClient', statuses: [403, 404] },
];
