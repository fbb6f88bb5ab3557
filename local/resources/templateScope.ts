import type { Stack, TemplateResource } from '../template/assembly.ts';
import { noValue, type Scope } from '../template/intrinsics.ts';
import type { Created, ResourceScope, StageContext } from './context.ts';

/** Outputs of the stacks made so far, for those after them. */
export interface Outputs {
  byStack: Map<string, unknown>;
  exported: Map<string, unknown>;
}

/** A resource that stands for nothing here: it still has a name and attributes that others mention. */
export class InertResource implements Created {
  readonly ref: string;
  readonly #resource: TemplateResource;

  readonly #accountId: string;

  constructor(resource: TemplateResource, scope: ResourceScope, accountId: string) {
    const { RoleName: roleName } = resource.Properties;
    this.ref = typeof roleName === 'string' ? roleName : `${scope.stack}-${scope.logicalId}`;
    this.#resource = resource;
    this.#accountId = accountId;
  }

  attribute(name: string): string {
    const property = this.#resource.Properties[name];
    if (typeof property === 'string') return property;
    // Roles are handed to services that look at their form.
    if (this.#resource.Type === 'AWS::IAM::Role' && name === 'Arn') {
      return `arn:aws:iam::${this.#accountId}:role/${this.ref}`;
    }
    return name.endsWith('Arn') ? `arn:aws:local:::${this.ref}` : this.ref;
  }
}

/** What the bootstrap stack would say; only a template's own rule for its deployment reads it. */
const bootstrapVersion = '30';

export const stackArn = ({ name }: Stack, { region, accountId }: StageContext): string =>
  `arn:aws:cloudformation:${region}:${accountId}:stack/${name}/local`;

/** What expressions of `stack` may refer to, once `created` is there. */
export function templateScope(
  stack: Stack,
  where: string,
  created: ReadonlyMap<string, Created | InertResource>,
  outputs: Outputs,
  context: StageContext,
): Scope {
  const { region, accountId } = context;
  const pseudoParameters: Readonly<Record<string, unknown>> = {
    'AWS::AccountId': accountId,
    'AWS::NoValue': noValue,
    'AWS::Partition': 'aws',
    'AWS::Region': region,
    'AWS::StackId': stackArn(stack, context),
    'AWS::StackName': stack.name,
    'AWS::URLSuffix': 'amazonaws.com',
  };
  return {
    where,
    ref: (name) => created.get(name)?.ref ?? pseudoParameters[name] ?? parameter(stack, name),
    attribute: (logicalId, attribute) => {
      const resource = created.get(logicalId);
      if (resource instanceof InertResource) return resource.attribute(attribute);
      return resource?.attributes?.[attribute];
    },
    exported: (name) => outputs.exported.get(name),
    stackOutput: (stackName, outputName) => outputs.byStack.get(`${stackName}.${outputName}`),
    secret: (id) => context.secrets.find(id)?.secretString,
  };
}

function parameter(stack: Stack, name: string): unknown {
  const declared = stack.template.Parameters[name];
  if (!declared) return undefined;
  if (name === 'BootstrapVersion') return bootstrapVersion;
  if (declared.Type.startsWith('AWS::SSM::')) return undefined;
  return declared.Default;
}
