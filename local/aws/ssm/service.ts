import { awsJson } from '../protocols/awsJson.ts';
import type { Service } from '../service.ts';
import { getParameter } from './getParameter.ts';
import { getParametersByPath } from './getParametersByPath.ts';
import { putParameter } from './putParameter.ts';

export const ssm: Service = {
  signingName: 'ssm',
  protocols: [awsJson('1.1', 'AmazonSSM')],
  actions: [getParameter, getParametersByPath, putParameter],
  unknownActionCode: 'UnknownOperationException',
};
