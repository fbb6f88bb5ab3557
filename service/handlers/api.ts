import { readApiEnv } from '../env.ts';
import { createApiHandler } from './apiHandler.ts';
import { createEnvironment } from './environment.ts';

/** A lookup that takes longer answers nobody any more. */
const statementTimeoutMs = 2_500;

/** Lambda entry of the API's function: API Gateway REST proxy events. */
export const handler = createApiHandler(createEnvironment(readApiEnv(), 'api', statementTimeoutMs));
