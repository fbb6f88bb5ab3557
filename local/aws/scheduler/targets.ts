import { z } from 'zod';
import { badRequest } from '../apiGateway/shapes.ts';
import { patchStage } from '../apiGateway/updateStage.ts';
import { invalidEc2Input } from '../ec2/shapes.ts';
import type { IngressPermission } from '../ec2/ingressPermission.ts';
import type { SecurityGroups } from '../ec2/securityGroups.ts';
import { AwsError } from '../errors.ts';
import type { AwsState } from '../state.ts';

/** The API's input as the SDK spells it: that is what a universal target takes. */
const ingressSchema = z.strictObject({
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

/** The same of API Gateway, whose own members begin in lower case. */
const stageSchema = z
  .strictObject({
    RestApiId: z.string(),
    StageName: z.string(),
    PatchOperations: z.array(
      z
        .strictObject({ Op: z.literal('remove'), Path: z.string() })
        .transform(({ Op: op, Path: path }) => ({ op, path })),
    ),
  })
  .transform(({ RestApiId: restApiId, StageName: stageName, PatchOperations: patchOperations }) => ({
    restApiId,
    stageName,
    patchOperations,
  }));

type Targeted = Pick<AwsState, 'securityGroups' | 'restApis'>;

/** What a schedule may call here: the universal targets that give back what a drill took. */
const targets: Readonly<Record<string, (state: Targeted, input: unknown) => void>> = {
  'arn:aws:scheduler:::aws-sdk:ec2:authorizeSecurityGroupIngress': ({ securityGroups }, input) =>
    authorizeIngress(securityGroups, input),
  'arn:aws:scheduler:::aws-sdk:apigateway:updateStage': ({ restApis }, input) => {
    const parsed = stageSchema.safeParse(input);
    if (!parsed.success) throw badRequest(`Target.Input: ${z.prettifyError(parsed.error)}`);
    patchStage(restApis, parsed.data);
  },
};

export const targetArns = Object.keys(targets);

/** Calls a schedule's target. @throws AwsError naming what is wrong with the input, or the service's own. */
export function callTarget(state: Targeted, targetArn: string, input: string): void {
  const run = targets[targetArn];
  if (!run) {
    throw new AwsError(
      'ValidationException',
      `target ${targetArn}: expected one of ${targetArns.join(', ')}`,
    );
  }
  run(state, JSON.parse(input));
}

/** A rule that is there already is what the schedule wanted. */
function authorizeIngress(securityGroups: SecurityGroups, input: unknown): void {
  const parsed = ingressSchema.safeParse(input);
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
