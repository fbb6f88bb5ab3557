/**
 * When a scheduled run was due, Unix milliseconds: metrics bear this time rather than the invocation's, so
 * that each period gets exactly one. @param event EventBridge's; `nowMs` stands in where it says no time.
 */
export function scheduledTime(event: { time?: string }, nowMs: number): number {
  const scheduledMs = Date.parse(event.time ?? '');
  return Number.isNaN(scheduledMs) ? nowMs : scheduledMs;
}
