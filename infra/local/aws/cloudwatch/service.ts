import { awsJson } from '../protocols/awsJson.ts';
import type { Service } from '../service.ts';
import { describeAlarmHistory } from './describeAlarmHistory.ts';
import { describeAlarms } from './describeAlarms.ts';
import { getMetricData } from './getMetricData.ts';
import { listMetrics } from './listMetrics.ts';
import { putMetricData } from './putMetricData.ts';

export const cloudWatch: Service = {
  signingName: 'monitoring',
  protocol: awsJson('1.0', 'GraniteServiceVersion20100801'),
  actions: [putMetricData, getMetricData, listMetrics, describeAlarms, describeAlarmHistory],
  unknownActionCode: 'InvalidAction',
};
