import { z } from 'zod';
import { defineAction } from '../action.ts';
import { AwsError } from '../errors.ts';
import { invalidParameterValue } from '../../../cloudwatch/errors.ts';
import { dashboardArn } from './listDashboards.ts';

export const getDashboard = defineAction({
  name: 'GetDashboard',
  invalidInput: invalidParameterValue,
  input: z.strictObject({ DashboardName: z.string().min(1) }),
  handle: ({ DashboardName }, { state, accountId }) => {
    const DashboardBody = state.dashboards.get(DashboardName);
    if (DashboardBody === undefined) {
      throw new AwsError('ResourceNotFound', `Dashboard ${DashboardName} does not exist`, {
        statusCode: 404,
      });
    }
    return { DashboardArn: dashboardArn(accountId, DashboardName), DashboardName, DashboardBody };
  },
});
