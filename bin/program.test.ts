import { afterEach, describe, expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { Headroom } from './testing/headroom.ts';

const running: Headroom[] = [];
afterEach(async () => {
  for (const headroom of running.splice(0)) {
    headroom.child.kill('SIGKILL');
    await headroom.exited;
  }
});

async function said(...words: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const headroom = new Headroom(...words);
  running.push(headroom);
  const code = await headroom.exited;
  const { stdout, stderr } = headroom;
  return { code, stdout, stderr };
}

describe('headroom', () => {
  it('says its version', async () => {
    expect(await said('--version')).toEqual({ code: 0, stdout: `${packageJson.version}\n`, stderr: '' });
  });

  it('refuses a rate for a load that has none, naming the options and a load that has one', async () => {
    const { code, stderr } = await said('load', 'smoke', '--ramp', '5', '--rate-scale', '2');
    expect(code).toBe(2);
    expect(stderr).toBe(
      'headroom: smoke sends each request once, at no rate: leave out --ramp, --rate-scale, or run peak.\n',
    );
  });
});
