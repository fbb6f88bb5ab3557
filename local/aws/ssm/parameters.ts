import type { Account } from '../account.ts';
import { AwsError } from '../errors.ts';

export interface Parameter {
  name: string;
  arn: string;
  type: 'String' | 'StringList' | 'SecureString';
  value: string;
  version: number;
  lastModifiedMs: number;
}

/** Characters a standard parameter holds; an advanced one holds twice as many. */
const standardLimit = 4096;

export class Parameters {
  readonly #account: Account;
  readonly #byName = new Map<string, Parameter>();

  constructor(account: Account) {
    this.#account = account;
  }

  /**
   * Stores a value under a name; a name that exists gets a new version.
   * @throws AwsError `ParameterAlreadyExists`, `ValidationException`
   */
  put(
    name: string,
    value: string,
    options: { nowMs: number; type?: Parameter['type']; overwrite?: boolean; advanced?: boolean },
  ): Parameter {
    const existing = this.#byName.get(name);
    if (existing && options.overwrite === false) {
      throw new AwsError(
        'ParameterAlreadyExists',
        `The parameter ${name} already exists. To overwrite it, set the overwrite option to true.`,
      );
    }
    const limit = options.advanced ? 2 * standardLimit : standardLimit;
    if (value.length > limit) {
      throw new AwsError(
        'ValidationException',
        `parameter ${name}: expected at most ${limit} characters, got ${value.length}`,
      );
    }
    const { region, accountId } = this.#account;
    const parameter: Parameter = {
      name,
      arn: `arn:aws:ssm:${region}:${accountId}:parameter${name.startsWith('/') ? '' : '/'}${name}`,
      type: options.type ?? existing?.type ?? 'String',
      value,
      version: (existing?.version ?? 0) + 1,
      lastModifiedMs: options.nowMs,
    };
    this.#byName.set(name, parameter);
    return parameter;
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  /** @throws AwsError `ParameterNotFound` */
  get(name: string): Parameter {
    const parameter = this.#byName.get(name);
    if (parameter) return parameter;
    throw new AwsError('ParameterNotFound', `The parameter ${name} does not exist.`);
  }

  /** Parameters directly below a path, or anywhere below it, sorted by name. */
  below(path: string, options: { recursive: boolean }): Parameter[] {
    const prefix = path.endsWith('/') ? path : `${path}/`;
    return [...this.#byName.values()]
      .filter(
        ({ name }) =>
          name.startsWith(prefix) && (options.recursive || !name.slice(prefix.length).includes('/')),
      )
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}
