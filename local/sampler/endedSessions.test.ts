import { expect, it } from 'vitest';
import { EndedSessions } from './endedSessions.ts';

const session = (pid: number) => ({ pid, user: 'api', database: 'system_01', seconds: 2 });

it('hands out each ended session once, as soon as the server has waited for its process', () => {
  const sessions = new EndedSessions((pid) => (pid === 7 ? 0.25 : undefined));
  sessions.add(session(7));
  sessions.add(session(8));

  expect(sessions.take(new Set([8, 9]))).toEqual([
    { ...session(7), endedAtMs: expect.any(Number), cpuSeconds: 0.25 },
  ]);
  expect(sessions.take(new Set([9]))).toEqual([
    { ...session(8), endedAtMs: expect.any(Number), cpuSeconds: undefined },
  ]);
  expect(sessions.take(new Set())).toEqual([]);
});
