import { awsJson } from '../protocols/awsJson.ts';
import type { Service } from '../service.ts';
import { describeLogGroups } from './describeLogGroups.ts';
import { describeLogStreams } from './describeLogStreams.ts';
import { filterLogEvents } from './filterLogEvents.ts';
import { getLogEvents } from './getLogEvents.ts';
import { getQueryResults } from './getQueryResults.ts';
import { startQuery } from './startQuery.ts';

export const logs: Service = {
  signingName: 'logs',
  protocols: [awsJson('1.1', 'Logs_20140328')],
  actions: [
    describeLogGroups,
    describeLogStreams,
    filterLogEvents,
    getLogEvents,
    startQuery,
    getQueryResults,
  ],
  unknownActionCode: 'UnknownOperationException',
};
