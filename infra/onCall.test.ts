import { describe, expect, it } from 'vitest';
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
      checkOnCall(fleetWith({ nobody: reason }), stage);
      checkOnCall(fleetWith({ emails: ['on-call@example.com'] }), stage);
      checkOnCall(fleetWith({ httpsEndpoints: ['https://example.com/page'] }), stage);
    }
  });

  it('is nothing to say on this machine, or in a stage of one run', () => {
    expect(() => checkOnCall(fleetWith({}), 'local')).not.toThrow();
    expect(() => checkOnCall(fleetWith({}), 'test-1')).not.toThrow();
  });

  it.each([
    [{ nobody: ' ' }, 'expected the reason, in a few words'],
    [{ nobody: reason, emails: ['on-call@example.com'] }, 'expected no reason where somebody is called'],
  ])('%j is refused by its field', (onCall, problem) => {
    expect(() => fleetWith(onCall)).toThrow(`onCall.nobody: ${problem}`);
  });
});
