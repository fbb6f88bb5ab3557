import { essentialInWords, unaskedOf, type Unasked } from './lacking.ts';
import { startBackground, type Background } from './background.ts';
import { doubtsOf } from '../loadtests/gate/runDoubts.ts';
import { beginDrill, nextState, type DrillEvent, type Step, type StepBudgets } from './drill.ts';
import type { DrillResult } from '../records/drill.ts';
import { resultOf } from './drillResult.ts';
import type { DrillStep, WatchedStepName } from './drills/drill.ts';
import { describeError } from '../core/describeError.ts';
import { noObservations, type Milestones, type Observations } from './observations.ts';
import { FaultLedger } from './faultLedger.ts';
import type { DrillIdentity } from './identity.ts';
import type { Journal } from '../records/journalFile.ts';
import { limits } from '../monitoring/limits.ts';
import { observerOf } from './observers/index.ts';
import type { DrillOptions } from './drillOptions.ts';
import { countOfSystems } from '../records/drillScope.ts';
import { formatFinding, type StepFinding } from './verdict.ts';
import { watch } from './watch.ts';

/** Between two attempts to undo a fault. */
const restoreRetryMs = 1_000;

type TakenStep = Exclude<Step, 'done'>;

/** One run of a drill: does what the state machine says, and tells it what came of it. */
export class DrillRun {
  readonly #options: DrillOptions;
  readonly #steps: Readonly<Record<WatchedStepName, DrillStep>>;
  readonly #identity: DrillIdentity;
  readonly #ledger: FaultLedger;
  readonly #observations: Observations[];
  readonly #unasked: readonly Unasked[];
  readonly #milestones: Omit<Milestones, 'nowMs'>;
  readonly #findings: StepFinding[] = [];
  readonly #timeline: DrillResult['timeline'] = [];

  constructor(
    options: DrillOptions,
    steps: Readonly<Record<WatchedStepName, DrillStep>>,
    identity: DrillIdentity,
    journal: Journal,
  ) {
    this.#options = options;
    this.#steps = steps;
    this.#identity = identity;
    const { inject, observe, restore } = this.#budgets();
    this.#ledger = new FaultLedger({
      ...options,
      identity,
      faults: options.drill.faults,
      journal,
      undoneWithinMs: inject + observe + restore,
    });
    this.#observations = options.systems.map(noObservations);
    this.#unasked = unaskedOf(steps, options.systems);
    this.#milestones = {
      steadyMs: options.clock.now(),
      injectMs: null,
      inPlaceMs: null,
      restoredMs: null,
      settleMs: null,
    };
  }

  async run(): Promise<DrillResult> {
    const { clock, clients, onProgress } = this.#options;
    const budgets = this.#budgets();
    for (const one of this.#unasked) {
      if (one.essential) onProgress(`will not be passed: ${essentialInWords(one)}`);
    }
    const background = startBackground({
      ...this.#options,
      ...this.#identity,
      sns: clients.sns,
      observations: this.#observations,
      durationMs: Object.values(budgets).reduce((sum, budgetMs) => sum + budgetMs, 0),
    });
    let state = beginDrill(clock.now());
    try {
      while (state.step !== 'done') {
        const { step, sinceMs } = state;
        const event = await this.#take(step, background);
        const nowMs = clock.now();
        state = nextState(state, event, nowMs, budgets);
        if (state.step === step) await clock.sleep(restoreRetryMs);
        else this.#close(step, event, sinceMs, nowMs);
      }
    } finally {
      // Every ordinary way here is restored already; this is for what nobody foresaw.
      await Promise.allSettled([this.#ledger.restoreAll(), background.stop()]);
    }
    const load = await background.stop();
    return resultOf({
      options: this.#options,
      doubts: load && doubtsOf(load),
      drillId: this.#identity.drillId,
      state,
      findings: this.#findings,
      timeline: this.#timeline,
      observations: this.#observations,
      unasked: this.#unasked,
      publisher: background.publisher,
    });
  }

  #budgets(): StepBudgets {
    const { steady, observe, recover, settle } = this.#steps;
    return {
      steady: steady.maximumMs,
      // The sessions' own bound, and as much again for the changes and the journal.
      inject: 2 * limits.drill.endSessionsWithinMs,
      observe: observe.maximumMs,
      restore: limits.drill.restoreWithinMs,
      recover: recover.maximumMs,
      settle: settle.maximumMs,
    };
  }

  async #take(step: TakenStep, background: Background): Promise<DrillEvent> {
    const { signal, clock, drill, systems, onProgress } = this.#options;
    const faults = drill.faults.map(({ name }) => name).join(', ');
    try {
      switch (step) {
        case 'inject':
          onProgress(`fault: ${faults} on ${countOfSystems(systems.length)}`);
          this.#milestones.injectMs = clock.now();
          await this.#ledger.injectAll({
            publisher: background.publisher,
            signal: AbortSignal.any([signal, background.trouble]),
          });
          return { type: 'completed' };
        case 'restore':
          onProgress(this.#ledger.isEmpty ? 'restore: nothing to undo' : `restore: undoing ${faults}`);
          await this.#ledger.restoreAll();
          return { type: 'completed' };
        case 'settle':
          await background.stop();
          this.#milestones.settleMs = clock.now();
          return await this.#watch(step, background);
        case 'steady':
        case 'observe':
        case 'recover':
          return await this.#watch(step, background);
      }
    } catch (error) {
      if (step !== 'restore' && signal.aborted) return { type: 'interrupted' };
      const message = describeError(error);
      onProgress(`${step}: ${message}`);
      return { type: 'failed', message };
    }
  }

  async #watch(name: WatchedStepName, background: Background): Promise<DrillEvent> {
    const { clock, clients, stage, scope, signal, periodSeconds, live, onProgress } = this.#options;
    const step = this.#steps[name];
    onProgress(`${name}: at most ${Math.ceil(step.maximumMs / 1_000)} s`);
    const context = {
      stage,
      scope,
      clients,
      clock,
      observations: this.#observations,
      publisher: background.publisher,
      ...this.#identity,
    };
    const { event, findings } = await watch({
      step,
      name,
      live,
      observers: step.observe.map((observable) => observerOf(observable, context)),
      observations: this.#observations,
      assure: (stop) => (name === 'observe' ? this.#ledger.assureInPlace(stop) : Promise.resolve()),
      milestonesAt: (nowMs) => ({ ...this.#milestones, nowMs }),
      clock,
      pollMs: Math.max(1_000, periodSeconds * 100),
      interruption: signal,
      trouble: background.trouble,
    });
    this.#findings.push(...findings.map((finding) => ({ ...finding, step: name })));
    for (const finding of findings) {
      if (finding.outcome === 'unmet') onProgress(`${name}: not met: ${formatFinding(finding)}`);
    }
    return event;
  }

  #close(step: TakenStep, event: DrillEvent, sinceMs: number, nowMs: number): void {
    if (step === 'inject' && event.type === 'completed') this.#milestones.inPlaceMs = nowMs;
    if (step === 'restore' && event.type === 'completed') this.#milestones.restoredMs = nowMs;
    this.#timeline.push({
      step,
      start: new Date(sinceMs).toISOString(),
      end: new Date(nowMs).toISOString(),
    });
  }
}
