import { expect, it } from 'vitest';
import { proxyCall } from './proxyCall.ts';

const routes = [
  { method: 'GET', path: '/orders/latest' },
  { method: 'GET', path: '/orders/{orderId}' },
  { method: 'POST', path: '/orders' },
] as const;
const about = { stage: 'qa', requestId: 'one' };
const service = { routes };

it('makes the event that API Gateway makes: the resource by its route, parameters decoded', () => {
  const { event } = proxyCall({ name: 'order', path: '/orders/a%20b', statuses: [200] }, service, about);
  expect(event).toMatchObject({
    resource: '/orders/{orderId}',
    path: '/orders/a%20b',
    pathParameters: { orderId: 'a b' },
    queryStringParameters: null,
    body: null,
    requestContext: { requestId: 'one', path: '/qa/orders/a%20b' },
  });
  const exact = proxyCall({ name: 'latest', path: '/orders/latest', statuses: [200] }, service, about);
  expect(exact.event).toMatchObject({ resource: '/orders/latest', pathParameters: null });
  const post = {
    name: 'new',
    method: 'POST',
    path: '/orders',
    body: '{}',
    query: { q: '1' },
    statuses: [201],
  } as const;
  expect(proxyCall(post, service, about).event).toMatchObject({
    resource: '/orders',
    body: '{}',
    multiValueQueryStringParameters: { q: ['1'] },
  });
});

it('refuses a request that no route takes', () => {
  const none = { name: 'none', path: '/orders/1/lines', statuses: [200] };
  expect(() => proxyCall(none, service, about)).toThrow('no route of the service takes GET /orders/1/lines');
});

it('holds an answer to the contract: status and body', () => {
  const { problemWith } = proxyCall(
    { name: 'order', path: '/orders/1', statuses: [200, 202], isRight: ({ body }) => body === 'yes' },
    service,
    about,
  );
  expect(problemWith({ statusCode: 202, body: 'yes' })).toBeNull();
  expect(problemWith({ statusCode: 200, body: 'no' })).toBe('answered with another body');
  expect(problemWith({ statusCode: 503, body: 'yes' })).toBe('answered with status 503');
  expect(problemWith(undefined)).toBe('answered with status undefined');
});
