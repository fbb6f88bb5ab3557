import type { ExportFile } from '../../records/export.ts';
import { systemTags } from '../runner/k6Launcher.ts';

/** A load that is to be run elsewhere, with all that its engines need. */
export interface ExportPlan {
  file: ExportFile;
  /** `load.js`: the profile's script as one plain k6 file. */
  script: string;
  /** How long the run takes, from its first second to its last. */
  runSeconds: number;
  /** At most, requests and messages of all systems together. */
  perSecond: number;
  /** Instances of one core that this takes, each with its reserve. */
  neededInstances: number;
  /** What the generators' role must allow; null where there is no IAM. */
  policy: object | null;
}

/** What an engine takes, by the names of files in the folder. */
export type ExportedFiles = Readonly<Record<string, string | Uint8Array | { text: string; mode: number }>>;

/** Makes every point tell whose it is, and leaves judging to the whole: an instance sees only its part. */
export const k6Flags = ({ file }: ExportPlan): string[] => [
  '--no-thresholds',
  '--no-usage-report',
  '--system-tags',
  systemTags,
  '--tag',
  `headroom_run=${file.runId}`,
];

/** Of k6's points, compressed, of all instances: 4 KB a request become a twentieth. */
export const pointsGiB = ({ perSecond, runSeconds }: ExportPlan): number =>
  Math.max(1, Math.ceil((perSecond * runSeconds * 4_000) / 20 / 2 ** 30));

/** How many instances it takes, for the README of an export. */
export const sizeInWords = ({ file, perSecond, neededInstances }: ExportPlan): string =>
  `It sends up to ${Math.round(perSecond)} requests a second. That takes ${neededInstances} ` +
  `${neededInstances === 1 ? 'instance' : 'instances'} of one core with 20 % left idle, and is shared by ` +
  `${file.instances}${file.instances < neededInstances ? ': too few, their own CPU would be in the latencies' : ''}.`;

/** The last of the commands: what was measured becomes a run. */
export const collectCommand = 'npx headroom collect --export . results';
