/**
 * Exit codes are an API. When several hold, the strongest wins; this is their order.
 *
 * | code | meaning                                                        |
 * | 130  | interrupted                                                    |
 * | 2    | wrong usage or configuration, or a record that cannot be read  |
 * | 1    | a bug, or something unforeseen                                 |
 * | 11   | inconclusive answer, or invalid drill                          |
 * | 10   | gate, drill or comparison failed, spike not recovered, leftovers |
 * | 99   | a k6 threshold failed                                          |
 * | 0    | passed                                                         |
 */
export const exitCodes = {
  interrupted: 130,
  usage: 2,
  bug: 1,
  inconclusive: 11,
  failed: 10,
  threshold: 99,
  passed: 0,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const strongestFirst: readonly ExitCode[] = [130, 2, 1, 11, 10, 99, 0];

/** The code that speaks for all of them; 0 for none. */
export const strongest = (codes: readonly ExitCode[]): ExitCode =>
  strongestFirst.find((code) => codes.includes(code)) ?? exitCodes.passed;
