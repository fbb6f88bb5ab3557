import { awsJson } from '../protocols/awsJson.ts';
import { awsQuery } from '../protocols/awsQuery.ts';
import { rpcV2Cbor } from '../protocols/rpcV2Cbor.ts';
import type { Service } from '../service.ts';
import { deleteAlarms } from './deleteAlarms.ts';
import { describeAlarmHistory } from './describeAlarmHistory.ts';
import { describeAlarms } from './describeAlarms.ts';
import { disableAlarmActions } from './disableAlarmActions.ts';
import { enableAlarmActions } from './enableAlarmActions.ts';
import { getDashboard } from './getDashboard.ts';
import { getMetricData } from './getMetricData.ts';
import { getMetricStatistics } from './getMetricStatistics.ts';
import { listDashboards } from './listDashboards.ts';
import { listMetrics } from './listMetrics.ts';
import { listTagsForResource } from './listTagsForResource.ts';
import { putMetricAlarm } from './putMetricAlarm.ts';
import { putMetricData } from './putMetricData.ts';
import { setAlarmState } from './setAlarmState.ts';

const serviceName = 'GraniteServiceVersion20100801';

export const cloudWatch: Service = {
  signingName: 'monitoring',
  protocols: [
    awsJson('1.0', serviceName, { queryCompatible: true }),
    rpcV2Cbor(serviceName),
    awsQuery('http://monitoring.amazonaws.com/doc/2010-08-01/'),
  ],
  actions: [
    putMetricData,
    getMetricData,
    getMetricStatistics,
    listMetrics,
    describeAlarms,
    describeAlarmHistory,
    setAlarmState,
    putMetricAlarm,
    deleteAlarms,
    enableAlarmActions,
    disableAlarmActions,
    listTagsForResource,
    getDashboard,
    listDashboards,
  ],
  unknownActionCode: 'UnknownOperationException',
};
