import { readApiEnv } from '../../../service/env.ts';
import { createApiHandler } from '../../../service/handlers/apiHandler.ts';
import { createEnvironment } from '../../../service/handlers/environment.ts';
import { healthcheck } from '../../../service/handlers/healthcheck.ts';
import { getOrder } from './getOrder.ts';
import { postOrder } from './postOrder.ts';

/** Lambda entry of the API's function. */
export const handler = createApiHandler(
  createEnvironment(readApiEnv(), 'api', { statementMs: 2_500, patienceMs: 250 }),
  {
    'GET /orders/{orderId}': getOrder,
    'POST /orders': postOrder,
    'GET /healthcheck': healthcheck,
  },
);
