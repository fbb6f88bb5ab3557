import { describe, expect, it } from 'vitest';
import { doneMessages } from './batchResponse.ts';

const ids = ['a', 'b', 'c'];

describe('doneMessages', () => {
  it.each([
    ['null', null, ids],
    ['an empty text', '', ids],
    ['an empty list', { batchItemFailures: [] }, ids],
    ['a null list', { batchItemFailures: null }, ids],
    ['an empty object', {}, ids],
    ['one failure', { batchItemFailures: [{ itemIdentifier: 'b' }] }, ['a', 'c']],
    ['a message that is not in the batch', { batchItemFailures: [{ itemIdentifier: 'z' }] }, []],
    ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }, []],
    ['a wrong key', { batchItemFailures: [{ id: 'a' }] }, []],
    ['another type', { batchItemFailures: 'a' }, []],
  ])('after %s leaves what Lambda would leave', (_case, payload, done) => {
    expect(doneMessages(payload, ids, true)).toEqual(done);
  });

  it('ignores the response of a mapping that asked for no partial failures', () => {
    const payload = { batchItemFailures: [{ itemIdentifier: 'b' }] };
    expect(doneMessages(payload, ids, false)).toEqual(ids);
  });
});
