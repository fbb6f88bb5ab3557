/**
 * A process that revokes a system's rule and hangs, to be killed: `node killedDrill.ts URL JOURNAL SYSTEMS`.
 * Says `injected` when the fault is in place.
 */
import type { SystemDocument } from '../../monitoring/systemDocument.ts';
import { systemClock } from '../../service/clock.ts';
import { FaultLedger } from '../faultLedger.ts';
import type { DrillClients } from '../faults/fault.ts';
import { revokeIngressRule } from '../faults/revokeIngressRule.ts';
import { openJournal } from '../journal.ts';
import { clientsAt } from './securityGroupStage.ts';

const [, , url = '', journalPath = '', systems = '[]'] = process.argv;
const journal = await openJournal(journalPath);
await journal.append({
  kind: 'begin',
  schemaVersion: 1,
  at: new Date().toISOString(),
  drillId: 'killed',
  drill: 'revoke-db-ingress',
  stage: 'test',
  place: 'local',
});
const ledger = new FaultLedger({
  faults: [revokeIngressRule],
  systems: JSON.parse(systems) as SystemDocument[],
  clients: clientsAt(url) as DrillClients,
  journal,
  clock: systemClock,
  undoneWithinMs: 60_000,
  onProgress: (line) => console.error(line),
});
await ledger.injectAll(new AbortController().signal);
console.log('injected');
setInterval(() => undefined, 60_000);
