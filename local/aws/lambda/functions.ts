import type { InvocationOutcome } from '../../functions/runtime.ts';
import { AwsError } from '../errors.ts';

/** A function as its template describes it. */
export interface FunctionConfiguration {
  name: string;
  arn: string;
  runtime: string;
  handler: string;
  timeoutSeconds: number;
  memoryMiB: number;
  /** Undefined where none is reserved. */
  reservedConcurrency: number | undefined;
  description: string | undefined;
  variables: Readonly<Record<string, string>>;
  securityGroupIds: readonly string[];
  logGroupName: string;
  createdMs: number;
}

/** What hands a queue's messages to a function, as its template describes it. */
export interface EventSourceMappingConfiguration {
  id: string;
  functionName: string;
  eventSourceArn: string;
  batchSize: number;
  batchWindowSeconds: number;
  /** Undefined where its template sets no bound. */
  maximumConcurrency: number | undefined;
  reportsFailures: boolean;
  createdMs: number;
}

type Run = (name: string, event: unknown) => Promise<InvocationOutcome>;
type Send = (name: string, event: unknown) => void;

/** The stage's functions, as Lambda's API tells of them; who runs them comes later than the account they are in. */
export class Functions {
  readonly #byName = new Map<string, FunctionConfiguration>();
  readonly #mappings: EventSourceMappingConfiguration[] = [];
  #run: Run = (name) => Promise.reject(noSuchFunction(name));
  #send: Send = (name) => {
    throw noSuchFunction(name);
  };

  add(configuration: FunctionConfiguration): void {
    this.#byName.set(configuration.name, configuration);
  }

  /** By name. */
  all(): FunctionConfiguration[] {
    return [...this.#byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  addMapping(configuration: EventSourceMappingConfiguration): void {
    this.#mappings.push(configuration);
  }

  mappings(): readonly EventSourceMappingConfiguration[] {
    return this.#mappings;
  }

  /**
   * @param named name, ARN, or the ARN's end from the account on, each with a version or without
   * @throws AwsError `ResourceNotFoundException`, also for a version: there is none but the newest
   */
  get(named: string, qualifier?: string): FunctionConfiguration {
    const found = this.find(named, qualifier);
    if (found) return found;
    throw noSuchFunction(named);
  }

  /** The same; undefined where there is none. */
  find(named: string, qualifier?: string): FunctionConfiguration | undefined {
    const [, name = named, version = qualifier] =
      /^(?:(?:arn:aws:lambda:[^:]+:)?\d+:function:)?([\w-]+)(?::([\w$-]+))?$/.exec(named) ?? [];
    return version === undefined || version === '$LATEST' ? this.#byName.get(name) : undefined;
  }

  /** @param send takes what is to be run later, and runs it as Lambda does what it is sent asynchronously */
  runWith(run: Run, send: Send): void {
    this.#run = run;
    this.#send = send;
  }

  run({ name }: FunctionConfiguration, event: unknown): Promise<InvocationOutcome> {
    return this.#run(name, event);
  }

  /** @throws AwsError as `get` does */
  send(named: string, event: unknown): void {
    this.#send(this.get(named).name, event);
  }
}

const noSuchFunction = (named: string): AwsError =>
  new AwsError('ResourceNotFoundException', `Function not found: ${named}`, { statusCode: 404 });
