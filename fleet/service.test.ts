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
    expect(problems({ environment: { SHOP: 'a', DATABASE_HOST: 'b', AWS_REGION: 'c' } })).toEqual([
      'environment.DATABASE_HOST: expected the name of a variable that is not set already',
      'environment.AWS_REGION: expected the name of a variable that is not set already',
    ]);
    const [first] = contract.routes;
    expect(problems({ routes: [...contract.routes, { ...first, shareOfLoad: 0 }] })).toEqual([
      'routes.2: expected GET /getClient once',
    ]);
    expect(problems({ routes: [{ ...first, shareOfLoad: 0.5 }, contract.routes[1]] })).toEqual([
      'routes: expected shareOfLoad to add up to 1, not to 0.5',
    ]);
    expect(problems({ rows: [{ table: 'clientes"; --', id: 'id' }] })).toEqual([
      expect.stringContaining('rows.0.table: expected the name of a table'),
    ]);
  });

  it('names the busiest method as API Gateway does, with its share', () => {
    const busiest = (of: unknown) => busiestMethod(serviceSchema.parse(of));
    expect(busiest(contract)).toEqual({ key: 'getClient/GET', shareOfLoad: 1 });
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
  });
});
