import { FleetConfigError } from '../fleet/errors.ts';
import { stageOf, type Fleet } from '../fleet/fleet.ts';

/**
 * A stage on AWS whose alarms reach nobody is as good as one without: it is built only where the configuration says
 * why. A stage of one run has no alarms, and that on this machine reaches nobody anyway.
 * @throws FleetConfigError
 */
export function checkOnCall(fleet: Fleet, stage: string): void {
  const { emails, httpsEndpoints, nobody } = fleet.onCall;
  if (stage === 'local' || stageOf(fleet, stage).runsOn) return;
  if (emails.length + httpsEndpoints.length > 0 || stage in nobody) return;
  throw new FleetConfigError([
    {
      field: 'onCall',
      problem:
        `no alarm of stage "${stage}" would reach anybody: name emails or httpsEndpoints, or say why not, ` +
        `as nobody: { ${stage}: 'the reason' }`,
    },
  ]);
}
