import { systemClock } from '../../../core/clock.ts';
import { runLoad } from '../load.ts';
import { testCredentials } from './fakeApi.ts';
import { systemAt } from './systems.ts';

// A process to be killed: runs the k6 of its PATH for an hour, and tells each line of it.
const [runDirectory = ''] = process.argv.slice(2);
await runLoad({
  profile: 'peak',
  stage: 'test',
  place: 'local',
  systems: [systemAt('system-01', 'http://127.0.0.1:1/prod', 10)],
  engine: 'k6',
  rampSeconds: 0,
  holdSeconds: 3_600,
  runDirectory,
  configurationHash: 'c0ffee',
  commit: null,
  credentials: testCredentials,
  clock: systemClock,
  onProgress: (line) => process.send?.(line),
});
