import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { formatSpread, median } from '../../core/statistics.ts';

export interface Comparison {
  title: string;
  /** The module that is run in a fresh process for each measurement; it calls `measured`. */
  script: string;
  /** Ratios are taken to the first. */
  variants: readonly string[];
  unit: string;
  /** Handed to the processes, beside the variant. */
  input: unknown;
  rounds?: number;
}

/**
 * Measures variants side by side: every round runs each once, in a process of its own, in alternating
 * order. Prints the median of each, and its ratio to the first with the spread over the rounds.
 */
export async function compare({
  title,
  script,
  variants,
  unit,
  input,
  rounds = 5,
}: Comparison): Promise<void> {
  const results = new Map(variants.map((variant) => [variant, [] as number[]]));
  for (let round = 0; round < rounds; round += 1) {
    for (const variant of round % 2 === 0 ? variants : variants.toReversed()) {
      results.get(variant)?.push(await measure(script, variant, input));
    }
  }
  const baseline = results.get(variants[0] ?? '') ?? [];
  console.log(`\n${title} (${unit}; ${rounds} rounds)`);
  for (const [variant, values] of results) {
    const ratios = values.map((value, round) => value / (baseline[round] ?? Number.NaN));
    console.log(
      `  ${variant.padEnd(24)} ${format(median(values)).padStart(10)}   × ${formatSpread(ratios, format)}`,
    );
  }
}

async function measure(script: string, variant: string, input: unknown): Promise<number> {
  const child = fork(fileURLToPath(script), [variant, JSON.stringify(input)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const [message] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [unknown];
  if (typeof message !== 'object' || message === null)
    throw new Error(`${variant}: ended with ${String(message)}\n${errors}`);
  if (child.connected) child.disconnect();
  if (child.exitCode === null) await once(child, 'exit');
  return (message as { value: number }).value;
}

/** In a process that measures: which variant, on what. Undefined in the one that compares. */
export function assignment(): { variant: string; input: unknown } | undefined {
  const [variant, input] = process.argv.slice(2);
  return process.send && variant !== undefined && input !== undefined
    ? { variant, input: JSON.parse(input) as unknown }
    : undefined;
}

/** In a process that measures: hands over the result. */
export const measured = (value: number): void => void process.send?.({ value });

/** Repeats work one after another for about `durationMs`; times a second. */
export async function perSecond(durationMs: number, work: () => Promise<unknown>): Promise<number> {
  for (const warmUntil = performance.now() + durationMs / 4; performance.now() < warmUntil;) await work();
  const startMs = performance.now();
  let count = 0;
  while (performance.now() - startMs < durationMs) {
    await work();
    count += 1;
  }
  return count / ((performance.now() - startMs) / 1_000);
}

const format = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
