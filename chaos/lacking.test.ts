import { expect, it } from 'vitest';
import { unaskedOf } from './lacking.ts';
import { testDocument } from './testing/systemDocuments.ts';

it('is not passed without a question that one of its expectations cannot be without', () => {
  const { queues: _, ...document } = testDocument('system-01');
  const needs = ['queues.subscriber'] as const;
  const title = 'the queue is empty again';
  const unasked = unaskedOf(
    {
      settle: {
        expectations: [
          { title, needs, essential: () => true },
          { title, needs },
        ],
      },
    },
    [document],
  );
  expect(unasked).toEqual([expect.objectContaining({ system: 'system-01', title, essential: true })]);
});
