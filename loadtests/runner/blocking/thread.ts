/** One virtual user in a thread of its own, where its script may block; `scriptThread.ts` starts it. */
import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { TestAbortedError, UnsupportedError } from '../../errors.ts';
import type { Point } from '../points.ts';
import { returnedOf } from '../returned.ts';
import { RunCounts } from '../runCounts.ts';
import { messageOf, ScriptRealm } from '../scriptRealm.ts';
import { SharedArrays } from '../sharedArrays.ts';
import type { Exchange, ExchangeRequest } from '../transport.ts';
import { stateOf } from '../userSpec.ts';
import { nowhere, VirtualUser, type Blocking, type Host } from '../virtualUser.ts';
import {
  alone,
  flags,
  monotonicMs,
  type Answer,
  type FromThread,
  type PortableError,
  type PortableRequest,
  type ThreadEvent,
  type ThreadStart,
  type ToThread,
} from './threadMessages.ts';

const start = workerData as ThreadStart;
const parent = parentPort as MessagePort;
const signals = new Int32Array(start.flags);

let points: Point[] = [];
let lines: string[] = [];
let kept: ThreadEvent[] = [];

/** All that was kept back goes along. */
function tell(...events: ThreadEvent[]): void {
  parent.postMessage({ points, lines, events: [...kept, ...events] } satisfies FromThread);
  points = [];
  lines = [];
  kept = [];
}

/** Of an iteration that measures for long without a request: more would only take memory. */
const pointsKept = 1_000;

/** What has been measured waits no longer to be told, in milliseconds. */
const tellingMs = 200;

const isInterrupted = (): boolean => Atomics.load(signals, flags.interrupted) === 1;

const never = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/** Nothing of this thread goes on; its owner ends it. */
function park(): never {
  tell({ kind: 'parked' });
  for (;;) Atomics.wait(never, 0, 0);
}

let requests = 0;
const promised = new Map<number, (answer: Exchange) => void>();

const portable = ({ url, body, ...request }: ExchangeRequest): PortableRequest => ({
  ...request,
  url: url.href,
  body: body && alone(body),
});

const blocking: Blocking = {
  start: (request) => {
    const id = (requests += 1);
    tell({ kind: 'request', id, askedMs: host.now(), request: portable(request), waits: true });
    return id;
  },
  next: () => {
    for (;;) {
      const seen = Atomics.load(signals, flags.answered);
      const received = receiveMessageOnPort(start.answers);
      if (received) return received.message as Answer;
      Atomics.wait(signals, flags.answered, seen);
    }
  },
  sleep: (ms) => {
    if (ms > tellingMs && (points.length > 0 || lines.length > 0)) tell();
    Atomics.wait(signals, flags.interrupted, 0, ms);
    blocking.checkpoint();
  },
  checkpoint: () => {
    if (isInterrupted()) park();
  },
};

let clockOffsetMs = 0;

const host: Host = {
  runStartMs: 0,
  now: () => monotonicMs() + clockOffsetMs,
  emit: (point) => {
    points.push(point);
    if (points.length >= pointsKept) tell();
  },
  scriptError: (error) => tell({ kind: 'threw', error: portableError(error) }),
  late: (lateMs) => void kept.push({ kind: 'late', lateMs }),
  exchange: (request) => {
    const id = (requests += 1);
    const answered = Promise.withResolvers<Exchange>();
    promised.set(id, answered.resolve);
    tell({ kind: 'request', id, askedMs: host.now(), request: portable(request), waits: false });
    return answered.promise;
  },
  blocking,
  abort: (message) => {
    tell({ kind: 'aborted', message });
    park();
  },
  fail: (message) => tell({ kind: 'failed', message }),
  counts: new RunCounts(start.counts),
};

function portableError(error: unknown): PortableError {
  if (error instanceof UnsupportedError)
    return { kind: 'unsupported', what: error.what, instead: error.instead };
  if (error instanceof TestAbortedError) return { kind: 'aborted' };
  // Whoever is told knows whose error it is.
  return { kind: 'script', message: messageOf(error).replace(`${start.path}: `, '') };
}

const realm = new ScriptRealm({
  path: start.path,
  text: start.text,
  log: (line) => void lines.push(line),
  sharedArrays: new SharedArrays(start.sharedArrays),
  options: () => JSON.parse(start.options) as unknown,
  initMs: start.initMs,
});
const scenario = { ...nowhere };
const state = stateOf(start.spec, scenario, host);
let run: (argument: unknown) => unknown;
let setupData: unknown;
const user = new VirtualUser(state, () => run(setupData));

/** A promise may be of the script's realm, and no instance of ours. */
async function call(argument: string | undefined, group: string): Promise<void> {
  state.iteration = 0;
  state.group = group;
  try {
    const returned: unknown = await run(argument === undefined ? undefined : JSON.parse(argument));
    tell({ kind: 'ended', returned: returnedOf(returned) });
  } catch (error) {
    tell({ kind: 'threw', error: portableError(error) });
  }
}

process.on('unhandledRejection', (reason) => host.scriptError(reason));

parent.on('message', (message: ToThread) => {
  switch (message.kind) {
    case 'begin':
      Object.assign(scenario, message.scenario);
      host.runStartMs = message.runStartMs;
      clockOffsetMs = message.clockOffsetMs;
      setupData = message.setupData === undefined ? undefined : JSON.parse(message.setupData);
      break;
    case 'iterate':
      void user
        .iterate(message.intendedMs, message.numbers)
        .then(() => tell({ kind: 'ended', returned: null }));
      break;
    case 'call':
      void call(message.argument, message.group);
      break;
    case 'answer':
      promised.get(message.id)?.(message.answer);
      promised.delete(message.id);
      break;
  }
});

try {
  run = realm.instantiate(state, start.spec.env)[start.spec.exec] as typeof run;
  tell({ kind: 'ready' });
} catch (error) {
  tell({ kind: 'threw', error: portableError(error) });
}
