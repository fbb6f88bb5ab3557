import { z } from 'zod';
import type { WireDocument } from '../wire.ts';
import { AwsError } from '../errors.ts';
import type { IngressPermission } from './ingressPermission.ts';
import type { IngressRule } from './securityGroups.ts';

const port = z.number({ error: 'expected a port' }).int().min(-1).max(65_535);

export const ipPermissionsSchema = z
  .array(
    z
      .strictObject({
        IpProtocol: z.string(),
        FromPort: port.default(-1),
        ToPort: port.default(-1),
        Groups: z
          .array(
            z.strictObject({
              GroupId: z.string(),
              UserId: z.string().optional(),
              Description: z.string().optional(),
            }),
          )
          .default([]),
        IpRanges: z
          .array(z.strictObject({ CidrIp: z.string(), Description: z.string().optional() }))
          .default([]),
      })
      .refine(({ Groups, IpRanges }) => Groups.length + IpRanges.length > 0, {
        error: 'expected Groups or IpRanges',
      }),
  )
  .min(1);

export const dryRunSchema = z.boolean().default(false);

/**
 * What asks for its permission alone ends here, before its input is compared with anything that is there, as on AWS.
 * Whoever has signed may do everything on this stage.
 * @throws AwsError `DryRunOperation`, which is EC2's way to say yes
 */
export function endDryRun(dryRun: boolean): void {
  if (!dryRun) return;
  throw new AwsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', {
    statusCode: 412,
  });
}

/** One permission for each source, as EC2 keeps them. */
export const permissionsOf = (wire: z.output<typeof ipPermissionsSchema>): IngressPermission[] =>
  wire.flatMap(({ IpProtocol, FromPort, ToPort, Groups, IpRanges }) => {
    const range = { protocol: IpProtocol, fromPort: FromPort, toPort: ToPort };
    return [
      ...Groups.map(({ GroupId, Description }) => ({
        ...range,
        source: { groupId: GroupId },
        description: Description,
      })),
      ...IpRanges.map(({ CidrIp, Description }) => ({
        ...range,
        source: { cidrIpv4: CidrIp },
        description: Description,
      })),
    ];
  });

export const ruleShape = (
  rule: IngressRule,
  account: { region: string; accountId: string },
): WireDocument => ({
  securityGroupRuleId: rule.ruleId,
  securityGroupRuleArn: `arn:aws:ec2:${account.region}:${account.accountId}:security-group-rule/${rule.ruleId}`,
  groupId: rule.groupId,
  groupOwnerId: account.accountId,
  isEgress: false,
  ipProtocol: rule.protocol,
  fromPort: rule.fromPort,
  toPort: rule.toPort,
  description: rule.description,
  ...('groupId' in rule.source
    ? { referencedGroupInfo: { groupId: rule.source.groupId, userId: account.accountId } }
    : { cidrIpv4: rule.source.cidrIpv4 }),
});

export const filtersSchema = z
  .array(z.strictObject({ Name: z.string(), Value: z.array(z.string()).min(1) }))
  .default([]);

/** Whether a resource passes every filter; its properties are named as the filters are, and `*` and `?` stand for any text. */
export function passes(
  filters: z.output<typeof filtersSchema>,
  properties: Readonly<Record<string, string>>,
): boolean {
  return filters.every(({ Name, Value }) => {
    const property = properties[Name];
    if (property === undefined) {
      throw new AwsError(
        'InvalidParameterValue',
        `The filter '${Name}' is not supported on this stage; expected one of ${Object.keys(properties).join(', ')}`,
      );
    }
    return Value.some((pattern) => patternOf(pattern).test(property));
  });
}

const wildcards: Readonly<Record<string, string>> = { '*': '.*', '?': '.' };

/** `*` stands for any text, `?` for a character, and what comes after a backslash for itself. */
const patternOf = (pattern: string): RegExp =>
  new RegExp(`^${pattern.replaceAll(/\\?[^\w-]/gs, (text) => wildcards[text] ?? `\\${text.at(-1)}`)}$`, 's');

export const invalidEc2Input = (message: string): AwsError => new AwsError('InvalidParameterValue', message);
