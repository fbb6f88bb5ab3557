import { systemClock } from '../../../core/clock.ts';
import type { EngineContext } from '../embedded.ts';
import { Recorder } from '../recorder.ts';
import type { LoadedScript } from '../script.ts';
import { wholeShare } from '../share.ts';

/** For the whole of a script that loads one system. @param enough ends it early; left out: nobody does */
export const engineContext = (
  script: LoadedScript,
  system: string,
  holdFrom: EngineContext['holdFrom'],
  enough = new AbortController().signal,
): EngineContext => ({
  script,
  share: wholeShare,
  clock: systemClock,
  signal: new AbortController().signal,
  enough,
  onProgress: () => undefined,
  holdFrom,
  recorderFrom: (startMs) =>
    new Recorder({
      systems: [system],
      startMs,
      windows: { hold: holdFrom(startMs) },
      thresholds: script.options.thresholds,
      metricTypes: script.metricTypes,
      firstMessageId: 1,
    }),
});
