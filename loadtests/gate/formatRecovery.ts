import type { Answers, RecoveryFile, SystemRecovery } from '../../records/recovery.ts';

const words: Record<SystemRecovery['answer'], string> = {
  recovered: 'recovered',
  notRecovered: 'NOT RECOVERED',
  inconclusive: 'inconclusive',
};

/** Each system before, during and after the spike, and whether it recovered. */
export const formatRecovery = ({ systems }: RecoveryFile): string =>
  systems
    .map(
      ({ system, answer, reason, before, during, after, backAfterSeconds }) =>
        `${system}: ${words[answer]}, ${reason} (before ${inWords(before)}; spike ${inWords(during)}; ` +
        `after ${inWords(after)}; ${backAfterSeconds === null ? 'never back' : `back after ${backAfterSeconds} s`})`,
    )
    .join('\n');

const inWords = ({ requests, failed, latencyP95Ms }: Answers): string =>
  `${failed} of ${requests} failed, p95 ${latencyP95Ms === null ? 'no data' : `${latencyP95Ms.toFixed(1)} ms`}`;
