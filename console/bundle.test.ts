import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

it.each(['main', 'reportFile'])('%s.ts takes types alone from the rooms of the stage', async (entry) => {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [`console/web/${entry}.ts`],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    logLevel: 'silent',
  });
  const files = Object.keys(metafile.inputs);
  expect(files.length).toBeGreaterThan(10);
  const ours = files.filter((file) => !file.startsWith('node_modules/'));
  // What it says and draws as the terminal does; files that import nothing but types and each other.
  const shared = ours.filter((file) => !file.startsWith('console/web/'));
  expect(shared.toSorted()).toEqual([
    'core/counted.ts',
    'core/statistics.ts',
    'loadtests/gate/adviceInWords.ts',
    'monitoring/rehearsal.ts',
    'records/comparisonInWords.ts',
    'records/drillAxis.ts',
    'records/drillScope.ts',
    'records/headroomPicture.ts',
    'records/questionTitles.ts',
    'records/whatDidNotPass.ts',
  ]);
  expect(files.filter((file) => file.includes('node_modules/zod/'))).toEqual([]);
});
