import { describe, expect, it } from 'vitest';
import { newRestApi, type RestApi } from './definition.ts';
import { findRoute } from './route.ts';

/** An API of resources by their paths, each with a method but those in `steps`. */
function apiOf(paths: readonly string[], steps: readonly string[] = []): RestApi {
  const api = newRestApi('abc123', 'orders');
  for (const path of [...paths, ...steps]) {
    const parent = path.slice(0, path.lastIndexOf('/'));
    const parentId = parent === '' ? api.rootResourceId : parent;
    api.resources.set(path, { parentId, pathPart: path.slice(parent.length + 1) });
  }
  api.methods = paths.map((resourceId) => ({
    resourceId,
    httpMethod: 'GET',
    authorization: 'NONE',
    required: { querystring: [], header: [] },
    requestModels: {},
    validatorId: undefined,
    integration: { functionName: 'f', timeoutMs: 29_000 },
  }));
  return api;
}

describe('findRoute', () => {
  const api = apiOf(
    ['/orders/{orderId}', '/orders/open', '/orders/{orderId}/lines/{line}', '/files/{path+}', '/files/a'],
    ['/orders', '/orders/{orderId}/lines', '/files'],
  );

  it.each([
    ['/orders/7', '/orders/{orderId}', { orderId: '7' }],
    ['/orders/7/', '/orders/{orderId}', { orderId: '7' }],
    ['/orders/a%2Fb', '/orders/{orderId}', { orderId: 'a/b' }],
    ['/orders/%zz', '/orders/{orderId}', { orderId: '%zz' }],
    ['/orders/open', '/orders/open', {}],
    ['/orders/7/lines/2', '/orders/{orderId}/lines/{line}', { orderId: '7', line: '2' }],
    // What is literal leads nowhere from here: the parameter does.
    ['/orders/open/lines/2', '/orders/{orderId}/lines/{line}', { orderId: 'open', line: '2' }],
    ['/files/x/y%20z', '/files/{path+}', { path: 'x/y z' }],
    ['/files/a', '/files/a', {}],
    ['/files/a/b', '/files/{path+}', { path: 'a/b' }],
  ])('leads %s to %s', (path, resourcePath, pathParameters) => {
    expect(findRoute(api, path)).toEqual({ resourceId: resourcePath, resourcePath, pathParameters });
  });

  it.each(['/', '/orders', '/files', '/orders/7/lines', '/nothing', '/orders/7/lines/2/3'])(
    'leads %s nowhere: no resource there has a method',
    (path) => expect(findRoute(api, path)).toBeUndefined(),
  );

  it('leads everything to a proxy at the root, but the root itself', () => {
    const proxy = apiOf(['/{proxy+}']);
    expect(findRoute(proxy, '/a/b')).toMatchObject({ pathParameters: { proxy: 'a/b' } });
    expect(findRoute(proxy, '/')).toBeUndefined();
  });
});
