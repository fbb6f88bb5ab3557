import {
  CreateAliasCommand,
  DeleteAliasCommand,
  DeleteFunctionCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  ListAliasesCommand,
  ListEventSourceMappingsCommand,
  ListVersionsByFunctionCommand,
  PreconditionFailedException,
  PublishVersionCommand,
  ResourceConflictException,
  ResourceNotFoundException,
  TooManyRequestsException,
  UpdateFunctionConfigurationCommand,
  type EventSourceMappingConfiguration,
  type FunctionConfiguration,
} from '@aws-sdk/client-lambda';
import type { Clock } from '../../core/clock.ts';

interface Configuration {
  memoryMiB: number;
  description: string;
}

interface State {
  latest: Configuration;
  revision: number;
  /** Until then an update is under way; null when none is. */
  updatingUntilMs: number | null;
  /** Versions with their numbers, ascending. */
  versions: Map<string, Configuration>;
  /** Aliases, each with its version. */
  aliases: Map<string, string>;
  published: number;
  exists: boolean;
}

/** How one function of the scripted Lambda answers. */
export interface ScriptedFunction {
  /** Of an invocation in milliseconds, by memory and what number it is of its size, from 0 on. */
  durationMs: (memoryMiB: number, nth: number) => number;
  usedMiB?: number | ((event: unknown) => number);
  /** The first so many invocations of a size begin a new environment; 2 when left out. */
  cold?: number;
  reservedConcurrency?: number;
  /** What hands it a queue's messages. */
  mapping?: EventSourceMappingConfiguration;
  /** The answer's payload; null: Lambda has no room. */
  answer: (event: unknown, memoryMiB: number, nth: number) => object | null;
  /** The report's memory, where it is another than the version's. */
  reportedMiB?: number;
  /** Nothing of the report is in the log's end. */
  noReport?: boolean;
}

const updateLastsMs = 3_000;

/** A Lambda with one function behind a real client, by the rules that AWS's API documentation has. */
export class ScriptedLambda {
  readonly functionName: string;
  readonly client: LambdaClient;
  /** Told of every call, before it and once it has taken effect. */
  onCall: (when: 'before' | 'after', command: object) => void | Promise<void> = () => undefined;
  /** Memory that callers of the API were served with, each as it changed. */
  readonly served: number[];
  readonly invocations = new Map<number, number>();
  mostAtOnce = 0;
  readonly clock: Clock;
  readonly #function: ScriptedFunction;
  #state: State;
  #underWay = 0;

  constructor(functionName: string, clock: Clock, scripted: ScriptedFunction, memoryMiB = 256) {
    this.functionName = functionName;
    this.clock = clock;
    this.#function = scripted;
    this.#state = {
      latest: { memoryMiB, description: 'api of system-01' },
      revision: 1,
      updatingUntilMs: null,
      // Somebody else's, with an alias.
      versions: new Map([['1', { memoryMiB, description: 'a release' }]]),
      aliases: new Map([['live', '1']]),
      published: 1,
      exists: true,
    };
    this.served = [memoryMiB];
    const options = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
    this.client = Object.assign(new LambdaClient(options), {
      send: async (command: object, how?: { abortSignal?: AbortSignal }) => {
        how?.abortSignal?.throwIfAborted();
        await this.onCall('before', command);
        const output = await this.#handle(command);
        await this.onCall('after', command);
        return output;
      },
    });
  }

  /** The same as it stands now, on another clock: what a killed process left. */
  copy(clock: Clock): ScriptedLambda {
    const copy = new ScriptedLambda(this.functionName, clock, this.#function);
    copy.#state = structuredClone(this.#state);
    return copy;
  }

  /** All of it that a measurement may not change, for a comparison. */
  get left(): object {
    const { latest, versions, aliases, exists } = this.#state;
    return { latest: { ...latest }, versions: [...versions.keys()], aliases: [...aliases.keys()], exists };
  }

  /** What a deployment does: another memory, and the template's description. */
  deploy(to: Partial<Configuration>): void {
    this.#state.latest = { ...this.#state.latest, ...to };
    this.#state.revision += 1;
  }

  remove(): void {
    this.#state.exists = false;
  }

  async #handle(command: object): Promise<object> {
    const state = this.#state;
    if (!state.exists) throw new ResourceNotFoundException(said('Function not found'));
    if (state.updatingUntilMs !== null && this.clock.now() >= state.updatingUntilMs) {
      state.updatingUntilMs = null;
      // It changes once more when the update is over.
      state.revision += 1;
    }
    if (command instanceof GetFunctionConfigurationCommand)
      return this.#configuration(command.input.Qualifier);
    if (command instanceof GetFunctionConcurrencyCommand)
      return { ReservedConcurrentExecutions: this.#function.reservedConcurrency };
    if (command instanceof ListEventSourceMappingsCommand) {
      const { mapping } = this.#function;
      const isAsked = mapping !== undefined && mapping.EventSourceArn === command.input.EventSourceArn;
      return { EventSourceMappings: isAsked ? [mapping] : [] };
    }
    if (command instanceof UpdateFunctionConfigurationCommand) {
      this.#refuseUnlessCurrent(command.input.RevisionId);
      const { MemorySize = 128, Description = '' } = command.input;
      state.latest = { memoryMiB: MemorySize, description: Description };
      state.revision += 1;
      state.updatingUntilMs = this.clock.now() + updateLastsMs;
      if (this.served.at(-1) !== MemorySize) this.served.push(MemorySize);
      return {};
    }
    if (command instanceof PublishVersionCommand) {
      this.#refuseUnlessCurrent(command.input.RevisionId);
      const newest = [...state.versions].at(-1);
      if (newest && JSON.stringify(newest[1]) === JSON.stringify(state.latest)) return { Version: newest[0] };
      state.published += 1;
      const { Description = state.latest.description } = command.input;
      state.versions.set(String(state.published), { ...state.latest, description: Description });
      return { Version: String(state.published) };
    }
    if (command instanceof CreateAliasCommand) {
      const { Name = '', FunctionVersion = '' } = command.input;
      if (state.aliases.has(Name)) throw new ResourceConflictException(said('Alias already exists'));
      if (!/^(?!^\d+$)[A-Za-z0-9_-]{1,128}$/.test(Name)) throw new TypeError(`no alias: ${Name}`);
      state.aliases.set(Name, FunctionVersion);
      return {};
    }
    if (command instanceof DeleteAliasCommand) {
      state.aliases.delete(command.input.Name ?? '');
      return {};
    }
    if (command instanceof DeleteFunctionCommand) {
      const { Qualifier } = command.input;
      if (Qualifier === undefined) throw new TypeError('the whole function would be deleted');
      if ([...state.aliases.values()].includes(Qualifier))
        throw new ResourceConflictException(said('an alias references it'));
      if (!state.versions.delete(Qualifier)) throw new ResourceNotFoundException(said('no such version'));
      return {};
    }
    if (command instanceof ListAliasesCommand) {
      return {
        Aliases: [...state.aliases].map(([Name, FunctionVersion]) => ({ Name, FunctionVersion })),
      };
    }
    if (command instanceof ListVersionsByFunctionCommand) {
      const all = [['$LATEST', state.latest] as const, ...state.versions];
      return {
        Versions: all.map(([Version, { description, memoryMiB }]) => ({
          Version,
          Description: description,
          MemorySize: memoryMiB,
        })),
      };
    }
    if (command instanceof InvokeCommand) return this.#invoke(command);
    throw new Error(`the scripted Lambda does not answer ${command.constructor.name}`);
  }

  #configuration(qualifier?: string): FunctionConfiguration {
    const { latest, versions, aliases, revision, updatingUntilMs } = this.#state;
    const version = aliases.get(qualifier ?? '') ?? qualifier;
    const of = version === undefined ? latest : versions.get(version);
    if (!of) throw new ResourceNotFoundException(said(`no ${version}`));
    return {
      FunctionName: this.functionName,
      MemorySize: of.memoryMiB,
      Description: of.description,
      Architectures: ['arm64'],
      Timeout: 10,
      CodeSha256: 'code',
      RevisionId: String(revision),
      State: 'Active',
      LastUpdateStatus: version === undefined && updatingUntilMs !== null ? 'InProgress' : 'Successful',
    };
  }

  #refuseUnlessCurrent(revisionId: string | undefined): void {
    const { revision, updatingUntilMs } = this.#state;
    if (updatingUntilMs !== null) throw new ResourceConflictException(said('An update is in progress'));
    if (revisionId === undefined || revisionId === String(revision)) return;
    throw new PreconditionFailedException(said('The Revision Id provided does not match'));
  }

  async #invoke({ input }: InvokeCommand): Promise<object> {
    const version = this.#state.aliases.get(input.Qualifier ?? '') ?? '';
    const memoryMiB = this.#state.versions.get(version)?.memoryMiB;
    if (memoryMiB === undefined) throw new ResourceNotFoundException(said(`no ${input.Qualifier}`));
    const nth = this.invocations.get(memoryMiB) ?? 0;
    this.invocations.set(memoryMiB, nth + 1);
    const { durationMs, usedMiB = 90, cold = 2, answer, reportedMiB, noReport } = this.#function;
    const event: unknown = JSON.parse(input.Payload as string);
    const answered = answer(event, memoryMiB, nth);
    if (answered === null) throw new TooManyRequestsException(said('Rate Exceeded.'));
    this.#underWay += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#underWay);
    const lasts = durationMs(memoryMiB, nth);
    await this.clock.sleep(lasts);
    this.#underWay -= 1;
    const init = nth < cold ? 'Init Duration: 400.00 ms\t' : '';
    const report =
      `REPORT RequestId: 1\tDuration: ${lasts.toFixed(2)} ms\tBilled Duration: ${Math.ceil(lasts)} ms\t` +
      `Memory Size: ${reportedMiB ?? memoryMiB} MB\tMax Memory Used: ${typeof usedMiB === 'number' ? usedMiB : usedMiB(event)} MB\t${init}\n`;
    const log = `START RequestId: 1 Version: ${version}\n{"level":"INFO"}\nEND RequestId: 1\n${noReport ? '' : report}`;
    const failed = 'errorMessage' in answered ? { FunctionError: 'Unhandled' } : {};
    return {
      ...failed,
      StatusCode: 200,
      ExecutedVersion: version,
      Payload: Buffer.from(JSON.stringify(answered)),
      LogResult: Buffer.from(log).toString('base64'),
    };
  }
}

const said = (message: string) => ({ message, Message: message, $metadata: {}, $fault: 'client' as const });
