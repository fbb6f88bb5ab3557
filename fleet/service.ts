import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FleetConfigError } from './errors.ts';
import type { ServiceLoad } from './serviceLoad.ts';
import type { ServiceDefinition } from './serviceSchema.ts';

export { defineService, type ServiceDefinition } from './serviceSchema.ts';

/** A service with its load side. */
export interface Service {
  definition: ServiceDefinition;
  load: ServiceLoad;
}

/** Where a path of a service's contract leads. */
export const pathOf = ({ directory }: ServiceDefinition, path: string): string => join(directory, path);

/** What the migrations of a service's databases come to. */
export interface ServiceSchema {
  /** Where the numbered files are. */
  directory: string;
  /** Privileges by table, of the functions' database users. */
  grants: ServiceDefinition['grants'];
}

export const schemaOf = (service: ServiceDefinition): ServiceSchema => ({
  directory: pathOf(service, service.migrations),
  grants: service.grants,
});

/** What every load side exports. */
const exported = ['health', 'seeded', 'lookUp', 'request', 'message', 'idOf', 'poison', 'smoke'] as const;

/**
 * Loads a service's load side.
 * @throws FleetConfigError when there is none, or when it lacks something
 */
export async function loadService(definition: ServiceDefinition): Promise<Service> {
  const path = pathOf(definition, definition.load);
  const refuse = (problem: string, cause?: unknown): FleetConfigError =>
    new FleetConfigError([{ field: 'service.load', problem: `${path}: ${problem}` }], { cause });
  let load: Partial<ServiceLoad>;
  try {
    load = (await import(pathToFileURL(path).href)) as Partial<ServiceLoad>;
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error), error);
  }
  const missing = exported.filter((name) => load[name] === undefined);
  if (missing.length > 0) throw refuse(`expected it to export ${missing.join(', ')}`);
  const open = openRoutes(definition);
  if (!isSame(load.open ?? [], open)) {
    throw refuse(
      `expected its open to be ${JSON.stringify(open)}: the routes of the contract without authorisation`,
    );
  }
  if (load.health !== definition.health) throw refuse(`expected its health to be ${definition.health}`);
  return { definition, load: load as ServiceLoad };
}

/** The routes that everybody may call: `GET /healthcheck`. */
export const openRoutes = ({ routes }: Pick<ServiceDefinition, 'routes'>): string[] =>
  routes.filter(({ auth }) => auth === 'none').map(({ method, path }) => `${method} ${path}`);

/** The routes that ask for the system's API key. */
export const keyedRoutes = ({ routes }: Pick<ServiceDefinition, 'routes'>): string[] =>
  routes.filter(({ auth }) => auth === 'apiKey').map(({ method, path }) => `${method} ${path}`);

const isSame = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && others.every((one) => some.includes(one));

/** The route that a load asks most, as API Gateway's settings of methods name it: `orders~1{orderId}/GET`. */
export function busiestMethod({ routes }: ServiceDefinition): { key: string; shareOfLoad: number } {
  const { method, path, shareOfLoad } = routes.reduce((most, route) =>
    route.shareOfLoad > most.shareOfLoad ? route : most,
  );
  return { key: `${path.slice(1).replaceAll('/', '~1')}/${method}`, shareOfLoad };
}
