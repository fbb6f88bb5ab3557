import { expect, it } from 'vitest';
import { makeProgram } from './program.ts';
import { silentContext } from './testing/silentContext.ts';
import { UsageError } from '../operations/errors.ts';

const deploy = async (...options: string[]): Promise<void> => {
  const words = ['deploy', ...options];
  const program = await makeProgram(silentContext(), () => {}, words);
  await program.parseAsync(words, { from: 'user' });
};

it.each([
  [['--stage', 'local'], /started by "headroom up"/],
  [['--stage', 'test-1'], /HEADROOM_STAGE=test-1 npx cdk deploy "test-1-\*"/],
  [
    ['--stage', 'prod', '--system', 'nowhere'],
    /no system "nowhere" in the configuration; expected one of system-01/,
  ],
  [
    ['--stage', 'local', '--config', 'examples/orders/fleet.config.ts', '--system', 'shop-01'],
    /started by "headroom up"/,
  ],
])('headroom deploy %s is refused, with what to do', async (options, message) => {
  await expect(deploy(...options)).rejects.toThrow(UsageError);
  await expect(deploy(...options)).rejects.toThrow(message);
});
