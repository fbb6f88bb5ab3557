import { paginateFilterLogEvents, type CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { functionProperties } from '../../service/metrics.ts';

const { storedAfterMs: storedAfterProperty } = functionProperties;

/**
 * How long after they occurred the messages of a system were stored, in milliseconds: what its subscriber told in its
 * log, batch by batch.
 * @param startMs of the window in milliseconds since the epoch, to its end `endMs`, which is not in it
 */
export async function storedAges(
  client: CloudWatchLogsClient,
  logGroupName: string,
  { startMs, endMs }: { startMs: number; endMs: number },
  signal: AbortSignal,
): Promise<number[]> {
  const ages: number[] = [];
  const pages = paginateFilterLogEvents(
    { client },
    // Its end is inclusive.
    { logGroupName, startTime: startMs, endTime: endMs - 1, filterPattern: `"${storedAfterProperty}"` },
    { abortSignal: signal },
  );
  for await (const { events = [] } of pages)
    for (const { message = '' } of events) for (const age of agesIn(message)) ages.push(age);
  return ages;
}

function agesIn(line: string): number[] {
  try {
    const told: unknown = (JSON.parse(line) as Record<string, unknown>)[storedAfterProperty];
    return Array.isArray(told) ? told.filter((age): age is number => typeof age === 'number') : [];
  } catch {
    return [];
  }
}
