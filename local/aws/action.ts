import type { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import type { Account } from './account.ts';
import type { AwsState } from './state.ts';
import { AwsError } from './errors.ts';
import type { WireDocument } from './wire.ts';

/** What every action may use. */
export interface ActionContext extends Account {
  state: AwsState;
  clock: Clock;
}

/** One API action. */
export interface Action {
  name: string;
  /** What it takes. */
  input: z.ZodType;
  /** @throws AwsError, or what that becomes at the endpoint, also for input that this stage does not support, naming it. */
  run(input: unknown, context: ActionContext): Promise<WireDocument>;
}

interface ActionDefinition<Schema extends z.ZodType> {
  name: string;
  /** Strict: a member it doesn't list is refused by name, never ignored. */
  input: Schema;
  handle: (input: z.output<Schema>, context: ActionContext) => WireDocument | Promise<WireDocument>;
  /** The error for input that does not fit. Default: `ValidationException`. */
  invalidInput?: (message: string) => Error;
}

export function defineAction<Schema extends z.ZodType>(definition: ActionDefinition<Schema>): Action {
  const { name, input: schema, handle } = definition;
  const invalidInput =
    definition.invalidInput ?? ((message: string) => new AwsError('ValidationException', message));
  return {
    name,
    input: schema,
    run: async (input, context) => {
      const parsed = schema.safeParse(input);
      if (!parsed.success) throw invalidInput(`${name}: ${parsed.error.issues.map(describe).join('; ')}`);
      return handle(parsed.data, context);
    },
  };
}

function describe(issue: z.core.$ZodIssue): string {
  const where = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => [...issue.path, key].join('.')).join(', ');
    return `${keys}: not supported on this stage`;
  }
  return where ? `${where}: ${issue.message}` : issue.message;
}
