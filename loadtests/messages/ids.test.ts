import { expect, it } from 'vitest';
import { loadService } from '../../fleet/service.ts';
import { serviceSchema } from '../../fleet/serviceSchema.ts';
import { limits } from '../../monitoring/limits.ts';
import { contract } from '../../service/contract.ts';
import { reserveIds } from './ids.ts';

it('gives every run a block of ids that nothing real has, and nothing seeded', async () => {
  const { first, blocks, blockSize } = limits.messageIds;
  const { seeded } = (await loadService(serviceSchema.parse(contract))).load;
  expect(seeded.firstId).toBeGreaterThanOrEqual(limits.testIds.first);
  expect(seeded.firstId + seeded.count).toBeLessThanOrEqual(first);
  expect(reserveIds(() => 0)).toBe(first);
  expect(reserveIds(() => 1 - 2 ** -53) + blockSize).toBe(limits.testIds.end);
  expect(first + blocks * blockSize).toBe(limits.testIds.end);
});
