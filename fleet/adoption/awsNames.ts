import * as z from 'zod';

const arnOf = (service: string, what: string) =>
  z.string().regex(new RegExp(`^arn:aws[a-z-]*:${service}:[a-z0-9-]+:\\d{12}:.+$`), {
    error: `expected the ARN of ${what}: arn:aws:${service}:…`,
  });

/** Names of what AWS has, as an account shows them. */
export const secretArn = arnOf('secretsmanager', 'a secret of Secrets Manager');
export const topicArn = arnOf('sns', 'a topic');
export const roleArn = z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/, {
  error: 'expected the ARN of a role: arn:aws:iam::…',
});

export const functionName = z
  .string()
  .regex(/^[\w-]{1,64}$/, { error: 'expected the name of a function, not its ARN' });

/** `https://sqs.{region}.amazonaws.com/{account}/{name}`. */
export const queueUrl = z.string().regex(/^https?:\/\/[^/\s]+\/\d{12}\/[\w-]{1,80}(\.fifo)?$/, {
  error: 'expected the URL of a queue: https://sqs.us-east-1.amazonaws.com/123456789012/name',
});

export const securityGroupId = z
  .string()
  .regex(/^sg-[0-9a-f]+$/, { error: 'expected the id of a security group: sg-…' });

export const logGroupName = z
  .string()
  .regex(/^[\w./#-]{1,512}$/, { error: 'expected the name of a log group, such as /aws/lambda/name' });

/** The region in an ARN, in a queue's URL or in AWS's own name of an API; undefined where none stands in it. */
export const regionIn = (value: string): string | undefined =>
  (/^arn:aws[a-z-]*:[a-z0-9-]+:([a-z0-9-]+):/.exec(value) ??
    /^https:\/\/(?:[a-z0-9]+\.execute-api|sqs)\.([a-z]{2}(?:-[a-z]+)+-\d)\./.exec(value) ??
    /^https:\/\/([a-z]{2}(?:-[a-z]+)+-\d)\.queue\.amazonaws\./.exec(value))?.[1];

/** AWS's own name of an API begins with its id; undefined for another name. */
export const apiIdIn = (url: string): string | undefined =>
  /^https:\/\/([a-z0-9]+)\.execute-api\./.exec(url)?.[1];

/** The stage that follows AWS's own name of an API; undefined behind another name, where a path says nothing of it. */
export const apiStageIn = (url: string): string | undefined =>
  /^https:\/\/[a-z0-9]+\.execute-api\.[^/]+\/([\w-]+)(?:\/|$)/.exec(url)?.[1];

/** `https://host` and a path, without a slash at the end, a query or a fragment. */
export const httpUrl = (what: string) =>
  z.string().regex(/^https?:\/\/[^/?#\s]+(\/[^/?#\s]+)*$/, {
    error: `expected ${what}: http(s)://host/path, without a slash at its end`,
  });
