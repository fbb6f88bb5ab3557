import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { bareApp } from '../monitoring/testing/bareApp.ts';
import { addOnCallTopic } from './constructs/onCallTopic.ts';
import { FleetConfigError } from '../fleet/errors.ts';
import { parseFleet } from '../fleet/fleet.ts';
import { checkOnCall } from './onCall.ts';
import { exampleFleet } from './testing/templates.ts';

const fleetWith = (onCall: object) =>
  parseFleet({
    ...exampleFleet,
    stages: { ...exampleFleet.stages, qa: {}, test: { runsOn: { stage: 'qa' } } },
    onCall,
  });
const reason = 'the owner looks at the overview each morning';

describe('nobody on call', () => {
  it('fails a stage that is deployed, unless it says why', () => {
    for (const stage of ['prod', 'qa']) {
      expect(() => checkOnCall(fleetWith({}), stage)).toThrow(FleetConfigError);
      expect(() => checkOnCall(fleetWith({}), stage)).toThrow(
        /^.*onCall: no alarm of stage "(prod|qa)" would/s,
      );
      checkOnCall(fleetWith({ nobody: { [stage]: reason } }), stage);
      checkOnCall(fleetWith({ emails: ['on-call@example.com'] }), stage);
      checkOnCall(fleetWith({ httpsEndpoints: ['https://example.com/page'] }), stage);
    }
  });

  it('is nothing to say on this machine, or in a stage of one run', () => {
    expect(() => checkOnCall(fleetWith({}), 'local')).not.toThrow();
    expect(() => checkOnCall(fleetWith({}), 'test-1')).not.toThrow();
  });

  it('is said stage by stage: what is meant for one is an oversight in the other', () => {
    const fleet = fleetWith({ nobody: { qa: reason } });
    checkOnCall(fleet, 'qa');
    expect(() => checkOnCall(fleet, 'prod')).toThrow(`or say why not, as nobody: { prod: 'the reason' }`);
  });

  it('keeps whom the configuration names out of that stage alone', () => {
    const onCall = fleetWith({ emails: ['on-call@example.com'], nobody: { qa: reason } }).onCall;
    const subscriptionsOf = (stage: string): number => {
      const stack = new Stack(bareApp());
      addOnCallTopic(stack, stage, onCall);
      return Object.keys(Template.fromStack(stack).findResources('AWS::SNS::Subscription')).length;
    };
    expect(subscriptionsOf('prod')).toBe(1);
    expect(subscriptionsOf('qa')).toBe(0);
  });

  it.each([
    [{ qa: ' ' }, 'onCall.nobody.qa: expected the reason, in a few words'],
    [{ staging: reason }, 'onCall.nobody.staging: expected a stage: one of '],
  ])('%j is refused by its field', (nobody, problem) => {
    expect(() => fleetWith({ nobody })).toThrow(problem);
  });
});
