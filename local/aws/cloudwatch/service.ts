import { awsJson } from '../protocols/awsJson.ts';
import type { Service } from '../service.ts';
import { describeAlarmHistory } from './describeAlarmHistory.ts';
import { describeAlarms } from './describeAlarms.ts';
import { getDashboard } from './getDashboard.ts';
import { getMetricData } from './getMetricData.ts';
import { listDashboards } from './listDashboards.ts';
import { listMetrics } from './listMetrics.ts';
import { putMetricData } from './putMetricData.ts';
import { setAlarmState } from './setAlarmState.ts';

export const cloudWatch: Service = {
  signingName: 'monitoring',
  protocol: awsJson('1.0', 'GraniteServiceVersion20100801'),
  actions: [
    putMetricData,
    getMetricData,
    listMetrics,
    describeAlarms,
    describeAlarmHistory,
    setAlarmState,
    getDashboard,
    listDashboards,
  ],
  unknownActionCode: 'InvalidAction',
};
