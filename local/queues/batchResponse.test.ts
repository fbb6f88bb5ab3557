import { describe, expect, it } from 'vitest';
import type { InvocationOutcome } from '../functions/runtime.ts';
import { doneMessages } from './batchResponse.ts';

const ok = (payload: unknown): InvocationOutcome => ({ ok: true, requestId: 'r', payload });
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
    expect(doneMessages(ok(payload), ids, true)).toEqual(done);
  });

  it('ignores the response of a mapping that asked for no partial failures', () => {
    const payload = { batchItemFailures: [{ itemIdentifier: 'b' }] };
    expect(doneMessages(ok(payload), ids, false)).toEqual(ids);
  });

  it('leaves everything after a failed invocation', () => {
    const error = { errorType: 'Error', errorMessage: 'no' };
    expect(doneMessages({ ok: false, requestId: 'r', kind: 'handler', error }, ids, true)).toEqual([]);
  });
});
