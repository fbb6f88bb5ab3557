import { describe, expect, it } from 'vitest';
import { parseDisconnection } from './endedSession.ts';

describe('parseDisconnection', () => {
  it('reads whose session ended, in which process, and how old it was', () => {
    const line =
      '2026-11-26 14:54:09.434 UTC [30631] LOG:  disconnection: session time: 1:02:03.045 ' +
      'user=system_01_api database=system_01 host=127.0.0.1 port=50740';
    expect(parseDisconnection(line)).toEqual({
      pid: 30_631,
      user: 'system_01_api',
      database: 'system_01',
      seconds: 3_723.045,
    });
  });

  it('leaves every other line to the log', () => {
    expect(
      parseDisconnection('2026-11-26 14:54:09.434 UTC [7] FATAL:  the database system is shutting down'),
    ).toBe(undefined);
  });
});
