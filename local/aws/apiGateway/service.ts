import { awsRest } from '../protocols/awsRest.ts';
import type { Service } from '../service.ts';
import { getRestApis } from './getRestApis.ts';
import { getStage } from './getStage.ts';
import { updateStage } from './updateStage.ts';

const path = '/restapis/{restApiId}/stages/{stageName}';

export const apiGateway: Service = {
  signingName: 'apigateway',
  protocols: [
    awsRest([
      { action: 'GetRestApis', method: 'GET', path: '/restapis' },
      { action: 'GetStage', method: 'GET', path },
      { action: 'UpdateStage', method: 'PATCH', path },
    ]),
  ],
  actions: [getRestApis, getStage, updateStage],
  unknownActionCode: 'NotFoundException',
};
