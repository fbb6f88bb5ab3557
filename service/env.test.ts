import { describe, expect, it } from 'vitest';
import { EnvironmentError } from './errors.ts';
import { readApiEnv, readSubscriberEnv } from './env.ts';

const variables = {
  HEADROOM_STAGE: 'local',
  HEADROOM_SYSTEM: 'system-01',
  DATABASE_HOST: '127.0.0.1',
  DATABASE_PORT: '5439',
  DATABASE_NAME: 'system_01',
  DATABASE_SECRET_ARN: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:db-api',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
  METRICS_PERIOD_SECONDS: '60',
};

describe('the functions’ configuration', () => {
  it('is read into numbers and names', () => {
    expect(readApiEnv(variables)).toEqual({
      stage: 'local',
      system: 'system-01',
      database: {
        host: '127.0.0.1',
        port: 5439,
        name: 'system_01',
        secretArn: variables.DATABASE_SECRET_ARN,
      },
      memoryMiB: 256,
      periodSeconds: 60,
    });
  });

  it('names every variable that is missing or wrong', () => {
    const read = () =>
      readSubscriberEnv({
        ...variables,
        DATABASE_PORT: '70000',
        HEADROOM_SYSTEM: undefined,
        DATABASE_NAME: '',
      });

    expect(read).toThrow(EnvironmentError);
    expect(read).toThrow('HEADROOM_SYSTEM: missing; the stack sets it on the function');
    expect(read).toThrow('DATABASE_NAME: empty; the stack sets it on the function');
    expect(read).toThrow('DATABASE_PORT: expected a TCP port');
    expect(read).toThrow('DEAD_LETTER_QUEUE_URL: missing');
  });
});
