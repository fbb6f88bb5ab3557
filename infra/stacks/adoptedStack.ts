import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { adoptedDocument } from '../../fleet/adoption/adoptedDocument.ts';
import type { AdoptedSystem, Fleet, StageConfig } from '../../fleet/fleet.ts';
import { countLoggedErrors } from '../constructs/errorCounter.ts';
import { publishSystemDocument } from '../constructs/systemDocumentParameter.ts';
import { addAlarmsOf } from './systemAlarmsOfStage.ts';

export interface AdoptedStackProps extends StackProps {
  stage: string;
  config: StageConfig;
  fleet: Fleet;
  system: AdoptedSystem;
}

/**
 * What a stage knows of a system that exists already: its alarms, and the document that says where it is. Nothing here is the
 * system's own, so that removing the stack leaves the system as it was.
 */
export class AdoptedStack extends Stack {
  constructor(scope: Construct, id: string, { stage, config, fleet, system, ...props }: AdoptedStackProps) {
    super(scope, id, props);
    const { name, adoption, expectedPeak } = system;
    addAlarmsOf(this, { stage, config, fleet, system: name });
    const { errors, logGroups } = adoption;
    if (errors && 'logPattern' in errors && logGroups?.api !== undefined) {
      countLoggedErrors(this, {
        stage,
        system: name,
        logGroup: logGroups.api,
        pattern: errors.logPattern,
      });
    }
    publishSystemDocument(
      this,
      adoptedDocument({ stage, system: name, region: fleet.region, adoption, expectedPeak }),
    );
  }
}
