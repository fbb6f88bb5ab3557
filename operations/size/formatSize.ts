import { oneVcpuMiB } from '../../fleet/lambdaCpu.ts';
import { wrap } from '../../loadtests/gate/wrap.ts';
import type { MeasuredSize, SizeFile } from '../../records/size.ts';

/** The sizes as a table, and what follows. */
export function formatSize(record: SizeFile, width: number): string {
  const { sizes, system, functionName, presentMiB, batch } = record;
  const rows = [
    ['MiB', 'p50', 'p95', 'p99', 'CPU', 'used', 'cold', `USD a million${batch ? ' batches' : ''}`],
    ...sizes.map((size) => rowOf(size, presentMiB)),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const doubts = sizes.flatMap((size) => size.doubts.map((doubt) => `${size.memoryMiB} MiB: ${doubt}`));
  const calls = batch ? `batches of ${batch.messages} messages` : 'invocations';
  return [
    `${system}, ${functionName}: ms of warm ${calls}, ${record.requestsPerSecond.toFixed(1)} a second of each size`,
    ...rows.map((row) => `  ${row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  ')}`),
    ...(doubts.length === 0 ? [] : ['Nothing is concluded about these:']),
    ...doubts.flatMap((doubt) => wrap(doubt, width - 2).map((line) => `  ${line}`)),
    ...answerInWords(record).flatMap((sentence) => wrap(sentence, width)),
  ].join('\n');
}

const rowOf = (size: MeasuredSize, presentMiB: number): string[] => {
  const { memoryMiB, durationMs, cpuPercent, usedMiB, coldStartMs, usdAMillion, keepsReserve } = size;
  const ms = (value: number | undefined): string => (value === undefined ? '-' : value.toFixed(1));
  return [
    `${memoryMiB}${memoryMiB === presentMiB ? ' now' : ''}${size.doubts.length > 0 ? ' ?' : ''}`,
    ...[durationMs?.p50, durationMs?.p95, durationMs?.p99].map(ms),
    cpuPercent === null ? '-' : `${cpuPercent.toFixed(0)} %`,
    usedMiB === null
      ? '-'
      : `${((100 * usedMiB) / memoryMiB).toFixed(0)} %${keepsReserve === false ? ' !' : ''}`,
    coldStartMs === null ? '-' : coldStartMs.toFixed(0),
    usdAMillion === null ? '-' : usdAMillion.toFixed(3),
  ];
};

function answerInWords({ answer, sizes, presentMiB, batch, function: role = 'api' }: SizeFile): string[] {
  if (answer === null) return ['No size was measured well enough to conclude anything.'];
  const { cheapestMiB, asCheapMiB, quickestMiB, asQuickMiB, adviceMiB, usdAMonth } = answer;
  const withFull = batch ? `, with a batch of ${batch.largest} messages` : '';
  const kept = sizes.filter(({ keepsReserve }) => keepsReserve === true).map(({ memoryMiB }) => memoryMiB);
  return [
    `Cheapest: ${cheapestMiB} MiB${alike(asCheapMiB)}. Fastest: ${quickestMiB} MiB${alike(asQuickMiB)}.`,
    kept.length === 0
      ? `None of them keeps 20 % of its memory in reserve${withFull}: measure larger ones.`
      : `These keep 20 % of their memory in reserve${withFull}: ${kept.join(', ')} MiB.`,
    ...cpuInWords(sizes, presentMiB),
    ...(adviceMiB === null
      ? []
      : adviceMiB === presentMiB
        ? [`The present ${presentMiB} MiB is the cheapest of those.`]
        : [
            `The cheapest of those: ${role}.memoryMiB ${adviceMiB} instead of ${presentMiB}` +
              (usdAMonth === null ? '.' : `, ${usdInWords(usdAMonth)} a month at the whole peak.`),
          ]),
  ];
}

const alike = (sizes: readonly number[]): string =>
  sizes.length === 0 ? '' : ` (${sizes.join(', ')} cannot be told apart from it)`;

const usdInWords = (usd: number): string => `${Math.abs(usd).toFixed(2)} USD ${usd < 0 ? 'less' : 'more'}`;

function cpuInWords(sizes: readonly MeasuredSize[], presentMiB: number): string[] {
  const percent = sizes.find(({ memoryMiB }) => memoryMiB === presentMiB)?.cpuPercent ?? null;
  if (percent === null) return [];
  const share = `${percent.toFixed(0)} % of a warm invocation at ${presentMiB} MiB is computing, the rest is waiting`;
  return [
    percent < littleCpuPercent
      ? `${share}: more memory, and with it more CPU, hardly makes it faster.`
      : `${share}: more memory means more CPU, up to one vCPU at ${oneVcpuMiB} MiB.`,
  ];
}

/** Less than this, and a size twice as large is quicker by a tenth at the most. */
const littleCpuPercent = 20;
