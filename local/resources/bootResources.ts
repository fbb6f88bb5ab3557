import type { BootedStack } from '../aws/cloudformation/stacks.ts';
import { TemplateError } from '../errors.ts';
import type { Assembly, Stack, TemplateResource } from '../template/assembly.ts';
import { collectReferences, resolve, type Scope } from '../template/intrinsics.ts';
import { CycleError, dependencyOrder } from '../template/order.ts';
import type { Created, ResourceScope, StageContext } from './context.ts';
import { createDatabases } from './databases.ts';
import { hasEndpointPlaceholder } from './endpointPlaceholder.ts';
import { inertTypes } from './inert.ts';
import { redshiftCluster } from './redshiftCluster.ts';
import { lambdaFunction } from './lambdaFunction.ts';
import { NamesTaken } from './namesTaken.ts';
import { InertResource, stackArn, templateScope, type Outputs } from './templateScope.ts';
import { resourceTypes } from './types.ts';

/** What was booted, for the stage to tell. */
export interface BootReport {
  resources: number;
  /** Types that came to no life here, with the reason and how many there were. */
  inert: { type: string; reason: string; count: number }[];
}

/**
 * Brings every resource of the templates to life, in the order of their references, and makes the
 * databases. Queues are polled and schedules run once their `start()` is called, not before.
 * @throws TemplateError naming the resource, and what it asks for that this stage cannot do.
 */
export async function bootResources(assembly: Assembly, context: StageContext): Promise<BootReport> {
  const outputs: Outputs = { byStack: new Map(), exported: new Map() };
  const inertCounts = new Map<string, number>();
  const clusters: { identifier: string; where: string }[] = [];
  const named = new NamesTaken(context.stacks.all());
  let resources = 0;
  for (const stack of assembly.stacks) {
    const created = new Map<string, Created | InertResource>();
    for (const logicalId of creationOrder(stack)) {
      const resource = stack.template.Resources[logicalId];
      if (!resource) continue;
      const scope = resourceScope(stack, logicalId, assembly);
      resources += 1;
      if (resource.Type in inertTypes) {
        inertCounts.set(resource.Type, (inertCounts.get(resource.Type) ?? 0) + 1);
        created.set(logicalId, new InertResource(resource, scope, context.accountId));
        continue;
      }
      const expressions = templateScope(stack, scope.where, created, outputs, context);
      const made = await create(resource, expressions, scope, context);
      created.set(logicalId, made);
      named.take(resource.Type, made.ref, scope.where);
      if (resource.Type === redshiftCluster.type) clusters.push({ identifier: made.ref, where: scope.where });
    }
    const told = publishOutputs(stack, created, outputs, context);
    context.stacks.add({
      name: stack.name,
      arn: stackArn(stack, context),
      description: stack.template.Description,
      createdMs: context.clock.now(),
      outputs: told,
      resources: [...created].map(([logicalId, { ref }]) => ({
        logicalId,
        physicalId: ref,
        type: stack.template.Resources[logicalId]!.Type,
      })),
    });
  }
  await createDatabases(clusters, context);
  try {
    context.alarms.composites.checkReferences();
  } catch (error) {
    throw new TemplateError('alarms', error instanceof Error ? error.message : String(error), {
      cause: error,
    });
  }
  return {
    resources,
    inert: [...inertCounts].map(([type, count]) => ({ type, reason: inertTypes[type] ?? '', count })),
  };
}

async function create(
  resource: TemplateResource,
  expressions: Scope,
  scope: ResourceScope,
  context: StageContext,
): Promise<Created> {
  const type = resourceTypes.get(resource.Type);
  if (!type) {
    throw new TemplateError(
      scope.where,
      `${resource.Type} is not run on this machine, and is not listed as one that a stage can do without (local/resources/inert.ts)`,
    );
  }
  if (resource.Condition !== undefined) {
    throw new TemplateError(
      scope.where,
      `Condition "${resource.Condition}": conditions are not evaluated here`,
    );
  }
  const properties = resolve(resource.Properties, expressions);
  if (type !== lambdaFunction && hasEndpointPlaceholder(JSON.stringify(properties))) {
    throw new TemplateError(
      scope.where,
      "a cluster's Endpoint is read: on this machine only a function's environment may, since each function has an address of its own",
    );
  }
  try {
    return await type.create(properties, context, scope);
  } catch (error) {
    if (error instanceof TemplateError) throw error;
    throw new TemplateError(scope.where, error instanceof Error ? error.message : String(error), {
      cause: error,
    });
  }
}

function creationOrder(stack: Stack): string[] {
  const dependencies = new Map(
    Object.entries(stack.template.Resources).map(([logicalId, { Properties, DependsOn }]) => [
      logicalId,
      collectReferences(Properties, new Set([DependsOn].flat())),
    ]),
  );
  try {
    return dependencyOrder(dependencies);
  } catch (error) {
    if (error instanceof CycleError) throw new TemplateError(stack.name, error.message, { cause: error });
    throw error;
  }
}

/** Makes its outputs known to the stacks after it. @returns them, as text */
function publishOutputs(
  stack: Stack,
  created: ReadonlyMap<string, Created | InertResource>,
  outputs: Outputs,
  context: StageContext,
): BootedStack['outputs'] {
  return Object.entries(stack.template.Outputs).map(([key, output]) => {
    const scope = templateScope(stack, `${stack.name}/Outputs/${key}`, created, outputs, context);
    const value = resolve(output.Value, scope);
    outputs.byStack.set(`${stack.name}.${key}`, value);
    const exportName = output.Export && String(resolve(output.Export.Name, scope));
    if (exportName !== undefined) outputs.exported.set(exportName, value);
    return { key, value: String(value), exportName };
  });
}

function resourceScope(stack: Stack, logicalId: string, assembly: Assembly): ResourceScope {
  return {
    stack: stack.name,
    logicalId,
    where: `${stack.name}/${logicalId}`,
    codeDirectory: (bucket, key) => assembly.codeDirectory(bucket, key),
  };
}
