import { describe, expect, it } from 'vitest';
import { loadService } from '../../fleet/service.ts';
import { poisonIds } from '../../fleet/serviceLoad.ts';
import { serviceSchema } from '../../fleet/serviceSchema.ts';
import { NonRetryableMessageError } from '../../service/errors.ts';
import { contract } from './contract.ts';
import { parseOrderMessage } from './domain/order.ts';

const nowMs = Date.UTC(2026, 0, 1);
const { definition, load } = await loadService(serviceSchema.parse(contract));

/** Why the subscriber gives a message up; null where it takes it. */
function refusalOf(body: string): string | null {
  try {
    parseOrderMessage(body, nowMs);
    return null;
  } catch (error) {
    if (error instanceof NonRetryableMessageError) return error.errorCode;
    throw error;
  }
}

describe('the load side of the orders', () => {
  it('publishes what the subscriber takes, and knows its id', () => {
    for (const id of [1, load.seeded.firstId, 2_000_000_000, Number.MAX_SAFE_INTEGER - 1]) {
      const body = load.message(id, nowMs);
      expect(parseOrderMessage(body, nowMs)).toMatchObject({ orderId: id });
      expect(load.idOf(body)).toBe(id);
    }
    for (const body of ['', 'no JSON', '{}', '{"orderId":"1"}']) expect(load.idOf(body)).toBeNull();
  });

  it('poisons with what the subscriber gives up, each with its reason', () => {
    const poison = load.poison(5_000, 'drill-1');
    expect(poison.length).toBeGreaterThan(0);
    for (const { body, reason } of poison) {
      const id = load.idOf(body);
      expect((id ?? 5_000) - 5_000).toBeLessThan(poisonIds);
      expect(refusalOf(body)).toBe(reason);
    }
    const others = new Set(load.poison(5_000, 'drill-2').map(({ body }) => body));
    expect(poison.some(({ body }) => others.has(body))).toBe(false);
  });

  it('asks the routes of the contract, each in its share', () => {
    const asked = Array.from({ length: 100 }, (_, iteration) => load.request(2_000_000_000, iteration));
    for (const { method, path, shareOfLoad } of definition.routes) {
      const pattern = new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
      const its = asked.filter((each) => (each.method ?? 'GET') === method && pattern.test(each.path));
      expect(its.length / asked.length, path).toBe(shareOfLoad);
    }
  });

  it('takes an answer for right with its own body alone', () => {
    const [own, other] = [load.lookUp(2_000_000_000), load.lookUp(2_000_000_001)];
    const body = JSON.stringify({ ...JSON.parse(load.message(2_000_000_000, nowMs)) });
    expect(own.isRight?.({ status: 200, body })).toBe(true);
    expect(other.isRight?.({ status: 200, body })).toBe(false);
    expect(own.isRight?.({ status: 200, body: 'no JSON' })).toBe(false);
  });
});
