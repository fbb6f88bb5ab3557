import { GetAccountCommand } from '@aws-sdk/client-api-gateway';
import type { Fleet } from '../../fleet/fleet.ts';
import { peakPerSecond } from '../../infra/plan/peak.ts';
import type { Connection } from '../connection.ts';
import { missing, ok, type Finding } from './check.ts';

/**
 * Whether the account's APIs may answer, together, what its stages expect at their peaks: beyond that API Gateway
 * answers 429, whatever each API's own throttle lets in.
 */
export async function checkApiRate(
  { apiGateway }: Pick<Connection['clients'], 'apiGateway'>,
  fleet: Fleet,
  stage: string,
): Promise<Finding[]> {
  const { throttleSettings } = await apiGateway.send(new GetAccountCommand({}));
  const perSecond = throttleSettings?.rateLimit;
  if (perSecond === undefined) throw new Error('API Gateway does not report its throttle');
  const account = fleet.stages[stage]?.account;
  const stages = Object.entries(fleet.stages).filter(
    ([name, config]) => name !== 'local' && !config.runsOn && config.account === account,
  );
  const needed = stages.reduce((sum, [name]) => sum + peakPerSecond(fleet, name), 0);
  const sum = `${needed} requests a second at the peaks of ${stages.map(([name]) => name).join(' and ')}`;
  return [
    needed <= perSecond
      ? ok('api-rate', `${sum}, of the ${perSecond} that the account's APIs may answer`)
      : missing(
          'api-rate',
          `${sum}, and the account's APIs may answer ${perSecond}: have API Gateway's throttle rate raised in the ` +
            'service quotas, or give a stage an account of its own (account)',
        ),
  ];
}
