import { awsRest } from '../protocols/awsRest.ts';
import type { Service } from '../service.ts';
import { getFunctionConcurrency } from './getFunctionConcurrency.ts';
import { getFunctionConfiguration } from './getFunctionConfiguration.ts';
import { invoke } from './invoke.ts';
import { listEventSourceMappings } from './listEventSourceMappings.ts';
import { listFunctions } from './listFunctions.ts';

const functions = '/2015-03-31/functions';
const mappings = '/2015-03-31/event-source-mappings';

export const lambda: Service = {
  signingName: 'lambda',
  protocols: [
    awsRest([
      { action: 'ListFunctions', method: 'GET', path: functions },
      // As older clients write it.
      { action: 'ListFunctions', method: 'GET', path: `${functions}/` },
      {
        action: 'GetFunctionConfiguration',
        method: 'GET',
        path: `${functions}/{FunctionName}/configuration`,
      },
      {
        action: 'GetFunctionConcurrency',
        method: 'GET',
        path: '/2019-09-30/functions/{FunctionName}/concurrency',
      },
      { action: 'ListEventSourceMappings', method: 'GET', path: mappings },
      { action: 'ListEventSourceMappings', method: 'GET', path: `${mappings}/` },
      {
        action: 'Invoke',
        method: 'POST',
        path: `${functions}/{FunctionName}/invocations`,
        headers: {
          'x-amz-invocation-type': 'InvocationType',
          'x-amz-log-type': 'LogType',
          'x-amz-client-context': 'ClientContext',
        },
        payload: 'Payload',
        answer: {
          status: 'StatusCode',
          headers: {
            'x-amz-function-error': 'FunctionError',
            'x-amz-log-result': 'LogResult',
            'x-amz-executed-version': 'ExecutedVersion',
          },
          payload: 'Payload',
        },
      },
    ]),
  ],
  actions: [listFunctions, getFunctionConfiguration, getFunctionConcurrency, listEventSourceMappings, invoke],
  unknownActionCode: 'UnknownOperationException',
};
