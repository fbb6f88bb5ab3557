import { awsJson } from '../protocols/awsJson.ts';
import type { Service } from '../service.ts';
import { describeLogGroups } from './describeLogGroups.ts';
import { filterLogEvents } from './filterLogEvents.ts';
import { getQueryResults } from './getQueryResults.ts';
import { startQuery } from './startQuery.ts';

export const logs: Service = {
  signingName: 'logs',
  protocols: [awsJson('1.1', 'Logs_20140328')],
  actions: [describeLogGroups, filterLogEvents, startQuery, getQueryResults],
  unknownActionCode: 'UnknownOperationException',
};
