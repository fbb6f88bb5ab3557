import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadService, type ServiceDefinition } from '../fleet/service.ts';
import { parseFleet } from '../fleet/fleet.ts';
import { serviceSchema } from '../fleet/serviceSchema.ts';
import { functionEntries } from './bundle.ts';
import { hashRelease } from './release.ts';
import { projectDirectory } from './testing/emptyFunctions.ts';
import { expectedPeak, propertiesOf, templatesOf } from './testing/templates.ts';

let directory: Awaited<ReturnType<typeof projectDirectory>>;
beforeAll(async () => {
  directory = await projectDirectory();
});
afterAll(() => directory.remove());

/** Replaces the first place of a text that is there. */
async function edit(path: string, from: string, to: string): Promise<void> {
  const text = await readFile(path, 'utf8');
  expect(text).toContain(from);
  await writeFile(path, text.replace(from, to));
}

it('a route is a handler, a line in the contract and a case of the smoke, and nothing else', async () => {
  // As deep in the project as the original, so that its imports lead where they did.
  const copy = directory.path;
  await cp('examples/orders', copy, { recursive: true });

  await writeFile(
    join(copy, 'handlers/countOrders.ts'),
    `import { json, type Route } from '../../../service/handlers/route.ts';

export const countOrders: Route = async (_event, database) => {
  const { rows } = await database.use((client) => client.query('SELECT COUNT(*) AS orders FROM orders'), 2_500);
  return json(200, rows[0]);
};
`,
  );
  const api = join(copy, 'handlers/api.ts');
  await edit(api, 'import { getOrder', "import { countOrders } from './countOrders.ts';\nimport { getOrder");
  await edit(
    api,
    "    'POST /orders': postOrder,",
    "    'POST /orders': postOrder,\n    'GET /orders': countOrders,",
  );
  await edit(
    join(copy, 'contract.ts'),
    "    { method: 'POST', path: '/orders', body: order, shareOfLoad: 0.2 },",
    "    { method: 'POST', path: '/orders', body: order, shareOfLoad: 0.2 },\n    { method: 'GET', path: '/orders' },",
  );
  await edit(
    join(copy, 'load.ts'),
    "  refused('unknown order',",
    "  { name: 'how many', path: '/orders', statuses: [200] },\n  refused('unknown order',",
  );

  const before = await definitionAt('../examples/orders/contract.ts');
  const after = await definitionAt(join(copy, 'contract.ts'));
  const methods = async (service: ServiceDefinition, name: string) => {
    const fleet = parseFleet({
      service,
      region: 'us-east-1',
      systems: [{ name: 'shop', expectedPeak }],
      stages: { local: { account: '000000000000', periodSeconds: 10, database: { connectionLimit: 50 } } },
    });
    const options = { fleet, stages: ['local'], validate: false, entries: functionEntries(service) };
    const templates = await templatesOf(copy, name, options);
    const template = templates['local-shop'];
    return {
      resources: propertiesOf(template, 'AWS::ApiGateway::Resource').map(({ PathPart }) => String(PathPart)),
      methods: propertiesOf(template, 'AWS::ApiGateway::Method')
        .map(({ HttpMethod }) => String(HttpMethod))
        .toSorted(),
      code: await readFile(join(copy, name, 'bundle/api.mjs'), 'utf8'),
    };
  };
  const [old, added] = [await methods(before, 'before'), await methods(after, 'after')];
  expect(old.methods).toEqual(['GET', 'GET', 'POST']);
  expect(added.methods).toEqual(['GET', 'GET', 'GET', 'POST']);
  expect(added.resources.toSorted()).toEqual(old.resources.toSorted());
  expect(added.resources.toSorted()).toEqual(['healthcheck', 'orders', '{orderId}']);
  expect(old.code).not.toContain('"GET /orders"');
  expect(added.code).toContain('"GET /orders"');

  const [smoke, more] = [await loadService(before), await loadService(after)];
  expect(more.load.smoke.length).toBe(smoke.load.smoke.length + 1);
  // What was proven of the service as it was says nothing of this one.
  expect(await hashRelease(after)).not.toBe(await hashRelease(before));
});

const definitionAt = async (path: string): Promise<ServiceDefinition> =>
  serviceSchema.parse(((await import(path)) as { contract: unknown }).contract);
