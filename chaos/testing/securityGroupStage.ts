import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { EC2Client } from '@aws-sdk/client-ec2';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SQSClient } from '@aws-sdk/client-sqs';
import { startAwsEndpoint } from '../../local/aws/endpoint.ts';
import { fireDue } from '../../local/aws/scheduler/fireDue.ts';
import { createAwsState } from '../../local/aws/state.ts';
import { systemClock } from '../../core/clock.ts';
import { testDocument } from './systemDocuments.ts';

export const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };
export const account = { region: 'us-east-1', accountId: '000000000000' };

export const clientOptionsAt = (endpoint: string) => ({ endpoint, region: account.region, credentials });

/** The clients that undo faults, at an endpoint. */
export const clientsAt = (url: string) => {
  const options = clientOptionsAt(url);
  return {
    apiGateway: new APIGatewayClient(options),
    ec2: new EC2Client(options),
    lambda: new LambdaClient(options),
    scheduler: new SchedulerClient(options),
    sqs: new SQSClient(options),
  };
};

/** An EC2 endpoint with two systems' security groups, and the rule of each in place. */
export async function startSecurityGroupStage() {
  const clock = systemClock;
  const state = createAwsState({ ...account, clock });
  const systems = ['system-01', 'system-02'].map((system) => testDocument(system));
  for (const { securityGroups } of systems) {
    const { dbIngress, dbServers, rule } = securityGroups;
    for (const id of [dbIngress, dbServers]) {
      state.securityGroups.addGroup({ id, name: id, description: id, vpcId: 'vpc-1' });
    }
    state.securityGroups.authorizeIngress(dbServers, [
      {
        protocol: rule.ipProtocol,
        fromPort: rule.port,
        toPort: rule.port,
        source: { groupId: rule.sourceGroupId },
        description: rule.description,
      },
    ]);
  }
  const endpoint = await startAwsEndpoint({
    ...account,
    state,
    clock,
    credentials,
    host: '127.0.0.1',
    port: 0,
  });
  return {
    url: endpoint.url,
    ...clientsAt(endpoint.url),
    /** Schedules armed now. */
    schedules: () => state.oneTimeSchedules.all(),
    /** Lets the schedules that are due by then fire. */
    fireSchedules: (nowMs: number) => fireDue(state, nowMs),
    systems,
    /** Whether the system's functions may reach its database. */
    allows: (system: number): boolean => {
      const document = systems[system];
      if (document === undefined) throw new RangeError(`no system ${system}`);
      const { dbIngress, dbServers, rule } = document.securityGroups;
      return state.securityGroups.allows({
        sourceGroupIds: [dbIngress],
        targetGroupIds: [dbServers],
        port: rule.port,
        protocol: rule.ipProtocol,
      });
    },
    close: () => endpoint.close(),
  };
}
