import { join } from 'node:path';
import { expect, it } from 'vitest';
import { contract } from '../examples/orders/contract.ts';
import { serviceSchema } from '../fleet/serviceSchema.ts';
import { profileOfLoad } from '../loadtests/runner/load.ts';
import { scriptToLoad } from './loadArgument.ts';

const service = (profiles: object = contract.profiles!) => serviceSchema.parse({ ...contract, profiles });
const script = 'scripts/browse.ts';
const path = join(contract.directory, script);

it("runs a profile of the service's contract as its script, with the hold that stands there", async () => {
  const asked = await scriptToLoad('browse', { unjudged: false }, service());
  expect(asked).toMatchObject({
    name: 'browse',
    script: { path, isHeld: true, isUnjudged: false },
    shape: { rampSeconds: 0, holdSeconds: 60 },
  });
  expect(profileOfLoad({ profile: 'browse', script: asked!.script })).toMatchObject({
    judged: 'verdict',
    seeded: false,
  });
  const longer = await scriptToLoad('browse', { unjudged: false, hold: 90 }, service());
  expect(longer?.shape).toEqual({ rampSeconds: 0, holdSeconds: 90 });
});

it('concludes nothing of one without a hold, and makes what it asks for', async () => {
  const own = service({ browse: { script, seeded: true } });
  const asked = await scriptToLoad('browse', { unjudged: false }, own);
  expect(asked?.script).toMatchObject({ isHeld: false, isUnjudged: true });
  expect(profileOfLoad({ profile: 'browse', script: asked!.script })).toMatchObject({
    judged: null,
    seeded: true,
  });
});

it("leaves the toolkit's profiles alone, and names what is missing", async () => {
  expect(await scriptToLoad('peak', { unjudged: false }, service())).toBeUndefined();
  const paced = service({ rush: { script: 'k6/peak.ts', paced: true } });
  expect(await scriptToLoad('rush', { unjudged: false }, paced)).toBeUndefined();
  const without = { ...paced, scripts: 'scripts' };
  await expect(scriptToLoad('peak', { unjudged: false }, without)).rejects.toThrow(
    /^orders has no script for peak: expected .*scripts\/peak\.ts \(its own profiles: rush\)\.$/,
  );
  await expect(scriptToLoad('brows', { unjudged: false }, service())).rejects.toThrow(
    'expected smoke, peak, spike, soak, publish, breakpoint, browse, or the path of a k6 script such as ./brows.ts.',
  );
  await expect(
    scriptToLoad('https://scripts.example/checkout.js', { unjudged: false }, service()),
  ).rejects.toThrow(
    /^https:\/\/scripts\.example\/checkout\.js is an address: expected the path of a k6 script on this machine/,
  );
  const gone = service({ browse: { script: 'scripts/none.ts' } });
  await expect(scriptToLoad('browse', { unjudged: false }, gone)).rejects.toThrow(
    /^service\.profiles\.browse\.script: no file .*none\.ts/,
  );
});
