/**
 * What a policy of an API calls the routes that everybody may call, on any stage, with anything in the place of their
 * parameters.
 * @param routes `GET /orders/{orderId}`
 */
export const openResources = (routes: readonly string[]): string[] =>
  routes.map((route) => {
    const [method = '', path = ''] = route.split(' ');
    return `execute-api:/*/${method}${path.replaceAll(/\{[^}]+\}/g, '*')}`;
  });
