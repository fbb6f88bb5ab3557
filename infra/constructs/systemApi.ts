import { ArnFormat, Stack } from 'aws-cdk-lib';
import {
  AccessLogField,
  AccessLogFormat,
  AuthorizationType,
  EndpointType,
  LambdaIntegration,
  LogGroupLogDestination,
  RestApi,
  type IRequestValidator,
  type MethodOptions,
  type Model,
  type RestApiProps,
} from 'aws-cdk-lib/aws-apigateway';
import type { IVpcEndpoint } from 'aws-cdk-lib/aws-ec2';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroupClass } from 'aws-cdk-lib/aws-logs';
import { CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import type { StageConfig, System } from '../../fleet/fleet.ts';
import { keyedRoutes, openRoutes, type ServiceDefinition } from '../../fleet/service.ts';
import { accessLogGroupName, systemNames } from '../../fleet/names.ts';
import { acknowledge } from './acknowledge.ts';
import { mapCustomDomain } from './customDomain.ts';
import { addApiKey } from './apiKey.ts';
import { addGatewayProblems } from './gatewayProblems.ts';
import { openResources } from '../openResources.ts';
import { throttlePerSecondOf } from '../throttle.ts';
import { ownLogGroup } from './ownLogGroup.ts';

export interface SystemApiProps {
  service: ServiceDefinition;
  stage: string;
  config: StageConfig;
  system: System;
  handler: IFunction;
  /** The stage's one web ACL. */
  webAclArn: string;
  /** What encrypts the secret of its API key, where a route asks for one. */
  secretsKey: IKey;
  /** The endpoint through which alone a private API answers; left out, it is a regional one. */
  apiEndpoint?: IVpcEndpoint;
}

/**
 * One line a request, its fields between spaces: which it was, what was asked, what came of it, after how long and how
 * long of that the function took, who called, and why the API itself refused. The route and not the path, no query
 * string and no body: client data is never logged. A line is paid for by the byte, and there are as many as requests:
 * names of fields would double it, and its time CloudWatch has already.
 */
export const accessLine = [
  AccessLogField.contextRequestId(),
  AccessLogField.contextHttpMethod(),
  AccessLogField.contextResourcePath(),
  AccessLogField.contextStatus(),
  AccessLogField.contextResponseLatency(),
  AccessLogField.contextIntegrationLatency(),
  AccessLogField.contextIdentityUserArn(),
  AccessLogField.contextErrorResponseType(),
].join(' ');

/** The service's routes, for callers whose requests IAM knows, but where the contract lets everybody in. */
export class SystemApi extends Construct {
  readonly api: RestApi;
  /** Base URL with the API's stage, without a trailing slash. */
  readonly url: string;
  /** The secret of the key that its keyed routes ask for; undefined where none does. */
  readonly keySecretArn: string | undefined;
  private readonly validators = new Map<string, IRequestValidator>();

  constructor(scope: Construct, id: string, props: SystemApiProps) {
    super(scope, id);
    const { service, stage, config, system, handler, apiEndpoint } = props;
    const { domain } = config;
    const names = systemNames(service, stage, system.name);
    const throttle = throttlePerSecondOf(config, system);
    this.api = new RestApi(this, 'Api', {
      restApiName: names.api,
      description: `${service.name} of ${system.name}`,
      ...(apiEndpoint
        ? privateTo(apiEndpoint, [...openRoutes(service), ...keyedRoutes(service)])
        : { endpointTypes: [EndpointType.REGIONAL] }),
      defaultMethodOptions: { authorizationType: AuthorizationType.IAM },
      deployOptions: {
        stageName: stage,
        throttlingRateLimit: throttle,
        throttlingBurstLimit: throttle,
        accessLogDestination: new LogGroupLogDestination(
          // Half the price of what it takes in. Read by Logs Insights alone; its class can never be changed.
          ownLogGroup(this, 'AccessLog', accessLogGroupName(names.api), LogGroupClass.INFREQUENT_ACCESS),
        ),
        accessLogFormat: AccessLogFormat.custom(accessLine),
      },
    });
    acknowledge(this.api, {
      APIG2:
        'Required parameters are validated here, and bodies where the contract has a schema; others by the service.',
      APIG6:
        'Execution logs hold paths and bodies, and with them the data of clients; access logs are written.',
      COG4: 'Callers are systems, known to IAM: every method is authorised by it.',
    });
    addGatewayProblems(this.api, service);
    const integration = new LambdaIntegration(handler, { allowTestInvoke: false });
    this.addRoutes(service, integration);
    this.keySecretArn =
      keyedRoutes(service).length === 0
        ? undefined
        : addApiKey(this, {
            api: this.api,
            name: names.api,
            secretName: names.apiKeySecret,
            encryptionKey: props.secretsKey,
          });
    new CfnWebACLAssociation(this, 'WebAcl', {
      resourceArn: Stack.of(this).formatArn({
        service: 'apigateway',
        account: '',
        resource: `/restapis/${this.api.restApiId}/stages`,
        resourceName: this.api.deploymentStage.stageName,
        arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
      }),
      webAclArn: props.webAclArn,
    });
    if (domain) mapCustomDomain(this, this.api, domain, system.name);
    const { region, urlSuffix } = Stack.of(this);
    this.url = `https://${this.api.restApiId}.execute-api.${region}.${urlSuffix}/${stage}`;
  }

  private addRoutes({ routes }: ServiceDefinition, integration: LambdaIntegration): void {
    for (const { method, path, auth, requiredQuery, body } of routes) {
      const added = this.api.root.resourceForPath(path).addMethod(method, integration, {
        ...(auth !== 'iam' && { authorizationType: AuthorizationType.NONE }),
        ...(auth === 'apiKey' && { apiKeyRequired: true }),
        ...(requiredQuery.length > 0 && {
          requestParameters: Object.fromEntries(
            requiredQuery.map((name) => [`method.request.querystring.${name}`, true]),
          ),
        }),
        ...(body && { requestModels: { 'application/json': this.addModel(`${method} ${path}`, body) } }),
        ...this.validatorOf(requiredQuery.length > 0, body !== undefined),
      });
      const why = auth === 'none' ? open : keyed;
      if (auth !== 'iam') acknowledge(added, { APIG4: why, COG4: why });
    }
  }

  /** Made of the schema as it is: CDK's type of one is the same, with the words as constants. */
  private addModel(route: string, body: NonNullable<ServiceDefinition['routes'][number]['body']>): Model {
    const id = `Body-${route.replaceAll(/[^A-Za-z0-9]+/g, '-')}`;
    return this.api.addModel(id, { contentType: 'application/json', schema: body });
  }

  private validatorOf(parameters: boolean, body: boolean): Pick<MethodOptions, 'requestValidator'> {
    if (!parameters && !body) return {};
    const id = body ? (parameters ? 'ParametersAndBody' : 'BodyFits') : 'ParametersPresent';
    const known = this.validators.get(id);
    const requestValidator =
      known ??
      this.api.addRequestValidator(id, {
        ...(parameters && { validateRequestParameters: true }),
        ...(body && { validateRequestBody: true }),
      });
    this.validators.set(id, requestValidator);
    return { requestValidator };
  }
}

const open = 'The contract lets everybody call this route; the web ACL and the throttle stand before it.';

const keyed = 'The contract lets whoever has the API key call this route; API Gateway asks for it.';

/**
 * Requests that do not come through the endpoint are denied; whom it lets in of the others, IAM alone says. So the
 * policy allows nobody: within an account an Allow of either is enough, and one for everybody would let in whoever
 * of the account signs (apigateway/latest/developerguide/apigateway-authorization-flow.html, table A). But for the routes
 * that IAM is not asked about: of these the policy is asked alone, and says no where it does not say yes.
 */
const privateTo = (endpoint: IVpcEndpoint, openToAll: readonly string[]): RestApiProps => ({
  endpointConfiguration: { types: [EndpointType.PRIVATE], vpcEndpoints: [endpoint] },
  policy: new PolicyDocument({
    statements: [
      new PolicyStatement({
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['execute-api:Invoke'],
        resources: ['execute-api:/*'],
        conditions: { StringNotEquals: { 'aws:SourceVpce': endpoint.vpcEndpointId } },
      }),
      ...(openToAll.length === 0
        ? []
        : [
            new PolicyStatement({
              principals: [new AnyPrincipal()],
              actions: ['execute-api:Invoke'],
              resources: openResources(openToAll),
            }),
          ]),
    ],
  }),
});
