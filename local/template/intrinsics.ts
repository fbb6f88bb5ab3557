import { TemplateError } from '../errors.ts';

/** What a template's expressions can refer to. A look-up answers undefined for what does not exist. */
export interface Scope {
  /** `stack/logicalId`, for errors. */
  where: string;
  /** A parameter, a pseudo parameter or a resource. */
  ref(name: string): unknown;
  attribute(logicalId: string, attribute: string): string | undefined;
  exported(name: string): unknown;
  stackOutput(stackName: string, outputName: string): unknown;
  /** The value of a secret by ARN or name. */
  secret(id: string): string | undefined;
}

/** `Ref: AWS::NoValue`: the property or element that holds it is left out. */
export const noValue = Symbol('AWS::NoValue');

type Evaluate = (value: unknown) => unknown;
type Intrinsic = (argument: unknown, evaluate: Evaluate, scope: Scope) => unknown;

const intrinsics: Readonly<Record<string, Intrinsic>> = {
  Ref: (argument, _evaluate, scope) => {
    const name = text(argument, 'Ref', scope);
    return found(scope.ref(name), `Ref: nothing is named "${name}"`, scope);
  },

  'Fn::GetAtt': (argument, evaluate, scope) => {
    const parts =
      typeof argument === 'string' ? argument.split(/\.(.*)/s) : list(argument, 'Fn::GetAtt', scope);
    const logicalId = text(parts[0], 'Fn::GetAtt', scope);
    const attribute = text(evaluate(parts[1]), 'Fn::GetAtt', scope);
    return found(
      scope.attribute(logicalId, attribute),
      `Fn::GetAtt: ${logicalId} has no attribute "${attribute}" on the stage on this machine`,
      scope,
    );
  },

  'Fn::Join': (argument, evaluate, scope) => {
    const [separator, parts] = list(argument, 'Fn::Join', scope);
    return list(evaluate(parts), 'Fn::Join', scope)
      .map((part) => text(part, 'Fn::Join', scope))
      .join(text(separator, 'Fn::Join', scope));
  },

  'Fn::Sub': (argument, evaluate, scope) => {
    const [pattern, variables] = Array.isArray(argument) ? argument : [argument, {}];
    const own = evaluate(variables) as Record<string, unknown>;
    return text(pattern, 'Fn::Sub', scope).replaceAll(
      /\$\{(!?)([^}]+)\}/g,
      (_match, escaped: string, name: string) => {
        if (escaped) return `\${${name}}`;
        if (name in own) return text(own[name], 'Fn::Sub', scope);
        const value = evaluate(name.includes('.') ? { 'Fn::GetAtt': name } : { Ref: name });
        return text(value, 'Fn::Sub', scope);
      },
    );
  },

  'Fn::Select': (argument, evaluate, scope) => {
    const [index, from] = list(argument, 'Fn::Select', scope);
    const number = Number(evaluate(index));
    return found(
      list(evaluate(from), 'Fn::Select', scope)[number],
      `Fn::Select: there is no element ${number}`,
      scope,
    );
  },

  'Fn::Split': (argument, evaluate, scope) => {
    const [separator, from] = list(argument, 'Fn::Split', scope);
    return text(evaluate(from), 'Fn::Split', scope).split(text(separator, 'Fn::Split', scope));
  },

  'Fn::ImportValue': (argument, evaluate, scope) => {
    const name = text(evaluate(argument), 'Fn::ImportValue', scope);
    return found(scope.exported(name), `Fn::ImportValue: no stack before this one exports "${name}"`, scope);
  },

  'Fn::GetStackOutput': (argument, evaluate, scope) => {
    const { StackName, OutputName } = evaluate(argument) as Record<string, unknown>;
    const stack = text(StackName, 'Fn::GetStackOutput', scope);
    const output = text(OutputName, 'Fn::GetStackOutput', scope);
    return found(
      scope.stackOutput(stack, output),
      `Fn::GetStackOutput: no stack "${stack}" before this one has an output "${output}"`,
      scope,
    );
  },
};

/**
 * The value with every expression in it replaced by what it stands for.
 * @throws TemplateError naming the expression that is unknown here, or that refers to nothing.
 */
export function resolve(value: unknown, scope: Scope): unknown {
  if (typeof value === 'string') return resolveDynamicReferences(value, scope);
  if (Array.isArray(value)) {
    return value.map((element) => resolve(element, scope)).filter((element) => element !== noValue);
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only && (only[0] === 'Ref' || only[0].startsWith('Fn::'))) {
    const intrinsic = intrinsics[only[0]];
    if (!intrinsic) {
      throw new TemplateError(
        scope.where,
        `${only[0]} is not evaluated by the stage on this machine (it knows ${Object.keys(intrinsics).join(', ')})`,
      );
    }
    const result = intrinsic(only[1], (inner) => resolve(inner, scope), scope);
    return typeof result === 'string' ? resolveDynamicReferences(result, scope) : result;
  }
  const resolved: Record<string, unknown> = {};
  for (const [key, inner] of entries) {
    const result = resolve(inner, scope);
    if (result !== noValue) resolved[key] = result;
  }
  return resolved;
}

/** `{{resolve:secretsmanager:SECRET:SecretString:KEY:STAGE:ID}}`; an ARN carries colons of its own. */
const secretReference =
  /\{\{resolve:secretsmanager:(arn:[^}]*?:secret:[^:}]+|[^:}]+):SecretString:([^:}]*)(?::([^:}]*))?(?::([^:}]*))?\}\}/g;

function resolveDynamicReferences(value: string, scope: Scope): string {
  if (!value.includes('{{resolve:')) return value;
  const resolved = value.replaceAll(
    secretReference,
    (reference: string, id: string, key: string, stage = '', version = '') => {
      if (version !== '' || (stage !== '' && stage !== 'AWSCURRENT')) {
        throw new TemplateError(scope.where, `${reference}: only a secret's current version is kept here`);
      }
      const secret = found(scope.secret(id), `${reference}: no such secret`, scope) as string;
      if (key === '') return secret;
      const field = fieldOf(secret, key);
      if (typeof field === 'string' || typeof field === 'number' || typeof field === 'boolean')
        return String(field);
      throw new TemplateError(
        scope.where,
        `${reference}: expected the secret to be JSON with a text in its field "${key}"`,
      );
    },
  );
  // A Join's own parts may be the halves of a reference: only a complete one is judged.
  const unknown = /\{\{resolve:[^}]*\}\}/.exec(resolved);
  if (unknown)
    throw new TemplateError(scope.where, `${unknown[0]} is not resolved by the stage on this machine`);
  return resolved;
}

/** Undefined where there is none; no error, which would show the secret. */
function fieldOf(secret: string, key: string): unknown {
  try {
    return (JSON.parse(secret) as Record<string, unknown> | null)?.[key];
  } catch {
    return undefined;
  }
}

/** Logical names (resources and parameters) a value's expressions refer to. */
export function collectReferences(value: unknown, into = new Set<string>()): Set<string> {
  if (Array.isArray(value)) {
    for (const element of value) collectReferences(element, into);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'Ref' && typeof inner === 'string') into.add(inner);
      if (key === 'Fn::GetAtt')
        into.add(String(typeof inner === 'string' ? inner.split('.')[0] : inner?.[0]));
      if (key === 'Fn::Sub') {
        const pattern = String(Array.isArray(inner) ? inner[0] : inner);
        for (const [, name = ''] of pattern.matchAll(/\$\{([^!}][^}]*)\}/g))
          into.add(name.split('.')[0] ?? name);
      }
      collectReferences(inner, into);
    }
  }
  return into;
}

function found(value: unknown, problem: string, scope: Scope): unknown {
  if (value === undefined) throw new TemplateError(scope.where, problem);
  return value;
}

function text(value: unknown, intrinsic: string, scope: Scope): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new TemplateError(scope.where, `${intrinsic}: expected a text, got ${JSON.stringify(value)}`);
}

function list(value: unknown, intrinsic: string, scope: Scope): unknown[] {
  if (Array.isArray(value)) return value;
  throw new TemplateError(scope.where, `${intrinsic}: expected a list, got ${JSON.stringify(value)}`);
}
