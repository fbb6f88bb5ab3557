/**
 * Minutes between two runs of a schedule expression such as `rate(1 minute)` or `rate(2 hours)`.
 * @throws Error for anything else; cron expressions are not run on this machine.
 */
export function rateMinutes(expression: string): number {
  const match = /^rate\((\d+) (minute|hour|day)(s?)\)$/.exec(expression);
  const value = Number(match?.[1]);
  // EventBridge insists on the singular for one and the plural for more.
  if (!match || value < 1 || (value === 1) !== (match[3] === '')) {
    throw new Error(
      `schedule "${expression}": expected rate(1 minute), rate(N minutes), rate(N hours) or rate(N days)`,
    );
  }
  const minutesOf = { minute: 1, hour: 60, day: 1_440 };
  return value * minutesOf[match[2] as keyof typeof minutesOf];
}
