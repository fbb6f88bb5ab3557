import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { ServiceError } from '../errors.ts';
import { problemResponse } from '../problem.ts';
import type { Database } from '../redshift/database.ts';
import type { Telemetry } from '../telemetry.ts';
import type { Routes } from './route.ts';

/** The API: a route's answer or a problem, one log line for a failure, one line of metrics. */
export function createApiHandler(
  { database, telemetry }: { database: Database; telemetry: Telemetry },
  routes: Routes,
) {
  return async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> => {
    const { requestId } = event.requestContext;
    try {
      const route = routes[`${event.httpMethod} ${event.resource}`];
      if (!route) throw new ServiceError('routeUnknown', 'The API has no such resource or method.');
      const response = await route(event, database);
      telemetry.succeeded(requestId);
      return response;
    } catch (error) {
      telemetry.failed(error, requestId);
      return problemResponse(error, requestId);
    } finally {
      telemetry.publish();
    }
  };
}
