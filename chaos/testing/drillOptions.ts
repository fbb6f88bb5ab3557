import type { DrillOptions } from '../drillOptions.ts';
import { drillNamed } from '../drills/index.ts';
import type { ScriptedStage } from './scriptedStage.ts';
import { service } from '../../service/testing/service.ts';

/** A drill of the scripted stage, on this machine and by this process. */
export const drillOptions = (
  name: string,
  stage: ScriptedStage,
  where: Pick<DrillOptions, 'clock' | 'directory'>,
): DrillOptions => ({
  ...where,
  drill: drillNamed(name),
  stage: 'test',
  production: false,
  place: 'local',
  service: service.definition,
  systems: [stage.document],
  // So few that nobody is told of the fleet.
  scope: { stageSystems: 3, share: null },
  clients: stage.clients,
  periodSeconds: 10,
  load: stage.load,
  wait: false,
  owner: { process: '1 1', host: 'here' },
  firstId: 5_000_000_000,
  signal: new AbortController().signal,
  onProgress: () => undefined,
  live: { everyMs: 15_000, say: () => undefined },
});
