import { expect, test } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { userAgent } from './userAgent.ts';

test("a caller names itself with the package's version", () => {
  expect(userAgent('canary')).toBe(`headroom-canary/${packageJson.version}`);
});
