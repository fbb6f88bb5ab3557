import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseVersionedJson } from '../core/versionedJson.ts';
import { provenPeakSchema } from '../monitoring/provenPeak.ts';
import { breakpointFileSchema } from './breakpoint.ts';
import { comparisonFileSchema } from './comparison.ts';
import { drillResultSchema } from './drill.ts';
import { deliveryFileSchema } from './delivery.ts';
import { deploymentEvidenceSchema } from './deploymentEvidence.ts';
import { exportFileSchema } from './export.ts';
import { journalEntrySchema } from './journal.ts';
import { partFileSchema } from './part.ts';
import { publishedRowsSchema } from './publishedRows.ts';
import { recoveryFileSchema } from './recovery.ts';
import { runFileSchema } from './run.ts';
import { seenMessagesSchema } from './seenMessages.ts';
import { runningSchema } from './running.ts';
import { sizeFileSchema } from './size.ts';
import {
  completeBreakpoint,
  completeRun,
  completeSize,
  completeVerdict,
  exampleComparison,
  exampleDelivery,
  exampleDrill,
  exampleDeploymentEvidence,
  exampleExport,
  exampleJournal,
  examplePart,
  exampleProvenPeak,
  examplePublishedRows,
  exampleRecovery,
  exampleSeenMessages,
  exampleRunning,
} from './testing/examples.ts';
import { mutantsOf } from './testing/mutations.ts';
import { verdictFileSchema } from './verdict.ts';

const [, intent] = exampleJournal;

describe.each<[string, z.ZodType, object]>([
  ['run', runFileSchema, completeRun],
  ['part', partFileSchema, examplePart],
  ['export', exportFileSchema, exampleExport],
  ['verdict', verdictFileSchema, completeVerdict],
  ['recovery', recoveryFileSchema, exampleRecovery],
  ['breakpoint', breakpointFileSchema, completeBreakpoint],
  ['delivery', deliveryFileSchema, exampleDelivery],
  ['seenMessages', seenMessagesSchema, exampleSeenMessages],
  ['comparison', comparisonFileSchema, exampleComparison],
  ['size', sizeFileSchema, completeSize],
  ['drill', drillResultSchema, exampleDrill],
  ['journalEntry', journalEntrySchema, intent],
  ['publishedRows', publishedRowsSchema, examplePublishedRows],
  ['running', runningSchema, exampleRunning],
  ['evidence', deploymentEvidenceSchema, exampleDeploymentEvidence],
  ['provenPeak', provenPeakSchema, exampleProvenPeak],
])('the record %s', (name, schema, example) => {
  const exported = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const takes = addFormats.default(new Ajv2020()).compile(exported);

  it('has its JSON Schema beside it (vitest -u writes it)', async () => {
    await expect(`${JSON.stringify(exported, null, 2)}\n`).toMatchFileSnapshot(
      `./schemas/${name}.schema.json`,
    );
  });

  it('is taken by its JSON Schema when readers take it, and only then; or they name the field', () => {
    expect(takes(example), JSON.stringify(takes.errors)).toBe(true);
    let refused = 0;
    fc.assert(
      fc.property(mutantsOf(example), ({ what, text, naming }) => {
        const read = parseVersionedJson(schema, text);
        expect([what, read.state === 'readable']).toEqual([what, isJson(text) && takes(JSON.parse(text))]);
        if (read.state === 'readable') return;
        refused += 1;
        expect(read.problem).toMatch(naming);
      }),
      { numRuns: 300 },
    );
    expect(refused).toBeGreaterThan(100);
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
