import type { Answers, SystemRecovery } from './recovery.ts';

const words: Record<SystemRecovery['answer'], string> = {
  recovered: 'recovered',
  notRecovered: 'NOT RECOVERED',
  inconclusive: 'inconclusive',
};

/** Each system before, during and after the spike, and whether it recovered. */
export const formatRecovery = (recoveries: readonly SystemRecovery[]): string =>
  recoveries
    .map(
      ({ system, answer, reason, before, during, after, troubledSeconds }) =>
        `${system}: ${words[answer]}, ${reason} (before ${inWords(before)}; spike ${inWords(during)}; ` +
        `after ${inWords(after)}; last trouble ${troubledSeconds} s after the spike's end)`,
    )
    .join('\n');

const inWords = ({ requests, failed, latencyP95Ms }: Answers): string =>
  `${failed} of ${requests} failed, p95 ${latencyP95Ms === null ? 'no data' : `${latencyP95Ms.toFixed(1)} ms`}`;
