import { z } from 'zod';
import { defineAction } from '../action.ts';
import { invalidParameterValue } from '../../../cloudwatch/errors.ts';
import { page } from '../page.ts';

/** CloudWatch's own: dashboards have no region. */
export const dashboardArn = (accountId: string, name: string): string =>
  `arn:aws:cloudwatch::${accountId}:dashboard/${name}`;

const pageSize = 1_000;

export const listDashboards = defineAction({
  name: 'ListDashboards',
  invalidInput: invalidParameterValue,
  input: z.strictObject({ DashboardNamePrefix: z.string().default(''), NextToken: z.string().optional() }),
  handle: ({ DashboardNamePrefix, NextToken }, { state, accountId }) => {
    const found = [...state.dashboards]
      .filter(([name]) => name.startsWith(DashboardNamePrefix))
      .sort(([a], [b]) => (a < b ? -1 : 1));
    const { items, nextToken } = page(found, pageSize, NextToken, invalidParameterValue);
    return {
      DashboardEntries: items.map(([name, body]) => ({
        DashboardArn: dashboardArn(accountId, name),
        DashboardName: name,
        Size: Buffer.byteLength(body),
      })),
      NextToken: nextToken,
    };
  },
});
