import { AwsError } from '../errors.ts';

/** A stack as its templates' boot left it. */
export interface BootedStack {
  name: string;
  arn: string;
  description: string | undefined;
  createdMs: number;
  outputs: readonly { key: string; value: string; exportName: string | undefined }[];
  resources: readonly StackResource[];
}

interface StackResource {
  logicalId: string;
  physicalId: string;
  type: string;
}

/** The stage's stacks, in the order in which they were booted. */
export class Stacks {
  readonly #byName = new Map<string, BootedStack>();

  add(stack: BootedStack): void {
    this.#byName.set(stack.name, stack);
  }

  all(): BootedStack[] {
    return [...this.#byName.values()];
  }

  /**
   * @param named a stack's name, or its ARN
   * @throws AwsError `ValidationError`
   */
  get(named: string): BootedStack {
    const found = this.all().find(({ name, arn }) => name === named || arn === named);
    if (found) return found;
    throw new AwsError('ValidationError', `Stack with id ${named} does not exist`);
  }
}
