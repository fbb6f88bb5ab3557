import { randomUUID } from 'node:crypto';
import type { Account } from '../account.ts';
import { AwsError } from '../errors.ts';

export interface Secret {
  arn: string;
  name: string;
  description?: string | undefined;
  secretString: string;
  versionId: string;
  createdMs: number;
}

/** The stage's secrets, in memory only. */
export class Secrets {
  readonly #account: Account;
  readonly #byName = new Map<string, Secret>();

  constructor(account: Account) {
    this.#account = account;
  }

  /** Stores a secret, or a new version of it under the ARN it has. */
  put(name: string, secretString: string, options: { nowMs: number; description?: string }): Secret {
    const { region, accountId } = this.#account;
    const arn =
      this.#byName.get(name)?.arn ??
      `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}-${randomUUID().slice(0, 6)}`;
    const secret: Secret = {
      arn,
      name,
      description: options.description,
      secretString,
      versionId: randomUUID(),
      createdMs: options.nowMs,
    };
    this.#byName.set(name, secret);
    return secret;
  }

  all(): Secret[] {
    return [...this.#byName.values()];
  }

  /** By name, ARN, or ARN without its random suffix. */
  find(secretId: string): Secret | undefined {
    return (
      this.#byName.get(secretId) ??
      [...this.#byName.values()].find(({ arn }) => arn === secretId || arn.slice(0, -7) === secretId)
    );
  }

  /** @throws AwsError `ResourceNotFoundException` */
  get(secretId: string): Secret {
    const secret = this.find(secretId);
    if (secret) return secret;
    throw new AwsError(
      'ResourceNotFoundException',
      `Secrets Manager can't find the specified secret: ${secretId}`,
    );
  }
}
