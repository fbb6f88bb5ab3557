import { counted } from '../core/counted.ts';
import { describeError } from '../core/describeError.ts';
import type { PublishedDocument } from '../fleet/systemDocument.ts';
import type { RunFile } from '../records/run.ts';
import type { OperationContext } from './context.ts';
import { failureKinds } from './failureKinds.ts';
import { loggedErrors, probeLogGroupOf } from './loggedErrors.ts';
import type { Target } from './target.ts';

/** Kinds that are named before the rest is counted. */
const named = 3;

/**
 * The failures that functions and probe logged most often while a run lasted, as lines beside its verdict. Logs that cannot be
 * asked are said, and change no verdict.
 * @throws the signal's reason
 */
export async function failuresOfRun(
  { clock, signal }: Pick<OperationContext, 'clock' | 'signal'>,
  {
    stage,
    fleet,
    connection,
    systems,
  }: Pick<Target<PublishedDocument>, 'stage' | 'fleet' | 'systems'> & {
    connection: { clients: Pick<Target['connection']['clients'], 'logs'> };
  },
  { windows }: Pick<RunFile, 'windows'>,
): Promise<string[]> {
  const window = { startMs: Date.parse(windows.run.start), endMs: Date.parse(windows.run.end) };
  const probeLogGroup = probeLogGroupOf(fleet, stage);
  try {
    const { errors, unasked } = await loggedErrors({
      client: connection.clients.logs,
      systems,
      probeLogGroup,
      window,
      clock,
      signal,
    });
    const kinds = failureKinds(errors);
    const [first, ...others] = kinds.slice(0, named).map(({ count, errorCode, service, most, ...kind }) => {
      const where = kind.systems === 1 ? most : `${counted(kind.systems, 'system')}, most in ${most}`;
      return `${count} × ${errorCode} (${service} of ${where}${kind.cause === '' ? '' : `: ${kind.cause}`})`;
    });
    const rest = kinds.length > named ? [`and ${counted(kinds.length - named, 'other kind')}`] : [];
    return [
      ...(first === undefined ? [] : [`logged while it ran: ${[first, ...others, ...rest].join('; ')}`]),
      ...(unasked.length === 0
        ? []
        : [`not known is what these logged while it ran: ${unasked.map(({ system }) => system).join(', ')}`]),
    ];
  } catch (error) {
    signal.throwIfAborted();
    return [`what the functions logged while it ran is not known: ${describeError(error)}`];
  }
}
