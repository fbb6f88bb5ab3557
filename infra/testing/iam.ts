import type { Statement } from '../constructs/acknowledge.ts';

/** One call as IAM sees it. */
export interface Call {
  action: string;
  resource: string;
  /** Condition keys that the call brings, by name. */
  context?: Readonly<Record<string, string>>;
}

const matches = (pattern: string, text: string): boolean =>
  new RegExp(`^${pattern.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(text);

type Conditions = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Only what every key and operator says yes to; of other operators nothing is known here, and so nothing allowed. */
const holds = (conditions: Conditions, context: Readonly<Record<string, string>>): boolean =>
  Object.entries(conditions).every(
    ([operator, keys]) =>
      operator === 'StringEquals' &&
      Object.entries(keys).every(([key, value]) => [value].flat().includes(context[key])),
  );

/** Whether these statements, all of which allow, allow the call. */
export const allows = (statements: readonly Statement[], { action, resource, context = {} }: Call): boolean =>
  statements.some(
    ({ actions = [], resources, conditions = {} }) =>
      actions.includes(action) &&
      resources.some((pattern) => matches(pattern, resource)) &&
      holds(conditions, context),
  );
