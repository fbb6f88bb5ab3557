import { RDSDataClient } from '@aws-sdk/client-rds-data';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../core/testing/virtualClock.ts';
import { paced } from '../fleet/pacedClient.ts';
import { alarmName } from '../fleet/names.ts';
import { systemDocumentName } from '../fleet/systemDocument.ts';
import { documentOf } from '../fleet/testing/systemDocument.ts';
import { startTestEndpoint } from '../local/aws/testing/testEndpoint.ts';
import { compositeIds } from '../monitoring/alarms/telling.ts';
import { limits } from '../monitoring/limits.ts';
import { describeAlarms } from '../monitoring/namedAlarms.ts';
import { createProbe } from '../monitoring/probe/probe.ts';
import { ThrottledDataApi } from '../monitoring/probe/testing/throttledDataApi.ts';
import { runSql } from '../service/redshift/dataApi.ts';
import { eachSystem } from './eachSystem.ts';
import { findSystems } from './target.ts';

const systems = Array.from({ length: 50 }, (_, index) =>
  documentOf(`s${String(index).padStart(2, '0')}`, 'https://api.example'),
);

describe('fifty systems from one command, within the rates of their account', () => {
  it('gets rows of every database, in the minute in which the probe asks all of them too', async () => {
    const clock = new VirtualClock();
    const dataApi = new ThrottledDataApi({ clock, roundTripMs: 15, statementMs: () => 400 });
    let answered = 0;
    const probe = createProbe({
      discover: async () => ({ systems, unreadable: [] }),
      provenPeaks: async () => ({ peaks: new Map(), unreadable: [] }),
      dataApi: paced(dataApi.client(), { share: limits.utilizationPercent / 100, clock }),
      rdsDataApi: new RDSDataClient({}),
      clock,
      statementsPerSecond: 16,
      times: limits.probe,
      output: {
        publish: () => undefined,
        provenPeak: () => undefined,
        told: (count) => (answered = count.answered),
        failed: () => undefined,
        peakUnknown: () => undefined,
      },
    });
    // Three statements of each system, all systems at once: as a drill looks at their sessions.
    const client = paced(dataApi.client(), { share: limits.apiShare.tools, clock });
    const looked = eachSystem(
      systems,
      async ({ cluster }) => {
        const { identifier, database, adminSecretArn: secretArn } = cluster;
        const api = { client, cluster: { identifier, database, secretArn }, clock };
        for (let each = 0; each < 3; each += 1) await runSql(api, 'SELECT connections');
      },
      { atOnce: systems.length },
    );
    await clock.run(Promise.all([probe(clock.now()), looked]));
    expect(answered).toBe(50);
    expect(dataApi.served.get('GetStatementResult')).toBeGreaterThanOrEqual(200);
    // 150 at half of 20 a second, and a pause for each time that both were too many.
    expect(clock.passedMs).toBeLessThan(limits.drill.endSessionsWithinMs / 2);
  }, 120_000);

  it('finds them page by page, and asks for their alarms in a few calls', async () => {
    const endpoint = await startTestEndpoint();
    try {
      const ssm = new SSMClient(endpoint.clientConfig);
      for (const document of systems) {
        const Name = systemDocumentName('qa', document.system);
        await ssm.send(new PutParameterCommand({ Name, Value: JSON.stringify(document), Type: 'String' }));
      }
      expect(await findSystems({ ssm }, 'qa', [])).toEqual(systems);
      const names = systems.flatMap(({ system }) => compositeIds.map((id) => alarmName('qa', system, id)));
      const cloudWatch = new CloudWatchClient(endpoint.clientConfig);
      // Nine a second: a look at all of them is not refused, also by a client that neither waits nor asks again.
      expect(await describeAlarms(cloudWatch, names, () => new AbortController().signal)).toEqual([]);
    } finally {
      await endpoint.close();
    }
  });
});
