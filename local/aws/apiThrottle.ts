import type { ApiQuota } from '../../fleet/apiQuotas.ts';
import { TokenBucket } from '../api/tokenBucket.ts';
import { AwsError } from './errors.ts';

/**
 * The account's rates of API calls: beyond a second's worth at once, and the rate from then on, a call is refused in
 * AWS's own words, which clients try again by themselves.
 */
export class ApiThrottle {
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(quotas: readonly ApiQuota[]) {
    for (const { service, actions, perSecond } of quotas) {
      const bucket = new TokenBucket(perSecond, perSecond);
      for (const action of actions) this.#buckets.set(`${service} ${action}`, bucket);
    }
  }

  /** @throws AwsError `ThrottlingException`, which older protocols know as `Throttling`. */
  take(service: string, action: string, nowMs: number): void {
    const bucket = this.#buckets.get(`${service} ${action}`);
    if (!bucket || bucket.take(nowMs)) return;
    throw new AwsError('ThrottlingException', 'Rate exceeded', { queryCode: 'Throttling' });
  }
}
