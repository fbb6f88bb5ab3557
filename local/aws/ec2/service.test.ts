import {
  AuthorizeSecurityGroupIngressCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
  RevokeSecurityGroupIngressCommand,
  paginateDescribeSecurityGroupRules,
  paginateDescribeSecurityGroups,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestEndpoint, type TestEndpoint } from '../testing/testEndpoint.ts';

const IpPermissions = [
  {
    IpProtocol: 'tcp',
    FromPort: 5439,
    ToPort: 5439,
    UserIdGroupPairs: [{ GroupId: 'sg-ingress', Description: 'functions <& friends>' }],
  },
];
const attempt = {
  sourceGroupIds: ['sg-ingress'],
  targetGroupIds: ['sg-servers'],
  protocol: 'tcp',
  port: 5439,
} as const;

let endpoint: TestEndpoint;
let client: EC2Client;
beforeEach(async () => {
  endpoint = await startTestEndpoint();
  client = new EC2Client(endpoint.clientConfig);
  for (const id of ['sg-ingress', 'sg-servers']) {
    endpoint.state.securityGroups.addGroup({ id, name: `${id}-name`, description: id, vpcId: 'vpc-1' });
  }
});
afterEach(async () => {
  client.destroy();
  await endpoint.close();
});

const rules = async () =>
  (
    await client.send(
      new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: ['sg-servers'] }] }),
    )
  ).SecurityGroupRules ?? [];

describe('EC2 security groups', () => {
  it('authorises, tells, revokes by the exact rule, and authorises again under a new id', async () => {
    const first = await client.send(
      new AuthorizeSecurityGroupIngressCommand({ GroupId: 'sg-servers', IpPermissions }),
    );
    expect(endpoint.state.securityGroups.allows(attempt)).toBe(true);
    expect(await rules()).toEqual([
      expect.objectContaining({
        SecurityGroupRuleId: first.SecurityGroupRules?.[0]?.SecurityGroupRuleId,
        GroupId: 'sg-servers',
        IsEgress: false,
        IpProtocol: 'tcp',
        FromPort: 5439,
        ToPort: 5439,
        ReferencedGroupInfo: expect.objectContaining({ GroupId: 'sg-ingress' }),
        Description: 'functions <& friends>',
      }),
    ]);
    const revoked = await client.send(
      new RevokeSecurityGroupIngressCommand({ GroupId: 'sg-servers', IpPermissions }),
    );
    expect(revoked.Return).toBe(true);
    expect(revoked.RevokedSecurityGroupRules?.[0]).toMatchObject({ ReferencedGroupId: 'sg-ingress' });
    expect(endpoint.state.securityGroups.allows(attempt)).toBe(false);
    expect(await rules()).toEqual([]);
    const second = await client.send(
      new AuthorizeSecurityGroupIngressCommand({ GroupId: 'sg-servers', IpPermissions }),
    );
    const [firstId, secondId] = [first, second].map(
      (result) => result.SecurityGroupRules?.[0]?.SecurityGroupRuleId,
    );
    expect(secondId).not.toBe(firstId);
    await client.send(
      new RevokeSecurityGroupIngressCommand({
        GroupId: 'sg-servers',
        SecurityGroupRuleIds: [secondId ?? ''],
      }),
    );
    expect(await rules()).toEqual([]);
  });

  it('uses EC2’s error codes', async () => {
    const revoke = (port: number) =>
      client.send(
        new RevokeSecurityGroupIngressCommand({
          GroupId: 'sg-servers',
          IpPermissions: IpPermissions.map((permission) => ({ ...permission, FromPort: port, ToPort: port })),
        }),
      );
    await client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: 'sg-servers', IpPermissions }));
    await expect(revoke(5440)).rejects.toMatchObject({ name: 'InvalidPermission.NotFound' });
    await expect(
      client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: 'sg-servers', IpPermissions })),
    ).rejects.toMatchObject({ name: 'InvalidPermission.Duplicate' });
    await expect(
      client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: 'sg-unknown', IpPermissions })),
    ).rejects.toMatchObject({ name: 'InvalidGroup.NotFound' });
    await expect(
      client.send(new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'tag:x', Values: ['y'] }] })),
    ).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: expect.stringContaining("The filter 'tag:x' is not supported"),
    });
    await expect(
      client.send(
        new RevokeSecurityGroupIngressCommand({ GroupId: 'sg-servers', IpPermissions, GroupName: 'x' }),
      ),
    ).rejects.toMatchObject({ message: expect.stringContaining('GroupName: not supported') });
    const SecurityGroupRuleIds = ['sgr-unknown'];
    const unknownRule = { name: 'InvalidSecurityGroupRuleId.NotFound' };
    await expect(
      client.send(new RevokeSecurityGroupIngressCommand({ GroupId: 'sg-servers', SecurityGroupRuleIds })),
    ).rejects.toMatchObject(unknownRule);
    await expect(
      client.send(new DescribeSecurityGroupRulesCommand({ SecurityGroupRuleIds })),
    ).rejects.toMatchObject(unknownRule);
    await expect(
      client.send(
        new RevokeSecurityGroupIngressCommand({ GroupId: 'sg-servers', IpPermissions, SecurityGroupRuleIds }),
      ),
    ).rejects.toMatchObject({
      message: expect.stringContaining('either IpPermissions or SecurityGroupRuleId'),
    });
  });

  it('answers a dry run as EC2 does, and changes nothing', async () => {
    const change = { GroupId: 'sg-servers', IpPermissions, DryRun: true };
    const permitted = {
      name: 'DryRunOperation',
      message: 'Request would have succeeded, but DryRun flag is set.',
      $metadata: expect.objectContaining({ httpStatusCode: 412 }),
    };
    await expect(client.send(new AuthorizeSecurityGroupIngressCommand(change))).rejects.toMatchObject(
      permitted,
    );
    expect(await rules()).toEqual([]);
    // Whether the rule is there is not asked, as little as on AWS.
    await expect(client.send(new RevokeSecurityGroupIngressCommand(change))).rejects.toMatchObject(permitted);
    await client.send(new AuthorizeSecurityGroupIngressCommand({ ...change, DryRun: false }));
    await expect(client.send(new RevokeSecurityGroupIngressCommand(change))).rejects.toMatchObject(permitted);
    expect(endpoint.state.securityGroups.allows(attempt)).toBe(true);
  });

  it('keeps the order of more than ten permissions', async () => {
    const ports = Array.from({ length: 11 }, (_, index) => index + 1);
    const { SecurityGroupRules = [] } = await client.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: 'sg-servers',
        IpPermissions: ports.map((port) => ({
          IpProtocol: 'tcp',
          FromPort: port,
          ToPort: port,
          UserIdGroupPairs: [{ GroupId: 'sg-ingress' }],
        })),
      }),
    );
    expect(SecurityGroupRules.map(({ FromPort }) => FromPort)).toEqual(ports);
  });

  it('pages rules', async () => {
    const ports = [1, 2, 3, 4, 5, 6, 7];
    endpoint.state.securityGroups.authorizeIngress(
      'sg-servers',
      ports.map((port) => ({
        protocol: 'tcp',
        fromPort: port,
        toPort: port,
        source: { groupId: 'sg-ingress' },
      })),
    );
    const found: (number | undefined)[] = [];
    for await (const { SecurityGroupRules = [] } of paginateDescribeSecurityGroupRules(
      { client, pageSize: 5 },
      {},
    )) {
      expect(SecurityGroupRules.length).toBeLessThanOrEqual(5);
      found.push(...SecurityGroupRules.map((rule) => rule.FromPort));
    }
    expect(found).toEqual(ports);
  });

  const authorize = (change: object) =>
    client.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: 'sg-servers',
        IpPermissions: [{ ...IpPermissions[0], ...change }],
      }),
    );

  it('knows a protocol by its number, and all of them with all ports', async () => {
    await authorize({ IpProtocol: '6' });
    expect(endpoint.state.securityGroups.allows(attempt)).toBe(true);
    await expect(authorize({ IpProtocol: 'tcp' })).rejects.toMatchObject({
      name: 'InvalidPermission.Duplicate',
    });
    const all = await authorize({ IpProtocol: '-1', FromPort: 20, ToPort: 30 });
    expect(all.SecurityGroupRules?.[0]).toMatchObject({ IpProtocol: '-1', FromPort: -1, ToPort: -1 });
    await client.send(
      new RevokeSecurityGroupIngressCommand({
        GroupId: 'sg-servers',
        IpPermissions: [{ ...IpPermissions[0]!, IpProtocol: '6' }],
      }),
    );
    expect((await rules()).map(({ IpProtocol }) => IpProtocol)).toEqual(['-1']);
    const icmp = await authorize({ IpProtocol: 'icmp', FromPort: undefined, ToPort: undefined });
    expect(icmp.SecurityGroupRules?.[0]).toMatchObject({ IpProtocol: 'icmp', FromPort: -1 });
  });

  it.each<[string, object, string]>([
    ['tcp without ports', { FromPort: undefined, ToPort: undefined }, 'Must specify both from and to ports'],
    ['udp with one port', { IpProtocol: '17', ToPort: undefined }, 'Must specify both from and to ports'],
    ['ports 20 to 10', { FromPort: 20, ToPort: 10 }, "Invalid value '20-10' for portRange"],
    ['port 65536', { FromPort: 65_536, ToPort: 65_536 }, 'FromPort'],
    ['an unknown protocol', { IpProtocol: 'gopher' }, "Invalid value 'gopher' for IP protocol"],
    ['no source', { UserIdGroupPairs: [] }, 'expected Groups or IpRanges'],
    ...['10.0.0.0/33', '10.0.0/8', '10.0.0.0', 'everywhere', '10.0.0.256/8', '10.0.0.0/8/8'].map(
      (CidrIp): [string, object, string] => [
        `the addresses ${CidrIp}`,
        { IpRanges: [{ CidrIp }] },
        `CIDR block ${CidrIp} is malformed`,
      ],
    ),
  ])('refuses a permission of %s', async (_what, change, problem) => {
    await expect(authorize(change)).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: expect.stringContaining(problem),
    });
    expect(await rules()).toEqual([]);
  });

  it('takes wildcards in filters', async () => {
    const { securityGroups } = endpoint.state;
    securityGroups.addGroup({ id: 'sg-star', name: 'a*b.c', description: '', vpcId: 'vpc-2' });
    const found = async (Name: string, ...Values: string[]) =>
      (
        await client.send(new DescribeSecurityGroupsCommand({ Filters: [{ Name, Values }] }))
      ).SecurityGroups?.map(({ GroupId }) => GroupId);
    expect(await found('group-name', 'sg-*-name')).toEqual(['sg-ingress', 'sg-servers']);
    expect(await found('group-name', '*serv?rs*')).toEqual(['sg-servers']);
    expect(await found('vpc-id', 'vpc-?')).toHaveLength(3);
    expect(await found('group-name', 'a\\*b.c')).toEqual(['sg-star']);
    expect(await found('group-name', 'a\\*c', 'a*b?c.', 'A*')).toEqual([]);
  });

  it('pages groups', async () => {
    for (const n of [1, 2, 3, 4, 5]) {
      endpoint.state.securityGroups.addGroup({ id: `sg-${n}`, name: 'x', description: '', vpcId: 'vpc-1' });
    }
    const sizes: number[] = [];
    for await (const { SecurityGroups = [] } of paginateDescribeSecurityGroups({ client, pageSize: 5 }, {})) {
      sizes.push(SecurityGroups.length);
    }
    expect(sizes).toEqual([5, 2]);
    const both = new DescribeSecurityGroupsCommand({ GroupIds: ['sg-1'], MaxResults: 5 });
    await expect(client.send(both)).rejects.toMatchObject({ name: 'InvalidParameterCombination' });
  });

  it('finds groups by name, and by any of a filter’s values', async () => {
    const ids = async (filter: object) =>
      ((await client.send(new DescribeSecurityGroupsCommand(filter))).SecurityGroups ?? []).map(
        ({ GroupId }) => GroupId,
      );
    expect(await ids({ GroupNames: ['sg-servers-name'] })).toEqual(['sg-servers']);
    const named = (...Values: string[]) => ({ Filters: [{ Name: 'group-name', Values }] });
    expect(await ids(named('none', 'sg-servers-name'))).toEqual(['sg-servers']);
    expect(await ids(named('none'))).toEqual([]);
    await expect(ids({ GroupIds: ['sg-none'] })).rejects.toMatchObject({ name: 'InvalidGroup.NotFound' });
  });

  it('tells groups with their permissions', async () => {
    await client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: 'sg-servers', IpPermissions }));
    const { SecurityGroups } = await client.send(
      new DescribeSecurityGroupsCommand({ GroupIds: ['sg-servers'] }),
    );
    expect(SecurityGroups).toEqual([
      expect.objectContaining({
        GroupName: 'sg-servers-name',
        IpPermissions: [
          expect.objectContaining({
            FromPort: 5439,
            UserIdGroupPairs: [expect.objectContaining({ GroupId: 'sg-ingress' })],
          }),
        ],
      }),
    ]);
  });
});
