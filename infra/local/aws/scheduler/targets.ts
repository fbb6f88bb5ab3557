import { z } from 'zod';
import { invalidEc2Input } from '../ec2/shapes.ts';
import type { IngressPermission, SecurityGroups } from '../ec2/securityGroups.ts';
import { AwsError } from '../errors.ts';

/** What a schedule may call here: one universal target, the one that gives a revoked rule back. */
export const authorizeIngressTarget = 'arn:aws:scheduler:::aws-sdk:ec2:authorizeSecurityGroupIngress';

/** The API's input as the SDK spells it: that is what a universal target takes. */
const inputSchema = z.strictObject({
  GroupId: z.string(),
  IpPermissions: z
    .array(
      z.strictObject({
        IpProtocol: z.string(),
        FromPort: z.number().int(),
        ToPort: z.number().int(),
        UserIdGroupPairs: z
          .array(z.strictObject({ GroupId: z.string(), Description: z.string().optional() }))
          .min(1),
      }),
    )
    .min(1),
});

/**
 * Calls a schedule's target. A rule that is there already is what the schedule wanted.
 * @throws AwsError naming what is wrong with the input, or EC2's own.
 */
export function runTarget(securityGroups: SecurityGroups, targetArn: string, input: string): void {
  if (targetArn !== authorizeIngressTarget) {
    throw new AwsError('ValidationException', `target ${targetArn}: expected ${authorizeIngressTarget}`);
  }
  const parsed = inputSchema.safeParse(JSON.parse(input));
  if (!parsed.success) throw invalidEc2Input(`Target.Input: ${z.prettifyError(parsed.error)}`);
  const { GroupId, IpPermissions } = parsed.data;
  const permissions: IngressPermission[] = IpPermissions.flatMap((permission) =>
    permission.UserIdGroupPairs.map((pair) => ({
      protocol: permission.IpProtocol,
      fromPort: permission.FromPort,
      toPort: permission.ToPort,
      source: { groupId: pair.GroupId },
      description: pair.Description,
    })),
  );
  try {
    securityGroups.authorizeIngress(GroupId, permissions);
  } catch (error) {
    if (!(error instanceof AwsError && error.code === 'InvalidPermission.Duplicate')) throw error;
  }
}
