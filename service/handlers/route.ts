import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { Database } from '../redshift/database.ts';

/** Answers one resource's requests; what it throws becomes a problem. */
export type Route = (event: APIGatewayProxyEvent, database: Database) => Promise<APIGatewayProxyResult>;

/** Routes by method and resource: `GET /orders/{orderId}`. */
export type Routes = Readonly<Record<string, Route>>;

/** A JSON answer; no cache on the way may keep it, since it holds a person's data or the moment's state. */
export const json = (statusCode: number, body: unknown): APIGatewayProxyResult => ({
  statusCode,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: JSON.stringify(body),
});
