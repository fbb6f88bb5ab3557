import type { DatabaseEngine } from '../fleet/adoption/database.ts';
import type { WholeSystem } from '../fleet/monitoredSystem.ts';
import type { DatabaseNeeds, DatabaseSignals } from './databaseSignalIds.ts';
import { rdsNeeds, rdsSignalsOf } from './rdsSignals.ts';
import { redshiftNeeds, redshiftSignalsOf } from './redshiftSignals.ts';

/** What a system must have for each signal of a database of this kind. */
export const databaseNeedsOf = (engine: DatabaseEngine): DatabaseNeeds =>
  engine === 'redshift' ? redshiftNeeds : rdsNeeds;

/** What of a database is used, by the metrics of its kind. */
export const databaseSignalsOf = (names: WholeSystem, periodSeconds: number): DatabaseSignals =>
  names.engine === 'redshift' ? redshiftSignalsOf(names, periodSeconds) : rdsSignalsOf(names, periodSeconds);
