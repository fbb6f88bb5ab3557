import { App, Stack } from 'aws-cdk-lib';
import {
  AuthorizationType,
  JsonSchemaType,
  LambdaIntegration,
  MockIntegration,
  ResponseType,
  RestApi,
  type IResource,
} from 'aws-cdk-lib/aws-apigateway';
import { CfnFunction, Function } from 'aws-cdk-lib/aws-lambda';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { signedFetch } from '../../api/testing/signedFetch.ts';
import { startTestStage, testCode, type TestStage } from '../testing/stage.ts';

/** Tells what it got; of `/files` a picture. */
const code = `
export const handler = async (event) => {
  if (!event.path.startsWith('/files')) return { statusCode: 201, body: JSON.stringify(event) };
  return {
    statusCode: 200,
    headers: { 'Content-Type': 'image/png', 'X-Seen': 'a' },
    multiValueHeaders: { 'X-Seen': ['a', 'b'] },
    body: event.body ?? Buffer.from([137, 80, 78, 71]).toString('base64'),
    isBase64Encoded: true,
  };
};`;

function stackOf(addTo: (api: RestApi, integration: LambdaIntegration) => void): object {
  const app = new App();
  const stack = new Stack(app, 'orders');
  const fn = new CfnFunction(stack, 'Fn', {
    code: { s3Bucket: testCode.S3Bucket, s3Key: testCode.S3Key },
    handler: 'index.handler',
    runtime: 'nodejs24.x',
    role: 'arn:aws:iam::000000000000:role/orders',
  });
  const api = new RestApi(stack, 'Api', {
    cloudWatchRole: false,
    binaryMediaTypes: ['image/*'],
    deployOptions: {
      stageName: 'v1',
      methodOptions: { '/orders/{orderId}/GET': { throttlingRateLimit: 50 } },
    },
  });
  addTo(api, new LambdaIntegration(Function.fromFunctionArn(stack, 'Imported', fn.attrArn)));
  return app.synth().getStackByName('orders').template as object;
}

const origin = 'https://shop.example';
const partner = 'https://partner.example';
function addOrders(api: RestApi, integration: LambdaIntegration): void {
  const orders = api.root.addResource('orders');
  const model = api.addModel('Order', {
    schema: {
      type: JsonSchemaType.OBJECT,
      properties: {
        orderId: { type: JsonSchemaType.STRING, minLength: 1 },
        count: { type: JsonSchemaType.INTEGER },
      },
      required: ['orderId'],
    },
  });
  orders.addMethod('POST', integration, {
    authorizationType: AuthorizationType.IAM,
    requestModels: { 'application/json': model },
    requestValidatorOptions: { validateRequestBody: true },
  });
  orders.addCorsPreflight({ allowOrigins: [origin, partner], allowMethods: ['GET', 'POST'] });
  api.addGatewayResponse('Body', {
    type: ResponseType.BAD_REQUEST_BODY,
    templates: {
      'application/json':
        '{"message":$context.error.messageString,"problem":"$context.error.validationErrorString"}',
    },
  });
  const order = orders.addResource('{orderId}');
  order.addMethod('GET', integration, { requestParameters: { 'method.request.path.orderId': true } });
  const files: IResource = api.root.addResource('files').addResource('{proxy+}');
  files.addMethod('ANY', integration);
}

describe('a REST API as CDK writes it', () => {
  let stage: TestStage;
  let url: string;
  beforeAll(async () => {
    stage = await startTestStage(code);
    const addApi = vi.spyOn(stage.platform.context.api, 'addApi');
    await stage.boot({ orders: stackOf(addOrders) });
    url = `${stage.platform.context.api.url}/${addApi.mock.calls[0]?.[0]}/v1`;
  });
  afterAll(async () => {
    await stage.close();
    if (stage.errors.length > 0) throw stage.errors[0];
  });

  it('takes parameters from the path', async () => {
    const response = await fetch(`${url}/orders/a%20b?page=1&page=2`, { headers: { 'X-Client': 'me' } });
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({
      resource: '/orders/{orderId}',
      pathParameters: { orderId: 'a b' },
      queryStringParameters: { page: '2' },
      multiValueQueryStringParameters: { page: ['1', '2'] },
      multiValueHeaders: { 'X-Client': ['me'] },
      body: null,
      isBase64Encoded: false,
    });
  });

  it('takes a signed body that fits its model, and refuses others before the function', async () => {
    const body = '{"orderId":"ñ","count":3}';
    const taken = await signedFetch(`${url}/orders`, { method: 'POST', body });
    expect(taken.status).toBe(201);
    expect(await taken.json()).toMatchObject({ httpMethod: 'POST', body, isBase64Encoded: false });
    for (const [wrong, problem] of [
      ['{"count":3}', 'orderId: '],
      ['{"orderId":"1","count":"many"}', 'count: '],
      ['no JSON', 'expected JSON'],
    ] as const) {
      const refused = await signedFetch(`${url}/orders`, { method: 'POST', body: wrong });
      expect(refused.status).toBe(400);
      expect(await refused.json()).toEqual({
        message: 'Invalid request body',
        problem: expect.stringMatching(new RegExp(`^\\[${problem}`)),
      });
    }
    expect((await fetch(`${url}/orders`, { method: 'POST', body })).status).toBe(403);
  });

  it("answers a browser's preflight by itself", async () => {
    const response = await fetch(`${url}/orders`, { method: 'OPTIONS' });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe(origin);
    expect(response.headers.get('access-control-allow-methods')).toBe('GET,POST');
    // The other one that may ask is named where it asks, under either name of the header.
    for (const name of ['Origin', 'origin']) {
      const asked = await fetch(`${url}/orders`, { method: 'OPTIONS', headers: { [name]: partner } });
      expect(asked.headers.get('access-control-allow-origin')).toBe(partner);
    }
    const stranger = await fetch(`${url}/orders`, {
      method: 'OPTIONS',
      headers: { Origin: 'https://stranger.example' },
    });
    expect(stranger.headers.get('access-control-allow-origin')).toBe(origin);
    const other = await fetch(`${url}/orders`, {
      method: 'OPTIONS',
      headers: { 'content-type': 'text/plain' },
    });
    expect(other.status).toBe(500);
  });

  it('passes bytes in and out for binary media types alone', async () => {
    const bytes = Buffer.from([0, 255, 1, 254]);
    const send = (contentType: string, accept: string) =>
      fetch(`${url}/files/deep/one.png`, {
        method: 'PUT',
        headers: { 'content-type': contentType, accept },
        body: bytes,
      });
    const there = await send('image/png', 'image/png, text/plain');
    expect(Buffer.from(await there.arrayBuffer())).toEqual(bytes);
    expect(await (await send('image/png', 'text/plain, image/png')).text()).toBe(bytes.toString('base64'));
    const picture = await fetch(`${url}/files/a`, { headers: { accept: 'image/*' } });
    expect(Buffer.from(await picture.arrayBuffer())).toEqual(Buffer.from([137, 80, 78, 71]));
    expect(picture.headers.get('x-seen')).toBe('a, b');
  });

  it('gives a nested method its own throttle', () => {
    const [api] = [...stage.state.restApis.values()];
    const throttles = api?.stages.get('v1')?.methodThrottles;
    expect(throttles?.get('~1orders~1{orderId}/GET')?.ratePerSecond).toBe(50);
  });

  it.each([
    [
      'a template with what it does not fill in',
      (api: RestApi) =>
        api.root.addMethod(
          'POST',
          new MockIntegration({
            requestTemplates: { 'application/json': '{ "statusCode": 200 }' },
            integrationResponses: [
              { statusCode: '200', responseTemplates: { 'application/json': '$util.escapeJavaScript("a")' } },
            ],
          }),
        ),
      'ResponseTemplates: expected a directive, a reference to $input.params',
    ],
    [
      'a schema that cannot be checked',
      (api: RestApi) => api.addModel('Other', { schema: { ref: 'https://elsewhere.example/schema' } }),
      'Schema',
    ],
    [
      'two parameters below one resource',
      (api: RestApi) => {
        for (const part of ['{orderId}', '{proxy+}']) api.root.addResource(part).addMethod('GET');
      },
      'PathPart: expected {proxy+} to differ from its sibling {orderId}',
    ],
  ])('refuses %s by name', async (_case, add, name) => {
    await expect(
      stage.boot({
        refused: stackOf((api, integration) => {
          api.root.addMethod('GET', integration);
          add(api);
        }),
      }),
    ).rejects.toThrow(name);
  });
});
