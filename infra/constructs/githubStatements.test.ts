import { describe, expect, it } from 'vitest';
import type { PublishedDocument } from '../../fleet/systemDocument.ts';
import { documentOf } from '../../fleet/testing/systemDocument.ts';
import { allows } from '../testing/iam.ts';
import type { Statement } from './acknowledge.ts';
import {
  deployStatements,
  doctorStatements,
  drillStatements,
  pauseStatements,
  sweepStatements,
  toolStatements,
  type GithubTarget,
} from './githubStatements.ts';
import { service } from '../../service/testing/service.ts';

const { cluster: clusterKind, messages } = service.definition.names;
const target: GithubTarget = {
  service: service.definition,
  stage: 'qa',
  base: 'qa',
  partition: 'aws',
  region: 'us-east-1',
  account: '111122223333',
};
const statements = [toolStatements, doctorStatements, drillStatements, pauseStatements].flatMap((of) =>
  of(target),
);
const everything = [...statements, ...deployStatements(target)];

const mayDo = (action: string, resource: string): boolean => allows(statements, { action, resource });

describe("the roles of GitHub's workflows", () => {
  it("may record the stage's evidence and the peaks that it has proven, and no other stage's", () => {
    const parameter = (name: string) => `arn:aws:ssm:us-east-1:111122223333:parameter${name}`;
    expect(mayDo('ssm:PutParameter', parameter('/headroom-evidence/qa'))).toBe(true);
    expect(mayDo('ssm:PutParameter', parameter('/headroom-proven/qa/orders'))).toBe(true);
    expect(mayDo('ssm:PutParameter', parameter('/headroom-evidence/prod'))).toBe(false);
    expect(mayDo('ssm:PutParameter', parameter('/headroom-proven/prod/orders'))).toBe(false);
    expect(mayDo('ssm:PutParameter', parameter('/headroom/qa/orders'))).toBe(false);
  });

  it("may change the API's stage of this name, and nothing else of an API", () => {
    const path = (rest: string) => `arn:aws:apigateway:us-east-1::/restapis/abc123${rest}`;
    expect(mayDo('apigateway:PATCH', path('/stages/qa'))).toBe(true);
    expect(mayDo('apigateway:PATCH', path('/stages/prod'))).toBe(false);
    expect(mayDo('apigateway:PATCH', path(''))).toBe(false);
    expect(mayDo('apigateway:DELETE', path('/stages/qa'))).toBe(false);
  });

  it('may delete what drills left among the dead letters of the stage, and from no other queue', () => {
    const queue = (name: string) => `arn:aws:sqs:us-east-1:111122223333:${name}`;
    expect(mayDo('sqs:DeleteMessage', queue(`qa-orders-${messages}-dead`))).toBe(true);
    expect(mayDo('sqs:DeleteMessage', queue(`qa-orders-${messages}`))).toBe(false);
    expect(mayDo('sqs:DeleteMessage', queue(`qa-orders-${messages}-unsent`))).toBe(false);
    expect(mayDo('sqs:DeleteMessage', queue(`prod-orders-${messages}-dead`))).toBe(false);
  });

  it("may restart the stage's clusters in a drill, and do nothing else to them, nor to any other", () => {
    const can = (action: string, name: string) =>
      allows(drillStatements(target), {
        action,
        resource: `arn:aws:redshift:us-east-1:111122223333:cluster:${name}`,
      });
    expect(can('redshift:RebootCluster', `qa-orders-${clusterKind}`)).toBe(true);
    expect(can('redshift:RebootCluster', `prod-orders-${clusterKind}`)).toBe(false);
    expect(can('redshift:RebootCluster', 'warehouse')).toBe(false);
    for (const action of ['DeleteCluster', 'ModifyCluster', 'PauseCluster']) {
      expect(can(`redshift:${action}`, `qa-orders-${clusterKind}`), action).toBe(false);
    }
  });

  it('may restart the adopted databases that the configuration names, and no other', () => {
    const databases: NonNullable<PublishedDocument['cluster']>[] = [
      { identifier: 'warehouse' },
      { engine: 'rds-postgresql', identifier: 'clients-db' },
      { engine: 'aurora-postgresql', identifier: 'clients', instances: ['clients-1', 'clients-2'] },
    ];
    const ofDrills = drillStatements(
      target,
      databases.map((cluster) => ({
        ...documentOf('legacy', 'https://clients.example'),
        adopted: true,
        cluster,
      })),
    );
    const can = (action: string, resource: string) =>
      allows(ofDrills, {
        action,
        resource: `arn:aws:${resource.replace(':', ':us-east-1:111122223333:')}`,
      });
    expect(can('redshift:RebootCluster', 'redshift:cluster:warehouse')).toBe(true);
    expect(can('rds:RebootDBInstance', 'rds:db:clients-db')).toBe(true);
    for (const instance of ['clients-1', 'clients-2']) {
      expect(can('rds:RebootDBInstance', `rds:db:${instance}`), instance).toBe(true);
    }
    for (const other of ['another', 'clients-3', 'clients']) {
      expect(can('rds:RebootDBInstance', `rds:db:${other}`), other).toBe(false);
    }
    expect(can('rds:DeleteDBInstance', 'rds:db:clients-db')).toBe(false);
    expect(can('rds:DescribeDBClusters', 'rds:cluster:clients')).toBe(true);
  });

  it("may change the stage's stacks, and read templates, and no other stage's, nor code", () => {
    const can = (action: string, resource: string) => allows(everything, { action, resource });
    const stack = (name: string) => `arn:aws:cloudformation:us-east-1:111122223333:stack/${name}/id`;
    for (const action of ['CreateChangeSet', 'ExecuteChangeSet', 'DeleteStack', 'RollbackStack']) {
      expect(can(`cloudformation:${action}`, stack('qa-orders')), action).toBe(true);
      expect(can(`cloudformation:${action}`, stack('prod-orders')), action).toBe(false);
      expect(can(`cloudformation:${action}`, stack('headroom-account')), action).toBe(false);
    }
    const object = (key: string) => `arn:aws:s3:::cdk-hnb659fds-assets-111122223333-us-east-1/${key}`;
    expect(can('s3:GetObject', object('0123.json'))).toBe(true);
    expect(can('s3:GetObject', object('0123.zip'))).toBe(false);
  });

  it('may remove the stacks of runs that are on the stage, and none of its own', () => {
    const sweep = sweepStatements(target, ['test', 'load']);
    const can = (action: string, name: string) =>
      allows(sweep, { action, resource: `arn:aws:cloudformation:us-east-1:111122223333:stack/${name}/id` });
    for (const action of ['cloudformation:DeleteStack', 'cloudformation:DescribeStacks']) {
      expect(can(action, 'test-4711-orders')).toBe(true);
      expect(can(action, 'load-1-orders')).toBe(true);
      expect(can(action, 'qa-orders')).toBe(false);
      expect(can(action, 'prod-orders')).toBe(false);
    }
  });

  it("may become no role of CDK's but the one that publishes code", () => {
    const roles = (action: string) =>
      everything.filter(({ actions }) => actions?.includes(action)).flatMap(({ resources }) => resources);
    expect(roles('sts:AssumeRole')).toEqual([
      'arn:aws:iam::111122223333:role/cdk-hnb659fds-file-publishing-role-111122223333-us-east-1',
    ]);
    expect(roles('iam:PassRole')).toEqual([
      'arn:aws:iam::111122223333:role/qa-*-restore',
      'arn:aws:iam::111122223333:role/cdk-hnb659fds-cfn-exec-role-111122223333-us-east-1',
    ]);
  });

  it('name a service wherever they pass a role, and a reason wherever they name a pattern', () => {
    const problems = everything.flatMap(
      ({ actions = [], resources, conditions, patternReason }: Statement) => [
        ...(actions.includes('iam:PassRole') && !JSON.stringify(conditions).includes('iam:PassedToService')
          ? ['passes a role to anyone']
          : []),
        ...(resources.some((one) => one.includes('*')) && !patternReason ? [`${actions[0]}: no reason`] : []),
      ],
    );
    expect(problems).toEqual([]);
  });
});
