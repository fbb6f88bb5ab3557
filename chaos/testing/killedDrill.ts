/**
 * A process that puts a fault in place and hangs, to be killed: `node killedDrill.ts URL JOURNAL SYSTEMS FAULT`.
 * Says `injected` when the fault is in place.
 */
import { flushCompileCache } from 'node:module';
import { SNSClient } from '@aws-sdk/client-sns';
import type { SystemDocument } from '../../fleet/systemDocument.ts';
import { systemClock } from '../../core/clock.ts';
import { FaultLedger } from '../faultLedger.ts';
import type { DrillClients } from '../faults/fault.ts';
import { faultNamed } from '../faults/index.ts';
import { openJournal } from '../../records/journalFile.ts';
import { startPublisher } from '../publisher.ts';
import { clientOptionsAt, clientsAt } from './securityGroupStage.ts';
import { service } from '../../service/testing/service.ts';

const [, , url = '', journalPath = '', documents = '[]', faultName = ''] = process.argv;
const systems = JSON.parse(documents) as SystemDocument[];
const fault = faultNamed(faultName);
if (fault === undefined) throw new Error(`no fault "${faultName}"`);
const identity = { drillId: 'killed', firstId: 5_000_000_000, service };
const journal = await openJournal(journalPath);
await journal.append({
  kind: 'begin',
  schemaVersion: 1,
  at: new Date().toISOString(),
  drillId: identity.drillId,
  drill: faultName,
  stage: 'test',
  place: 'local',
});
const ledger = new FaultLedger({
  faults: [fault],
  identity,
  systems,
  clients: clientsAt(url) as DrillClients,
  journal,
  clock: systemClock,
  undoneWithinMs: 60_000,
  onProgress: (line) => console.error(line),
});
const publisher = startPublisher({
  service,
  systems,
  sns: new SNSClient(clientOptionsAt(url)),
  clock: systemClock,
  firstId: identity.firstId,
});
await ledger.injectAll({ publisher, signal: new AbortController().signal });
// Killed, it would keep nothing of what it has compiled for those after it.
flushCompileCache();
console.log('injected');
setInterval(() => undefined, 60_000);
