import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseFleet } from '../../fleet/fleet.ts';
import type { Template } from '../rules/template.ts';
import { emptyFunctions, projectDirectory } from '../testing/emptyFunctions.ts';
import { allows } from '../testing/iam.ts';
import { expectedPeak, propertiesOf, resourcesOf, templatesOf } from '../testing/templates.ts';
import { statementsOfRole } from './githubRoles.ts';
import { contract } from '../../service/contract.ts';

const accounts = { prod: '111122223333', qa: '444455556666' };
const fleetOf = (prodAccount: string | undefined, qaAccount: string | undefined) =>
  parseFleet({
    service: contract,
    region: 'us-east-1',
    systems: [{ name: 'orders', expectedPeak }],
    stages: {
      prod: { provenByStage: 'qa', ...(prodAccount && { account: prodAccount }) },
      qa: { ...(qaAccount && { account: qaAccount }) },
      local: { account: '000000000000', periodSeconds: 10 },
    },
    onCall: { emails: ['on-call@example.com'] },
    github: { repository: 'example/fleet' },
  });
const apart = fleetOf(accounts.prod, accounts.qa);
const together = fleetOf(accounts.qa, accounts.qa);
const readerArn = `:iam::${accounts.qa}:role/qa-fleet-evidence-reader`;

let directory: Awaited<ReturnType<typeof projectDirectory>>;
let ofApart: Record<string, Template>;
let ofTogether: Record<string, Template>;

beforeAll(async () => {
  directory = await projectDirectory();
  const common = {
    stages: ['prod', 'qa'],
    entries: await emptyFunctions(directory.path),
    validate: false,
  };
  ofApart = await templatesOf(directory.path, 'apart', { ...common, fleet: apart });
  ofTogether = await templatesOf(directory.path, 'together', { ...common, fleet: together });
});
afterAll(() => directory.remove());

/** Policies of the role that a function of a stage's fleet has, or of the role with that name. */
function policiesOf(template: Template | undefined, role: RegExp): string {
  const id = resourcesOf(template, 'AWS::IAM::Role')
    .map(([each]) => each)
    .find((each) => role.test(each));
  const policies = propertiesOf(template, 'AWS::IAM::Policy').filter(({ Roles }) =>
    JSON.stringify(Roles).includes(`"${id}"`),
  );
  expect(policies).not.toEqual([]);
  return JSON.stringify(policies);
}

const probeVariables = (template: Template | undefined): Record<string, unknown> =>
  propertiesOf(template, 'AWS::Lambda::Function')
    .map(({ Environment }) => (Environment as { Variables: Record<string, unknown> }).Variables)
    .find((variables) => 'PROVEN_BY_STAGE' in variables)!;

describe('a stage that is proven in another account', () => {
  it('reads what is proven as a role of that account, which lets this account and no other in', () => {
    const [[, reader] = []] = resourcesOf(ofApart['qa-fleet'], 'AWS::IAM::Role').filter(
      ([, { RoleName }]) => RoleName === 'qa-fleet-evidence-reader',
    );
    const { Statement } = reader!['AssumeRolePolicyDocument'] as { Statement: unknown[] };
    expect(Statement).toHaveLength(1);
    expect(JSON.stringify(Statement)).toContain(`:iam::${accounts.prod}:root`);
    const policies = policiesOf(ofApart['qa-fleet'], /^EvidenceReader/);
    expect(policies).toContain(':parameter/headroom-evidence/qa"');
    expect(policies).toContain(':parameter/headroom-proven/qa/*"');
    expect(policies).not.toMatch(/Put|prod/);
  });

  it('has a probe that acts as it, and reads nothing of the kind in its own account', () => {
    expect(JSON.stringify(probeVariables(ofApart['prod-fleet'])['PROVEN_BY_ROLE_ARN'])).toContain(readerArn);
    const policies = policiesOf(ofApart['prod-fleet'], /^Probe/);
    expect(policies).toContain(readerArn);
    expect(policies).not.toContain('/headroom-proven/');
  });

  it('has a workflow whose role may act as it', () => {
    const where = { partition: 'aws', region: 'us-east-1', account: accounts.prod };
    const may = (role: string) =>
      allows(statementsOfRole(apart, 'prod', where), {
        action: 'sts:AssumeRole',
        resource: `arn:aws:iam::${accounts.qa}:role/${role}`,
      });
    expect(may('qa-fleet-evidence-reader')).toBe(true);
    expect(may('headroom-qa-github')).toBe(false);
  });
});

describe('a stage that is proven in its own account', () => {
  it('reads it there, without a role in between', () => {
    const roles = propertiesOf(ofTogether['qa-fleet'], 'AWS::IAM::Role').map(({ RoleName }) => RoleName);
    expect(roles).not.toContain('qa-fleet-evidence-reader');
    expect(probeVariables(ofTogether['prod-fleet'])).not.toHaveProperty('PROVEN_BY_ROLE_ARN');
    expect(policiesOf(ofTogether['prod-fleet'], /^Probe/)).toContain('/headroom-proven/qa/*');
  });

  it('has a workflow whose role may read its evidence, and not make it up', () => {
    const where = { partition: 'aws', region: 'us-east-1', account: accounts.qa };
    const may = (action: string) =>
      allows(statementsOfRole(together, 'prod', where), {
        action,
        resource: `arn:aws:ssm:us-east-1:${accounts.qa}:parameter/headroom-evidence/qa`,
      });
    expect(may('ssm:GetParameter')).toBe(true);
    expect(may('ssm:PutParameter')).toBe(false);
  });
});
