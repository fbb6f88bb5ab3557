/** A drill that the guards did not let begin: nothing was touched. */
export class DrillRefusedError extends Error {
  override readonly name = 'DrillRefusedError';
  readonly guard: 'prod' | 'alarm' | 'fault';

  constructor(guard: DrillRefusedError['guard'], message: string) {
    super(message);
    this.guard = guard;
  }
}

/** A drill's name that is not registered. */
export class UnknownDrillError extends Error {
  override readonly name = 'UnknownDrillError';
  constructor(drill: string, known: readonly string[]) {
    super(`no drill "${drill}"; expected one of: ${known.join(', ')}`);
  }
}

/** The fault could not be put in place as the drill describes it: what follows would prove nothing. */
export class FaultNotAppliedError extends Error {
  override readonly name = 'FaultNotAppliedError';
}

/** Somebody else undid the fault under the drill: what was seen since says nothing of it. */
export class FaultLapsedError extends Error {
  override readonly name = 'FaultLapsedError';
}

/** An inverse did not bring back what its fault took away. */
export class NotRestoredError extends Error {
  override readonly name = 'NotRestoredError';
}
