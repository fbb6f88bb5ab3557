import { service } from '../../../service/testing/service.ts';
import { limits } from '../../../monitoring/limits.ts';
import type { ExportFile } from '../../../records/export.ts';
import { bundleForK6 } from '../../runner/bundle.ts';
import { profileNamed, scriptOf } from '../../runner/profiles.ts';
import { scriptEnvironment } from '../../runner/scriptEnvironment.ts';
import { systemAt } from '../../runner/testing/systems.ts';
import type { ExportPlan } from '../exportPlan.ts';
import { rolePolicy } from '../rolePolicy.ts';

/** A peak of one system, a second's ramp and two seconds' hold, for three instances. */
export async function examplePlan(url: string, more: Partial<ExportFile> = {}): Promise<ExportPlan> {
  const systems = [systemAt('system-01', url, 10)];
  const shape = { rampSeconds: 1, holdSeconds: 2 };
  const script = scriptOf(service.definition, 'peak');
  return {
    file: {
      schemaVersion: 1,
      runId: '20260131-120000-peak-a1b2',
      profile: 'peak',
      stage: 'qa',
      place: 'aws',
      commit: null,
      configurationHash: 'c0ffee',
      ...shape,
      periodSeconds: 60,
      systems: ['system-01'],
      firstMessageId: limits.messageIds.first,
      instances: 3,
      environment: {
        ...scriptEnvironment(
          { ...shape, systems },
          profileNamed('peak').paced,
          undefined,
          limits.messageIds.first,
        ),
        HEADROOM_RUN_SECONDS: '3',
      },
      ...more,
    },
    script: await bundleForK6(script, ['default'], '// peak of qa'),
    runSeconds: 3,
    perSecond: 10,
    neededInstances: 1,
    policy: rolePolicy(systems, 'qa'),
  };
}
