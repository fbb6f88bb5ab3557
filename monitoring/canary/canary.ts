import type { Clock } from '../../core/clock.ts';
import type { Discovery } from '../../fleet/discovery.ts';
import { StageNotFoundError } from '../../fleet/errors.ts';
import type { PublishedDocument } from '../../fleet/systemDocument.ts';
import { checkHealth, unhealthy, type Bounds, type Health } from './checkHealth.ts';

/** Where the canary's findings go. */
export interface CanaryOutput {
  /** Told of each system as soon as it is known: what was measured before a crash still counts. */
  system(system: string, health: Health, atMs: number): void;
  /** Told once, when every system is known. */
  fleet(unhealthySystems: readonly string[], total: number, atMs: number): void;
}

export interface CanaryOptions {
  /** The stage's systems, newly read. */
  discover: () => Promise<Discovery>;
  /** The headers by which the canary shows a system that it may ask. */
  headersFor: (
    document: PublishedDocument,
    url: URL,
    atMs: number,
  ) => Promise<Readonly<Record<string, string>>>;
  clock: Clock;
  bounds: Bounds;
  /** Of the healthcheck, below an API's URL. */
  healthPath: string;
  output: CanaryOutput;
}

/**
 * Asks every system for its health, all at once, each within its own deadline and never again: no system can
 * keep another's result waiting.
 * @returns a function that takes the configured systems, which are the denominator whatever is published,
 *   and the time that the metrics will bear.
 */
export function createCanary(
  options: CanaryOptions,
): (configured: readonly string[], atMs: number) => Promise<void> {
  const { headersFor, clock, bounds, healthPath, output } = options;

  const look = async (document: PublishedDocument | Error | undefined): Promise<Health> => {
    if (!document) return unhealthy('unpublished', 'its document is not there: was it deployed?');
    if (document instanceof Error) return unhealthy('unpublished', document.message);
    try {
      const url = new URL(document.healthcheckUrl ?? `${document.api.url}${healthPath}`);
      const headers = await headersFor(document, url, clock.now());
      // What another service answers with a 200 is its own affair.
      return await checkHealth(url, headers, { ...bounds, saysOk: !document.adopted });
    } catch (error) {
      return unhealthy('unreachable', error instanceof Error ? error.message : String(error));
    }
  };

  return async (configured, atMs) => {
    const { systems, unreadable } = await discoverOrNone(options);
    const documents = new Map([...systems, ...unreadable].map((document) => [document.system, document]));
    const ill: string[] = [];
    await Promise.all(
      configured.map(async (system) => {
        const health = await look(documents.get(system));
        if (!health.healthy) ill.push(system);
        output.system(system, health, atMs);
      }),
    );
    output.fleet(ill.sort(), configured.length, atMs);
  };
}

/** A stage of which nothing is published is one in which no system is healthy. */
async function discoverOrNone({ discover }: CanaryOptions): Promise<Discovery> {
  try {
    return await discover();
  } catch (error) {
    if (error instanceof StageNotFoundError) return { systems: [], unreadable: [] };
    throw error;
  }
}
