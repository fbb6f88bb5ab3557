import { Stack } from 'aws-cdk-lib';
import { AuthorizationType, EndpointType, LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { limits } from '../../monitoring/limits.ts';
import type { System } from '../fleet.ts';
import { systemNames } from '../names.ts';
import { addGatewayProblems } from './gatewayProblems.ts';

export interface ClientApiProps {
  stage: string;
  system: System;
  handler: IFunction;
}

/** `GET /getClient` and `GET /healthcheck`, for callers whose requests IAM knows. */
export class ClientApi extends Construct {
  readonly api: RestApi;
  /** Base URL with the API's stage, without a trailing slash. */
  readonly url: string;

  constructor(scope: Construct, id: string, { stage, system, handler }: ClientApiProps) {
    super(scope, id);
    const throttle = Math.ceil(system.expectedPeak.requestsPerSecond * limits.apiThrottlePerPeak);
    this.api = new RestApi(this, 'Api', {
      restApiName: systemNames(stage, system.name).api,
      description: `Clients of ${system.name}`,
      endpointTypes: [EndpointType.REGIONAL],
      defaultMethodOptions: { authorizationType: AuthorizationType.IAM },
      deployOptions: {
        stageName: stage,
        throttlingRateLimit: throttle,
        throttlingBurstLimit: throttle,
      },
    });
    addGatewayProblems(this.api);
    const integration = new LambdaIntegration(handler, { allowTestInvoke: false });
    this.api.root.addResource('healthcheck').addMethod('GET', integration);
    this.api.root.addResource('getClient').addMethod('GET', integration, {
      requestParameters: { 'method.request.querystring.client_id': true },
      requestValidator: this.api.addRequestValidator('ParametersPresent', {
        validateRequestParameters: true,
      }),
    });
    const { region, urlSuffix } = Stack.of(this);
    this.url = `https://${this.api.restApiId}.execute-api.${region}.${urlSuffix}/${stage}`;
  }
}
