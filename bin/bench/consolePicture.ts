/**
 * Takes docs/console.png anew: the application dashboard of a stage on this machine after a peak and a drill.
 *
 *   node bin/bench/consolePicture.ts
 *
 * It takes about four minutes, on a machine that does nothing else meanwhile: other work shows as slow answers and
 * alarms. There is no picture of a stage that did not pass. The stage is one of its own and ends with this process.
 */
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { launchBrowser, openPage } from '../../console/testing/browser.ts';
import { requireRunningStage } from '../../local/stageFile.ts';
import { alarmStates } from '../../operations/alarmStates.ts';
import { projectDirectory } from '../directories.ts';
import { startLocalStage } from '../localStage.ts';
import { terminalOutput } from '../output.ts';

const picture = join(projectDirectory, 'docs', 'console.png');
/** Peak, gate and drill stay within the five minutes that the picture shows. */
const quietWithinMs = 60_000;

const stateDirectory = await mkdtemp(join(tmpdir(), 'headroom-picture-'));
process.env['HEADROOM_STATE_DIRECTORY'] = stateDirectory;
const headroom = (...words: string[]): void => {
  const { status } = spawnSync(process.execPath, [join(projectDirectory, 'bin/headroom.ts'), ...words], {
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error(`headroom ${words.join(' ')} ended with ${status}: no picture is taken`);
};

const stage = await startLocalStage(
  [],
  terminalOutput(process.stdout, process.stderr),
  new AbortController().signal,
);
try {
  headroom('load', 'peak', '--hold', '60');
  headroom('gate');
  headroom('chaos', 'revoke-db-ingress', '--wait');
  const {
    endpointUrl: endpoint,
    region,
    credentials,
    consoleUrl,
  } = await requireRunningStage(stateDirectory, 'local');
  const cloudWatch = new CloudWatchClient({ endpoint, region, credentials });
  const untilMs = Date.now() + quietWithinMs;
  while (Date.now() < untilMs) {
    if ((await alarmStates(cloudWatch)).every(({ state }) => state !== 'ALARM')) break;
    await sleep(2_000);
  }
  const browser = await launchBrowser();
  const { page } = await openPage(browser, `${consoleUrl}#/dashboard/local-fleet-application?minutes=5`, {
    colorScheme: 'light',
  });
  await page.locator('.legend .value', { hasText: /\d/ }).nth(5).waitFor();
  await page.screenshot({ path: picture });
  await browser.close();
  process.stdout.write(`${picture}\n`);
} finally {
  await stage.stop();
  await rm(stateDirectory, { recursive: true, force: true });
}
