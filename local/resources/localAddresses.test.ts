import { describe, expect, it } from 'vitest';
import { rewriteApiUrls } from './localAddresses.ts';

describe('rewriteApiUrls', () => {
  it('leads every API URL of the region to the front, and leaves the rest alone', () => {
    const text =
      '{"a":"https://abc123.execute-api.us-east-1.amazonaws.com/v1","b":"https://d4.execute-api.us-east-1.amazonaws.com","c":"https://e5.execute-api.eu-west-1.amazonaws.com/v1","d":"https://sqs.us-east-1.amazonaws.com/q"}';
    expect(JSON.parse(rewriteApiUrls(text, 'us-east-1', 'http://127.0.0.1:1234'))).toEqual({
      a: 'http://127.0.0.1:1234/abc123/v1',
      b: 'http://127.0.0.1:1234/d4',
      c: 'https://e5.execute-api.eu-west-1.amazonaws.com/v1',
      d: 'https://sqs.us-east-1.amazonaws.com/q',
    });
  });
});
