import { createHash } from 'node:crypto';
import { z } from 'zod';
import { TemplateError } from '../errors.ts';
import type { Created, ResourceScope, StageContext } from './context.ts';

type Create<P> = (properties: P, context: StageContext, scope: ResourceScope) => Promise<Created> | Created;

/** A CloudFormation type that this stage gives life to. */
export interface ResourceType {
  type: string;
  /** @throws TemplateError naming a property that is wrong or that this stage does not know. */
  create: Create<unknown>;
}

/** A property that a template may have, and that changes nothing on this machine, for the reason given. */
export const inert = (reason: string) => z.unknown().optional().describe(reason);

/** CloudFormation writes numbers and booleans as they are, or as text. */
export const cfnNumber = z.coerce.number();
export const cfnBoolean = z.union([z.boolean(), z.stringbool()]);

/**
 * A resource type with the properties it knows. Every other property is refused by name: what a template
 * asks for and this stage does not do must not look as if it were done.
 */
export function defineResource<S extends z.ZodRawShape>(
  type: string,
  shape: S,
  create: Create<z.output<z.ZodObject<S, z.core.$strict>>>,
): ResourceType {
  const schema = z.strictObject(shape);
  return {
    type,
    create: (properties, context, scope) => {
      const { Tags: _tags, ...rest } = properties as Record<string, unknown>;
      const parsed = schema.safeParse(rest);
      if (parsed.success) return create(parsed.data, context, scope);
      throw new TemplateError(
        scope.where,
        `${type} on the stage on this machine: ${z.prettifyError(parsed.error)}`,
        { cause: parsed.error },
      );
    },
  };
}

/** An id that AWS would choose at random; here the same at each start, from the resource's place. */
export function physicalId(scope: ResourceScope, length: number): string {
  return createHash('sha256').update(scope.where).digest('hex').slice(0, length);
}

/** The name CloudFormation would give to a resource that has none of its own. */
export const generatedName = (scope: ResourceScope): string =>
  `${scope.stack}-${scope.logicalId}-${physicalId(scope, 8)}`;

/** `Name` of `arn:aws:lambda:region:account:function:Name`, or of a name alone. */
export const functionName = (nameOrArn: string): string =>
  nameOrArn.startsWith('arn:') ? (nameOrArn.split(':')[6] ?? nameOrArn) : nameOrArn;
