import type { Feed } from '../wire.ts';

/** What the page knows of the stage. */
export interface Live {
  feed: Partial<Feed>;
  /** False: the stage does not answer any more; it may come back. */
  connected: boolean;
  /** The stage's clock minus the browser's. */
  clockOffsetMs: number;
}

const events: readonly (keyof Feed)[] = [
  'stage',
  'tick',
  'alarms',
  'systems',
  'running',
  'runs',
  'unreadable',
];

/** Listens to the stage, for as long as the page is open; `changed` is told after each event. */
export function listen(changed: (live: Live) => void): void {
  let live: Live = { feed: {}, connected: false, clockOffsetMs: 0 };
  const update = (change: Partial<Live>): void => {
    live = { ...live, ...change };
    changed(live);
  };
  const source = new EventSource('/feed');
  source.addEventListener('open', () => update({ connected: true }));
  source.addEventListener('error', () => update({ connected: false }));
  const on = (event: keyof Feed): void =>
    source.addEventListener(event, ({ data }: MessageEvent<string>) => {
      const value = JSON.parse(data) as Feed[typeof event];
      const clockOffsetMs = 'nowMs' in value ? value.nowMs - Date.now() : live.clockOffsetMs;
      update({ feed: { ...live.feed, [event]: value }, clockOffsetMs });
    });
  for (const event of events) on(event);
}

/**
 * Null when there is nothing at this address.
 * @throws Error when the stage has no answer.
 */
export async function ask<T>(path: string): Promise<T | null> {
  const response = await fetch(path);
  if (response.status === 404) return null;
  if (!response.ok) throw new Error((await response.text()).trim());
  return (await response.json()) as T;
}
