import { readApiEnv } from '../env.ts';
import { createApiHandler } from './apiHandler.ts';
import { createEnvironment } from './environment.ts';
import { routes } from './routes.ts';

/** A lookup that takes longer answers nobody any more. */
const statementMs = 2_500;

/**
 * While the database is away an attempt holds its environment, and a place in the reserved concurrency,
 * for this long at most. API Gateway turns what finds no place into a 500. A connect takes some 20 ms on
 * loopback, and stays well below this within a VPC.
 */
const patienceMs = 250;

/** Lambda entry of the API's function: API Gateway REST proxy events. */
export const handler = createApiHandler(
  createEnvironment(readApiEnv(), 'api', { statementMs, patienceMs }),
  routes,
);
