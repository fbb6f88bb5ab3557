import type { APIGatewayProxyEvent } from 'aws-lambda';
import { apiErrors } from '../apiErrors.ts';
import { CallerError } from '../errors.ts';
import { findClient } from '../redshift/findClient.ts';
import { json, type Route } from './route.ts';

/** For connecting and for the query: well inside the function's timeout and the gateway's 29 s. */
const withinMs = 2_500;

/** `GET /getClient?client_id=N`: the client. */
export const getClient: Route = async (event, database) => {
  const id = clientIdOf(event);
  const client = await database.use((connection) => findClient(connection, id), withinMs);
  if (client) return json(200, client);
  throw new CallerError(apiErrors, 'clientNotFound', 'There is no client with this id.');
};

function clientIdOf(event: APIGatewayProxyEvent): number {
  const all = event.multiValueQueryStringParameters?.['client_id'];
  const values = all ?? [event.queryStringParameters?.['client_id']];
  const [value] = values;
  const refuse = (problem: string) => new CallerError(apiErrors, 'clientIdInvalid', problem);
  if (values.length > 1) throw refuse('The parameter client_id was given more than once.');
  if (value === undefined || value === '') throw refuse('The parameter client_id is missing.');
  const id = /^[1-9]\d{0,15}$/.test(value) ? Number(value) : Number.NaN;
  if (Number.isSafeInteger(id)) return id;
  throw refuse(`The parameter client_id must be a whole number from 1 to ${Number.MAX_SAFE_INTEGER}.`);
}
