import { AwsSolutionsChecks } from 'cdk-nag';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { synthesize } from './synth.ts';
import { completeFleet, completeStages } from './testing/completeFleet.ts';
import { emptyFunctions, projectDirectory } from './testing/emptyFunctions.ts';

interface Report {
  pluginName: string;
  violations: unknown[];
  suppressedViolations: { ruleName: string; reason: string }[];
}

let directory: Awaited<ReturnType<typeof projectDirectory>>;

beforeAll(async () => {
  directory = await projectDirectory();
});
afterAll(() => directory.remove());

describe('AWS solutions rules and CloudFormation’s own', () => {
  it('find nothing in every option of every stage that is not acknowledged with a reason', async () => {
    const outputDirectory = join(directory.path, 'nag');
    await synthesize({
      fleet: completeFleet,
      stages: completeStages,
      outputDirectory,
      entries: await emptyFunctions(directory.path),
      plugins: [new AwsSolutionsChecks()],
    });
    const path = join(outputDirectory, 'validation-report.json');
    const { pluginReports } = JSON.parse(await readFile(path, 'utf8')) as {
      pluginReports: Report[];
    };
    const report = pluginReports.find(({ pluginName }) => pluginName === 'AwsSolutions')!;
    expect(report.violations).toEqual([]);
    // That nothing was found is worth something only if the rules looked.
    const acknowledged = new Set(report.suppressedViolations.map(({ ruleName }) => ruleName.split('[')[0]));
    expect(acknowledged).toEqual(
      new Set(
        ['APIG2', 'APIG4', 'APIG6', 'COG4', 'EC23', 'IAM4', 'IAM5', 'RS1', 'RS11', 'RS4', 'SMG4', 'SQS3'].map(
          (rule) => `AwsSolutions-${rule}`,
        ),
      ),
    );
    for (const { reason, ruleName } of report.suppressedViolations) {
      expect(reason.length, ruleName).toBeGreaterThan(20);
    }
    // Ten seconds of a whole core, which others share.
  }, 120_000);
});
