import { alarm } from './alarm.ts';
import { apiKey } from './apiGateway/apiKey.ts';
import { gatewayResponse } from './apiGateway/gatewayResponse.ts';
import { apiMethod } from './apiGateway/method.ts';
import { apiModel } from './apiGateway/model.ts';
import { requestValidator } from './apiGateway/requestValidator.ts';
import { apiResource } from './apiGateway/resource.ts';
import { restApi } from './apiGateway/restApi.ts';
import { apiStage } from './apiGateway/stage.ts';
import { usagePlan, usagePlanKey } from './apiGateway/usagePlan.ts';
import { compositeAlarm } from './compositeAlarm.ts';
import { dashboard } from './dashboard.ts';
import type { ResourceType } from './define.ts';
import { eventInvokeConfig } from './eventInvokeConfig.ts';
import { eventSourceMapping } from './eventSourceMapping.ts';
import { lambdaFunction } from './lambdaFunction.ts';
import { logGroup } from './logGroup.ts';
import { metricFilter } from './metricFilter.ts';
import { redshiftCluster } from './redshiftCluster.ts';
import { scheduleRule } from './scheduleRule.ts';
import { secret } from './secret.ts';
import { securityGroup } from './securityGroup.ts';
import { securityGroupIngress } from './securityGroupIngress.ts';
import { snsSubscription } from './snsSubscription.ts';
import { snsTopic } from './snsTopic.ts';
import { sqsQueue } from './sqsQueue.ts';
import { ssmParameter } from './ssmParameter.ts';

/** Every CloudFormation type that comes to life on this machine. */
export const resourceTypes: ReadonlyMap<string, ResourceType> = new Map(
  [
    alarm,
    apiKey,
    apiMethod,
    apiModel,
    apiResource,
    apiStage,
    compositeAlarm,
    dashboard,
    eventInvokeConfig,
    eventSourceMapping,
    gatewayResponse,
    lambdaFunction,
    logGroup,
    metricFilter,
    redshiftCluster,
    requestValidator,
    restApi,
    scheduleRule,
    secret,
    securityGroup,
    securityGroupIngress,
    snsSubscription,
    snsTopic,
    sqsQueue,
    ssmParameter,
    usagePlan,
    usagePlanKey,
  ].map((resource) => [resource.type, resource]),
);
