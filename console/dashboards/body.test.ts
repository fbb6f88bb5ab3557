import { describe, expect, it } from 'vitest';
import { expandRows, metricPropertiesSchema } from './body.ts';

const pathsOf = (metrics: unknown[][]): string[][] =>
  expandRows(metricPropertiesSchema.parse({ metrics }).metrics).map(({ path }) => path);

describe('shorthands of metric rows', () => {
  it('take over what stands above', () => {
    expect(
      pathsOf([
        ['AWS/SQS', 'NumberOfMessagesSent', 'QueueName', 'one', { color: '#111111' }],
        ['.', '.', '.', 'two'],
        ['...', 'three'],
        ['.', 'NumberOfMessagesReceived', '.', '.'],
        ['...', 'QueueName', 'four'],
        ['AWS/Lambda', 'Errors'],
        ['.', 'Invocations', { stat: 'Sum' }],
      ]),
    ).toEqual([
      ['AWS/SQS', 'NumberOfMessagesSent', 'QueueName', 'one'],
      ['AWS/SQS', 'NumberOfMessagesSent', 'QueueName', 'two'],
      ['AWS/SQS', 'NumberOfMessagesSent', 'QueueName', 'three'],
      ['AWS/SQS', 'NumberOfMessagesReceived', 'QueueName', 'three'],
      ['AWS/SQS', 'NumberOfMessagesReceived', 'QueueName', 'four'],
      ['AWS/Lambda', 'Errors'],
      ['AWS/Lambda', 'Invocations'],
    ]);
  });

  it('reach over an expression', () => {
    expect(pathsOf([['A', 'm', 'D', 'x', { id: 'a' }], [{ expression: 'a * 2' }], ['...', 'y']])).toEqual([
      ['A', 'm', 'D', 'x'],
      [],
      ['A', 'm', 'D', 'y'],
    ]);
  });
});
