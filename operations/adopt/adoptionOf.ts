import { isUseless, type DatabaseEngine } from '../../fleet/adoption/database.ts';
import { apiIdIn, apiStageIn } from '../../fleet/adoption/awsNames.ts';
import { adoptionSchema } from '../../fleet/adoption/adoptionSchema.ts';
import type { Fact } from './facts.ts';

/** What is known of a system, and what is not. */
export interface FoundAdoption {
  /** To be pasted into the fleet's configuration. */
  adopt: Record<string, unknown>;
  /** Fields that nothing was found for, with what they would open. */
  missing: { field: string; opens: string }[];
  /** Facts of which several could be one field, or that are none. */
  unused: Fact[];
  /** What AWS did not tell, and why. */
  unasked: string[];
}

/** A field, and how a fact is known that gives it. */
interface Field {
  path: string;
  opens: string;
  /** The field's value; null for a fact that is none. */
  from: (fact: Fact) => unknown;
}

const named = (fact: Fact, words: RegExp): boolean => words.test(fact.name) || words.test(fact.value);
const dead = /dead|dlq/i;
const unsent = /undeliver|unsent/i;
const subscribing = /subscri|consum|worker|listener/i;

const matching =
  (form: RegExp, words?: RegExp, not?: RegExp) =>
  (fact: Fact): string | null =>
    form.test(fact.value) && (!words || named(fact, words)) && (!not || !named(fact, not))
      ? fact.value
      : null;

/** The URL of a queue, also of one that is known by its ARN. */
export function queueUrl(value: string): string | null {
  if (/^https?:\/\/[^/]+\/\d{12}\/[\w.-]+$/.test(value)) return value;
  const [, region, account, name] = /^arn:aws[a-z-]*:sqs:([^:]+):(\d{12}):([\w.-]+)$/.exec(value) ?? [];
  return name === undefined ? null : `https://sqs.${region}.amazonaws.com/${account}/${name}`;
}

const queue =
  (words: RegExp | null, ...not: RegExp[]) =>
  (fact: Fact) =>
    (words === null || named(fact, words)) && !not.some((other) => named(fact, other))
      ? queueUrl(fact.value)
      : null;

/** The name of a function, also of one that is known by its ARN. */
const functionOf = (isWanted: (fact: Fact) => boolean) => (fact: Fact) => {
  const [, name] = /^arn:aws[a-z-]*:lambda:[^:]+:\d{12}:function:([\w-]+)(:.*)?$/.exec(fact.value) ?? [];
  const known = name ?? (fact.type === 'AWS::Lambda::Function' ? fact.value : undefined);
  return known !== undefined && isWanted(fact) ? known : null;
};

const ofType =
  (...types: string[]) =>
  (fact: Fact) =>
    types.includes(fact.type ?? '') ? fact.value : null;
const apiUrl = /^https:\/\/[a-z0-9]+\.execute-api\.[a-z0-9-]+\.amazonaws\.com\/[\w-]+\/?$/;
const secret = /^arn:aws[a-z-]*:secretsmanager:/;
export const securityGroup = /^sg-[0-9a-f]+$/;
const instanceOutput = /db_?instance_?(id|identifier)$/i;
const logs = /^\/aws\/lambda\/[\w-]+$/;

/** In the order in which the configuration has them. */
const fields: readonly Field[] = [
  {
    path: 'apiUrl',
    opens: 'load, smoke',
    from: (fact) => matching(apiUrl)(fact)?.replace(/\/$/, '') ?? null,
  },
  {
    path: 'apiId',
    opens: 'throttle-api',
    from: ofType('AWS::ApiGateway::RestApi'),
  },
  {
    path: 'apiStage',
    opens: 'throttle-api',
    from: () => null,
  },
  {
    path: 'apiName',
    opens: "alarms on errors, the application's dashboard, the gate's error rate",
    from: (fact) => (/api_?name/i.test(fact.name) ? fact.value : null),
  },
  {
    path: 'functions.api',
    opens: 'alarms on duration and concurrency, requests in the metrics',
    from: functionOf((fact) => !named(fact, subscribing)),
  },
  {
    path: 'functions.subscriber',
    opens: "alarms on the subscriber's concurrency",
    from: functionOf((fact) => named(fact, subscribing)),
  },
  {
    path: 'reservedConcurrency',
    opens: 'the share of concurrency: alarm, gate',
    from: () => null,
  },
  {
    path: 'subscriberMaximumConcurrency',
    opens: "the share of the subscriber's concurrency: alarm, gate",
    from: () => null,
  },
  {
    path: 'topicArn',
    opens: 'messages in loads and drills',
    from: matching(/^arn:aws[a-z-]*:sns:[^:]+:\d{12}:[\w.-]+$/),
  },
  {
    path: 'queues.subscriber',
    opens: 'age of the oldest message, redrive',
    from: queue(null, dead, unsent),
  },
  { path: 'queues.deadLetter', opens: 'messages given up: alarm, gate, redrive', from: queue(dead, unsent) },
  {
    path: 'queues.undelivered',
    opens: 'messages SNS could not deliver: alarm, gate, redrive',
    from: queue(unsent),
  },
  {
    path: 'database.identifier',
    opens: "the database's alarms and dashboard, the gate's database signals, restart-database",
    from: (fact) =>
      ofType('AWS::Redshift::Cluster', 'AWS::RDS::DBCluster', 'AWS::RDS::DBInstance')(fact) ??
      (/cluster_?(id|identifier|name)$|db_?(instance_?)?(id|identifier)$/i.test(fact.name)
        ? fact.value
        : null),
  },
  {
    path: 'database.instances',
    opens: 'restart-database in workflows',
    from: () => null,
  },
  {
    path: 'database.database',
    opens: 'the probe; what became of messages; sessions in drills',
    from: () => null,
  },
  {
    path: 'database.connectionLimit',
    opens: "the share of the database's connections: alarms, gate, forecast",
    from: () => null,
  },
  {
    path: 'database.memoryMiB',
    opens: "the share of the database's memory: alarm, gate, forecast",
    from: () => null,
  },
  {
    path: 'database.storageGiB',
    opens: "the share of the database's storage: alarms, gate, forecast",
    from: () => null,
  },
  {
    path: 'database.secrets.probe',
    opens: 'the probe: memory, SELECTs a second',
    from: matching(secret, /probe|monitor/i),
  },
  {
    path: 'database.secrets.admin',
    opens: 'what became of messages; sessions in drills',
    from: matching(secret, /admin|master/i),
  },
  {
    path: 'securityGroups.dbIngress',
    opens: 'revoke-db-ingress',
    from: matching(securityGroup, /ingress|client|app/i),
  },
  {
    path: 'securityGroups.dbServers',
    opens: 'revoke-db-ingress',
    from: matching(securityGroup, /server|database|redshift|rds/i),
  },
  {
    path: 'restoreRoleArn',
    opens: 'a schedule that undoes a drill whose process died',
    from: () => null,
  },
  { path: 'logGroups.api', opens: 'errors', from: matching(logs, undefined, subscribing) },
  { path: 'logGroups.subscriber', opens: 'errors', from: matching(logs, subscribing) },
  {
    path: 'healthcheckUrl',
    opens: 'the canary',
    from: (fact) => (/health/i.test(fact.name) && /^https?:\/\//.test(fact.value) ? fact.value : null),
  },
];

/** Of facts that several stand for one field none is taken: which, its maker alone knows. */
export function adoptionOf(facts: readonly Fact[]): Omit<FoundAdoption, 'unasked'> {
  const adopt: Record<string, unknown> = {};
  const missing: FoundAdoption['missing'] = [];
  const used = new Set<Fact>();
  /** Of the database that was found; null where none was. */
  let engine: DatabaseEngine | null = null;
  for (const { path, opens, from } of fields) {
    const [, ofDatabase] = /^database\.(.*)$/.exec(path) ?? [];
    const isIdentifier = ofDatabase === 'identifier';
    if (ofDatabase !== undefined && !isIdentifier && (engine === null || isUseless(engine, ofDatabase)))
      continue;
    const found = facts.flatMap((fact) => {
      const value = from(fact);
      return value === null ? [] : [{ fact, value }];
    });
    const values = new Set(found.map(({ value }) => value));
    if (values.size === 1) {
      put(adopt, path, found[0]!.value);
      for (const { fact } of found) used.add(fact);
      if (isIdentifier) engine = engineBy(found.map(({ fact }) => fact));
    } else missing.push({ field: `adopt.${path}`, opens });
  }
  const { apiUrl: url } = adopt as { apiUrl?: string };
  const inUrl = [apiIdIn(url ?? '') && 'adopt.apiId', apiStageIn(url ?? '') && 'adopt.apiStage'];
  if (engine !== null) put(adopt, 'database.engine', engine);
  return {
    adopt: whole(adopt, missing),
    missing: missing.filter(({ field }) => !inUrl.includes(field)),
    unused: facts.filter((fact) => !used.has(fact)),
  };
}

/** By the type of the resource that was taken; of an output its name tells an instance, which Redshift has none of. */
function engineBy(used: readonly Fact[]): DatabaseEngine {
  const { type } = used.find((fact) => /Redshift|RDS/.test(fact.type ?? '')) ?? {};
  if (type === 'AWS::RDS::DBCluster') return 'aurora-postgresql';
  const isInstance = type === undefined && used.some(({ name }) => instanceOutput.test(name));
  return isInstance || type === 'AWS::RDS::DBInstance' ? 'rds-postgresql' : 'redshift';
}

/** Without what the configuration would refuse by itself: a database without its identifier, a rule without its port. */
function whole(found: Record<string, unknown>, missing: FoundAdoption['missing']): Record<string, unknown> {
  const adopt = { ...found };
  const issues = adoptionSchema.safeParse(adopt).error?.issues ?? [];
  for (const field of new Set(issues.map(({ path }) => String(path[0])))) {
    if (field === 'apiUrl' || !(field in adopt)) continue;
    delete adopt[field];
    if (!missing.some((one) => one.field.startsWith(`adopt.${field}`)))
      missing.push({ field: `adopt.${field}`, opens: 'not all of it was found' });
  }
  return adopt;
}

/** Sets what a path of names leads to. */
export function put(into: Record<string, unknown>, path: string, value: unknown): void {
  const [first = '', ...rest] = path.split('.');
  if (rest.length === 0) into[first] = value;
  else {
    const inner = (into[first] ??= {}) as Record<string, unknown>;
    put(inner, rest.join('.'), value);
  }
}
