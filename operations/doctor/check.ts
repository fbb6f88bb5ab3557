/** What was found about one thing that a stage needs before anybody can rely on it. */
export interface Finding {
  check: string;
  /** `missing` must be mended; `unknown` could not be asked; `later` is missing, and holds no deployment up. */
  state: 'ok' | 'missing' | 'unknown' | 'later';
  /** What is there, or what to do. */
  text: string;
}

export const ok = (check: string, text: string): Finding => ({ check, state: 'ok', text });
export const missing = (check: string, text: string): Finding => ({ check, state: 'missing', text });

/** What is missing until the deployment brings it, or no reason to hold one up. */
export const later = (check: string, text: string): Finding => ({ check, state: 'later', text });

/** Asks, and takes an error for what is not known: one question that fails spoils no other. */
export async function asked(check: string, ask: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await ask();
  } catch (error) {
    return [unknown(check, error)];
  }
}

/** What could not be asked, of one system where it is one's. */
export function unknown(check: string, error: unknown, system?: string): Finding {
  const text = error instanceof Error ? error.message || error.name : String(error);
  const whose = system === undefined ? '' : `${system}: `;
  return { check, state: 'unknown', text: `${whose}could not be asked: ${text}` };
}
