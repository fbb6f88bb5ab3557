import { expect, it } from 'vitest';
import { systemClock } from '../core/clock.ts';
import { UsageError } from './errors.ts';
import { loadStage } from './loadStage.ts';
import type { Target } from './target.ts';

it('refuses a load that would outlast the credentials it is signed with', async () => {
  const expiration = new Date(Date.now() + 3_600_000);
  const credentials = () => Promise.resolve({ accessKeyId: 'id', secretAccessKey: 'secret', expiration });
  const target = {
    stage: 'qa',
    configurationHash: '',
    fleet: { service: { profiles: {} } },
    connection: { place: 'aws', clients: { sns: { config: { credentials } } } },
    systems: [],
  } as unknown as Target;
  const context = {
    clock: systemClock,
    random: () => 0,
    signal: new AbortController().signal,
    output: { progress: () => {} },
    stateDirectory: 'never',
    currentCommit: () => Promise.resolve(null),
  };
  const soak = { profile: 'soak', engine: 'embedded' as const, rampSeconds: 300, holdSeconds: 7_200 };
  const refused = loadStage(context, target, soak, 'never');
  await expect(refused).rejects.toThrow(UsageError);
  await expect(refused).rejects.toThrow(
    `these credentials expire at ${expiration.toISOString()}, before the 7500 s of this run are over`,
  );
});
