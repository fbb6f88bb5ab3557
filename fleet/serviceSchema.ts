import { isAbsolute, posix } from 'node:path';
import { z } from 'zod';
import { bodySchema } from './bodySchema.ts';
import { otherRuns, profileNames } from './profileNames.ts';

/** From the service's folder. */
const pathFrom = z.string().regex(/^[\w@.-]+(\/[\w@.-]+)*$/, {
  error: "expected a path from the service's folder",
});

/** Below the service's folder, never above it: what is the service's own moves with it. */
const pathIn = pathFrom.refine((path) => posix.normalize(path).split('/')[0] !== '..', {
  error: "expected a path within the service's folder, not above it",
});

const kind = (longest: number) =>
  z
    .string()
    .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, {
      error: 'expected lower-case letters, digits and single hyphens, a letter first',
    })
    .max(longest);

const identifier = z.string().regex(/^[a-z_][a-z0-9_]*$/, {
  error: 'expected the name of a table or column: lower-case letters, digits and underscores',
});

const errorCode = z.string().regex(/^[a-z][A-Za-z0-9]*$/, { error: 'expected a name such as orderNotFound' });

const routeSchema = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  /** `/orders/{orderId}` */
  path: z.string().regex(/^(\/([\w.-]+|\{[A-Za-z]\w*\}))+$/, {
    error: 'expected a path such as /orders/{orderId}',
  }),
  /** Who may call it: whom IAM knows and allows, whoever has the system's API key, or everybody. */
  auth: z.enum(['iam', 'apiKey', 'none']).default('iam'),
  /** Query parameters without which API Gateway refuses a request before the function sees it. */
  requiredQuery: z.array(z.string().min(1)).default([]),
  /**
   * JSON schema of draft 4 of its body. API Gateway refuses what does not fit before the function sees it; bodies that
   * say they are of another type than JSON it does not look at.
   */
  body: bodySchema.optional(),
  /** Which part of a load's requests it gets, 0–1; those of all routes add up to 1. */
  shareOfLoad: z.number().min(0).max(1).default(0),
});

const errorSchema = z.strictObject({
  status: z.number().int().min(400).max(599),
  title: z.string().min(1),
});

const privilege = z.enum(['SELECT', 'INSERT', 'UPDATE', 'DELETE']);

/** Privileges by table; LOCK asks for one that writes. */
const grantsSchema = z.record(identifier, z.array(privilege).min(1));

/** A k6 script of the service's that `headroom load` runs by a name. */
const profileSchema = z.strictObject({
  /** Any k6 script (docs/own-scripts.md). */
  script: pathIn,
  /**
   * Whether `hold` of loadtests/k6/lib/profiles.ts makes it: it goes up to every system's expected peak, in requests and
   * in messages, and holds that, as the toolkit's own profiles do. Else its rates are its own.
   */
  paced: z.boolean().default(false),
  /**
   * Where its hold lies, which the gate judges; left out, nothing is concluded of it. Of a paced one, its times where the
   * command line names no others; left out, those of the toolkit's own.
   */
  hold: z
    .strictObject({
      /** Seconds after the start at which the hold begins. */
      rampSeconds: z.number().int().min(0),
      holdSeconds: z.number().int().min(1),
    })
    .optional(),
  /** Whether it asks for what is seeded, which is then made first. Left out: whether it is paced. */
  seeded: z.boolean().optional(),
  /**
   * Of a paced one, what the gate's verdict on it is good for: `evidence` for a deployment when it is a pass, in place of the
   * toolkit's own profile for that. Left out: a verdict.
   */
  judged: z.enum(['evidence', 'verdict']).optional(),
  /** Of a paced one, whether drills go on under it, in place of the toolkit's own profile for that. */
  background: z.boolean().default(false),
});

const functionRole = z.enum(['api', 'subscriber']);

/** In resources, what differs from system to system. */
export const placeholders = ['partition', 'region', 'account', 'stage', 'system'] as const;

const statementSchema = z
  .strictObject({
    actions: z
      .array(
        z.string().regex(/^[a-z0-9-]+:[A-Za-z0-9]+$/, {
          error: 'expected the whole name of an action, such as s3:GetObject',
        }),
      )
      .min(1),
    /** ARNs; `{region}`, `{account}`, `{partition}`, `{stage}` and `{system}` stand for the function's own. */
    resources: z.array(z.string().startsWith('arn:')).min(1),
    /** Why resources are named by a pattern, where one is. */
    patternReason: z.string().min(10).optional(),
  })
  .superRefine(({ resources, patternReason }, context) => {
    const refuse = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    resources.forEach((resource, index) => {
      for (const [, name] of resource.matchAll(/\{(.*?)\}/g)) {
        if (!(placeholders as readonly (string | undefined)[]).includes(name)) {
          refuse(['resources', index], `expected one of {${placeholders.join('}, {')}}, not {${name}}`);
        }
      }
    });
    if (patternReason === undefined && resources.some((resource) => resource.includes('*'))) {
      refuse(['patternReason'], 'expected the reason why resources are named by a pattern');
    }
  });

const serviceFields = z.strictObject({
  /** For people: `orders`. */
  name: kind(21),
  /** The folder that the paths below are found from. */
  directory: z.string().refine(isAbsolute, { error: 'expected an absolute path: import.meta.dirname' }),
  /** What stands in the names of its resources, `{stage}-{system}-{kind}`: of the cluster, and of topic and queues. */
  names: z.strictObject({ cluster: kind(21), messages: kind(14) }),
  /** Modules that export Lambda's `handler`. */
  entries: z.strictObject({ api: pathIn, subscriber: pathIn }),
  /** Variables of both functions, beside those that every service gets. */
  environment: z.record(z.string(), z.string()).default({}),
  /** What each function may do beside what every service's may. */
  permissions: z
    .strictObject({
      api: z.array(statementSchema).default([]),
      subscriber: z.array(statementSchema).default([]),
    })
    .prefault({}),
  /** Functions that publish to the system's topic: they have its ARN in `TOPIC_ARN`. */
  publishes: z.array(functionRole).default([]),
  routes: z.array(routeSchema).min(1),
  /** Path of the GET that answers 200 with `{"status":"ok"}` while the system can answer, and then alone. */
  health: z.string(),
  /** What a caller may be told by name, beside what every service tells: errors of its own. */
  errors: z.record(errorCode, errorSchema).default({}),
  /** The error that API Gateway answers with for a required parameter that is missing. */
  parameterMissing: errorCode.optional(),
  /** The same for a body that does not fit its route's schema. */
  bodyInvalid: errorCode.optional(),
  /** What the scripts load it with (`ServiceLoad` of fleet/serviceLoad.ts); imports nothing that k6 could not. */
  load: pathIn,
  /** Folder of its k6 scripts, one a profile; also outside of its own, since services may share them. */
  scripts: pathFrom,
  /** Load profiles of its own, beside the toolkit's. */
  profiles: z
    .record(
      z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, {
        error: 'expected lower-case letters, digits and single hyphens, a letter first',
      }),
      profileSchema,
    )
    .default({}),
  /** Folder of the numbered migrations. */
  migrations: pathIn,
  /** What its database users may do, by the function that logs in with them. */
  grants: z.strictObject({ api: grantsSchema, subscriber: grantsSchema }),
  /** Where a message's id is kept: the first table has one row a message that was applied. */
  rows: z.array(z.strictObject({ table: identifier, id: identifier })).min(1),
  /** The table that whoever writes rows locks first, so that writers follow one another; left out, none. */
  lock: identifier.optional(),
});

type Named = Pick<z.output<typeof routeSchema>, 'method' | 'path'>;

/** Whether a policy that names a route with `*` for its parameters, as policies do, names the other one too. */
const isBelow = (other: Named, { method, path }: Named): boolean => {
  const parts = path.split(/\{\w+\}/).map((part) => part.replaceAll('.', '\\.'));
  return other.method === method && new RegExp(`^${parts.join('.*')}$`).test(other.path);
};

/**
 * What is wrong with a path's parameters beside those of the routes before it; null where nothing is.
 * @param names of the parameters so far, by the path before each; the path's own are added
 */
function parameterProblem(path: string, names: Map<string, string>): string | null {
  const seen = new Set<string>();
  let below = '';
  for (const part of path.slice(1).split('/')) {
    if (part.startsWith('{')) {
      if (seen.has(part)) return `expected ${part} once in ${path}`;
      seen.add(part);
      const known = names.get(below) ?? part;
      if (known !== part) {
        return `expected ${known} instead of ${part}: API Gateway takes one parameter after ${below || '/'}`;
      }
      names.set(below, part);
    }
    below += `/${part}`;
  }
  return null;
}

const ownVariable =
  /^(?!AWS_|HEADROOM_|LAMBDA_(TASK_ROOT|RUNTIME_DIR)$|DATABASE_|DEAD_LETTER_QUEUE_URL$|METRICS_PERIOD_SECONDS$|TOPIC_ARN$)[A-Z][A-Z0-9_]*$/;

/** A service as the toolkit knows it: plain data, so that it can be hashed and handed to another thread. */
export const serviceSchema = serviceFields.superRefine((service, context) => {
  const refuse = (path: (string | number)[], message: string): void =>
    context.addIssue({ code: 'custom', path, message });
  const { routes, health, errors, environment } = service;
  const named = routes.map(({ method, path }) => `${method} ${path}`);
  named.forEach((name, index) => {
    if (named.indexOf(name) !== index) refuse(['routes', index], `expected ${name} once`);
  });
  const parameters = new Map<string, string>();
  routes.forEach(({ path }, index) => {
    const problem = parameterProblem(path, parameters);
    if (problem !== null) refuse(['routes', index, 'path'], problem);
  });
  if (!named.includes(`GET ${health}`)) refuse(['health'], `expected a route: GET ${health} is none`);
  if (health.includes('{') || routes[named.indexOf(`GET ${health}`)]?.requiredQuery.length) {
    refuse(['health'], 'expected a route without parameters: whoever asks it gives none');
  }
  const share = routes.reduce((sum, { shareOfLoad }) => sum + shareOfLoad, 0);
  if (Math.abs(share - 1) > 1e-9) refuse(['routes'], `expected shareOfLoad to add up to 1, not to ${share}`);
  for (const variable of Object.keys(environment)) {
    if (!ownVariable.test(variable)) {
      refuse(['environment', variable], 'expected the name of a variable that is not set already');
    }
  }
  for (const refusal of ['parameterMissing', 'bodyInvalid'] as const) {
    const code = service[refusal];
    if (code !== undefined && !(code in errors)) refuse([refusal], 'expected one of its errors');
  }
  for (const name of [...profileNames, ...Object.values(otherRuns)]) {
    if (name in service.profiles)
      refuse(['profiles', name], 'expected a name other than those of the toolkit’s own runs');
  }
  for (const [name, profile] of Object.entries(service.profiles)) {
    for (const field of ['judged', 'background'] as const) {
      if (profile.paced || !profile[field]) continue;
      refuse(
        ['profiles', name, field],
        'expected paced: true, since of a script with rates of its own it says nothing',
      );
    }
  }
  const marked = (holds: (profile: ServiceDefinition['profiles'][string]) => boolean): string[] =>
    Object.entries(service.profiles).flatMap(([name, profile]) => (holds(profile) ? [name] : []));
  for (const [field, names] of [
    ['judged', marked(({ judged }) => judged === 'evidence')],
    ['background', marked(({ background }) => background)],
  ] as const) {
    for (const name of names.slice(1)) {
      refuse(['profiles', name, field], `expected one profile alone for that: ${names[0]} has it already`);
    }
  }
  routes.forEach((route, index) => {
    const guarded =
      route.auth !== 'iam' && routes.find((other) => other.auth === 'iam' && isBelow(other, route));
    if (!guarded) return;
    const message = `expected "iam": the policy of a private API could not tell it from ${guarded.method} ${guarded.path}`;
    refuse(['routes', index, 'auth'], message);
  });
  routes.forEach(({ method, path, auth }, index) => {
    if (auth !== 'apiKey' || method !== 'GET' || path !== health) return;
    refuse(
      ['routes', index, 'auth'],
      'expected "iam" or "none": the canary signs, and holds no key of any system',
    );
  });
  routes.forEach(({ method, body }, index) => {
    if (body && method === 'GET') refuse(['routes', index, 'body'], 'expected none: a GET has no body');
  });
});

/** What a service's contract says. */
type ServiceContract = z.input<typeof serviceSchema>;
/** The same, checked, with every default filled in. */
export type ServiceDefinition = z.output<typeof serviceSchema>;

/** Types a service's contract where it is written. */
export const defineService = (contract: ServiceContract): ServiceContract => contract;
