import { describe, expect, it } from 'vitest';
import { contract as orders } from '../examples/orders/contract.ts';
import { contract } from '../service/contract.ts';
import { FleetConfigError } from './errors.ts';
import { busiestMethod, loadService } from './service.ts';
import { serviceSchema } from './serviceSchema.ts';

const problems = (change: object): string[] =>
  serviceSchema
    .safeParse({ ...contract, ...change })
    .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

describe('a contract', () => {
  it('is refused where it does not hold together', () => {
    expect(problems({})).toEqual([]);
    expect(problems({ health: '/health' })).toEqual(['health: expected a route: GET /health is none']);
    expect(problems({ parameterMissing: 'nothing' })).toEqual([
      'parameterMissing: expected one of its errors',
    ]);
    expect(problems({ directory: 'service' })).toEqual([
      'directory: expected an absolute path: import.meta.dirname',
    ]);
    expect(
      problems({ environment: { SHOP: 'a', DATABASE_HOST: 'b', AWS_REGION: 'c', LAMBDA_TASK_ROOT: 'd' } }),
    ).toEqual([
      'environment.DATABASE_HOST: expected the name of a variable that is not set already',
      'environment.AWS_REGION: expected the name of a variable that is not set already',
      'environment.LAMBDA_TASK_ROOT: expected the name of a variable that is not set already',
    ]);
    const [first] = contract.routes;
    expect(problems({ routes: [...contract.routes, { ...first, shareOfLoad: 0 }] })).toEqual([
      `routes.2: expected GET ${first!.path} once`,
    ]);
    expect(problems({ routes: [{ ...first, shareOfLoad: 0.5 }, contract.routes[1]] })).toEqual([
      'routes: expected shareOfLoad to add up to 1, not to 0.5',
    ]);
    const routes = (...paths: string[]) => ({
      routes: [...contract.routes, ...paths.map((path) => ({ method: 'DELETE', path }))],
    });
    expect(problems(routes('/shops/{shop}', '/shops/{shop}/orders/{id}', '/shops/all'))).toEqual([]);
    expect(problems(routes('/shops/{shop}', '/shops/{id}/orders', '/a/{id}/b/{id}'))).toEqual([
      'routes.3.path: expected {shop} instead of {id}: API Gateway takes one parameter after /shops',
      'routes.4.path: expected {id} once in /a/{id}/b/{id}',
    ]);
    const [, asked] = contract.routes;
    for (const change of [{ path: '/health/{part}' }, { requiredQuery: ['part'] }]) {
      const route = { ...asked!, ...change };
      expect(problems({ health: route.path, routes: [first, route] })).toEqual([
        'health: expected a route without parameters: whoever asks it gives none',
      ]);
    }
    expect(problems({ rows: [{ table: 'items"; --', id: 'id' }] })).toEqual([
      expect.stringContaining('rows.0.table: expected the name of a table'),
    ]);
  });

  it('names what is its own by paths within its folder, however they are written', () => {
    const entries = (api: string) => problems({ entries: { ...contract.entries, api } });
    for (const within of ['api.ts', './handlers/api.ts', 'handlers/../api.ts', '..api.ts']) {
      expect(entries(within), within).toEqual([]);
    }
    for (const above of ['../api.ts', './../api.ts', 'handlers/../../api.ts', '..']) {
      expect(entries(above), above).toEqual([
        "entries.api: expected a path within the service's folder, not above it",
      ]);
    }
    for (const field of ['load', 'migrations']) {
      expect(problems({ [field]: '../other' }), field).toHaveLength(1);
    }
    expect(problems({ profiles: { visit: { script: '../visit.ts' } } })).toHaveLength(1);
    expect(problems({ scripts: '../loadtests/k6' })).toEqual([]);
    expect(entries('/handlers/api.ts')).toEqual(["entries.api: expected a path from the service's folder"]);
  });

  it('is refused with a profile that the toolkit has, or with two for one thing', () => {
    const script = 'k6/visit.ts';
    expect(problems({ profiles: { visit: { script } } })).toEqual([]);
    for (const name of ['peak', 'script', 'rehearse']) {
      expect(problems({ profiles: { [name]: { script } } })).toEqual([
        `profiles.${name}: expected a name other than those of the toolkit’s own runs`,
      ]);
    }
    const paced = { script, paced: true, judged: 'evidence', background: true };
    expect(problems({ profiles: { visit: paced } })).toEqual([]);
    expect(problems({ profiles: { visit: { ...paced, paced: false } } })).toEqual([
      expect.stringMatching(/^profiles\.visit\.judged: expected paced: true/),
      expect.stringMatching(/^profiles\.visit\.background: expected paced: true/),
    ]);
    expect(problems({ profiles: { visit: paced, other: paced } })).toEqual([
      'profiles.other.judged: expected one profile alone for that: visit has it already',
      'profiles.other.background: expected one profile alone for that: visit has it already',
    ]);
  });

  it('is refused where what it asks of AWS cannot be', () => {
    const [first, second] = contract.routes;
    const post = (body: object) => ({ routes: [first, second, { method: 'POST', path: '/clients', body }] });
    expect(problems(post({ type: 'object', required: ['id'] }))).toEqual([]);
    expect(
      problems(post({ properties: { oneOf: { anyOf: [{ type: 'string' }] } }, additionalProperties: false })),
    ).toEqual([
      'routes.2.body: expected a schema without anyOf, which API Gateway does not support',
      'routes.2.body: expected a schema without additionalProperties, which API Gateway does not support',
    ]);
    expect(problems(post({ type: 'text' }))).toEqual([
      expect.stringMatching(/^routes\.2\.body: expected a JSON schema of draft 4: /),
    ]);
    expect(problems({ routes: [{ ...first, body: {} }, second] })).toEqual([
      'routes.0.body: expected none: a GET has no body',
    ]);
    const open = (path: string) => ({
      routes: [
        first,
        second,
        { method: 'GET', path, auth: 'none' },
        { method: 'GET', path: '/clients/{id}/orders' },
      ],
    });
    expect(problems(open('/clients'))).toEqual([]);
    expect(problems(open('/clients/{id}'))).toEqual([
      'routes.2.auth: expected "iam": the policy of a private API could not tell it from GET /clients/{id}/orders',
    ]);
    expect(problems({ routes: [{ ...first, auth: 'apiKey' }, second] })).toEqual([]);
    expect(problems({ routes: [first, { ...second, auth: 'apiKey' }] })).toEqual([
      'routes.1.auth: expected "iam" or "none": the canary signs, and holds no key of any system',
    ]);
    const permission = (statement: object) => ({
      permissions: {
        api: [{ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::catalogue/a'], ...statement }],
      },
    });
    expect(problems(permission({}))).toEqual([]);
    expect(problems(permission({ actions: ['s3:Get*'] }))).toEqual([
      expect.stringMatching(/^permissions\.api\.0\.actions\.0: expected the whole name of an action/),
    ]);
    expect(problems(permission({ resources: ['arn:aws:s3:::catalogue-{zone}/*'] }))).toEqual([
      'permissions.api.0.resources.0: expected one of {partition}, {region}, {account}, {stage}, {system}, not {zone}',
      'permissions.api.0.patternReason: expected the reason why resources are named by a pattern',
    ]);
  });

  it('names the busiest method as API Gateway does, with its share', () => {
    const busiest = (of: unknown) => busiestMethod(serviceSchema.parse(of));
    const [{ path, method }] = contract.routes as [{ path: string; method: string }];
    expect(busiest(contract)).toEqual({ key: `${path.slice(1)}/${method}`, shareOfLoad: 1 });
    expect(busiest(orders)).toEqual({ key: 'orders~1{orderId}/GET', shareOfLoad: 0.8 });
  });

  it('names the load side that is not there, or lacks something', async () => {
    const definition = serviceSchema.parse(contract);
    await expect(loadService({ ...definition, load: 'none.ts' })).rejects.toThrow(FleetConfigError);
    await expect(loadService({ ...definition, load: 'none.ts' })).rejects.toThrow(/service\.load.*none\.ts/s);
    await expect(loadService({ ...definition, load: 'apiErrors.ts' })).rejects.toThrow(
      'expected it to export health, seeded, lookUp',
    );
    await expect(loadService({ ...definition, health: '/health' })).rejects.toThrow(
      'its health to be /health',
    );
    const [open, ...others] = definition.routes;
    await expect(
      loadService({ ...definition, routes: [{ ...open!, auth: 'none' }, ...others] }),
    ).rejects.toThrow(`expected its open to be ["GET ${open!.path}"]`);
  });
});
