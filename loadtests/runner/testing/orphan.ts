import { runLoad } from '../load.ts';
import { loadOptions } from './loadOptions.ts';
import { systemAt } from './systems.ts';

// A process to be killed: runs the k6 of its PATH for an hour, and tells each line of it.
const [runDirectory = ''] = process.argv.slice(2);
const systems = [systemAt('system-01', 'http://127.0.0.1:1/prod', 10)];
await runLoad(
  loadOptions(
    { profile: 'peak', systems, runDirectory },
    { engine: 'k6', rampSeconds: 0, holdSeconds: 3_600, onProgress: (line) => process.send?.(line) },
  ),
);
