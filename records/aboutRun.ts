import { z } from 'zod';
import { place, type Place } from './fields.ts';
import type { RunFile } from './run.ts';

/** What every answer about a run begins with: which it is, and what it may be taken for. */
export const aboutRunFields = {
  runId: z.string(),
  stage: z.string(),
  place,
  rehearsal: z.boolean(),
};

/** @param where the run, and all that was asked about it, took place (`placeOfAll`) */
export const aboutRun = ({ runId, stage }: RunFile, where: Place) => ({
  runId,
  stage,
  place: where,
  rehearsal: where === 'local',
});
