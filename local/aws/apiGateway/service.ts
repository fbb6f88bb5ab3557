import { awsRest } from '../protocols/awsRest.ts';
import type { Service } from '../service.ts';
import { getRestApi } from './getRestApi.ts';
import { getRestApis } from './getRestApis.ts';
import { getStage } from './getStage.ts';
import { getStages } from './getStages.ts';
import { updateStage } from './updateStage.ts';

const path = '/restapis/{restApiId}/stages/{stageName}';

export const apiGateway: Service = {
  signingName: 'apigateway',
  protocols: [
    awsRest([
      { action: 'GetRestApis', method: 'GET', path: '/restapis' },
      { action: 'GetRestApi', method: 'GET', path: '/restapis/{restApiId}' },
      { action: 'GetStages', method: 'GET', path: '/restapis/{restApiId}/stages' },
      { action: 'GetStage', method: 'GET', path },
      { action: 'UpdateStage', method: 'PATCH', path },
    ]),
  ],
  actions: [getRestApis, getRestApi, getStages, getStage, updateStage],
  unknownActionCode: 'NotFoundException',
};
