import { resourcesOf, type Rule, type Template } from './template.ts';

const expected = { Runtime: 'nodejs24.x', Architectures: ['arm64'] };
/** At another application level no metrics, at another system level two lines an invocation that nobody reads. */
const logging = { LogFormat: 'JSON', SystemLogLevel: 'WARN', ApplicationLogLevel: 'INFO' };

export const functions: Rule = {
  name: 'functions',
  check: (template) =>
    resourcesOf(template, 'AWS::Lambda::Function').flatMap(([id, properties]) => [
      ...Object.entries(expected)
        .filter(([property, value]) => JSON.stringify(properties[property]) !== JSON.stringify(value))
        .map(([property, value]) => `${id}: ${property}: expected ${String(value)}`),
      ...loggingFindings(id, properties['LoggingConfig']),
    ]),
};

function loggingFindings(id: string, config: unknown): string[] {
  if (config === undefined) return [`${id}: logs to a group that is kept for ever`];
  return Object.entries(logging)
    .filter(([property, value]) => (config as Record<string, unknown>)[property] !== value)
    .map(([property, value]) => `${id}: LoggingConfig.${property}: expected ${value}`);
}

export const logGroups: Rule = {
  name: 'logGroups',
  check: (template) =>
    resourcesOf(template, 'AWS::Logs::LogGroup')
      .filter(([, { RetentionInDays }]) => RetentionInDays === undefined)
      .map(([id]) => `${id}: keeps its lines for ever`),
};

/** A message stays hidden while its batch may still run, and outlives what the database can be away. */
export const redelivery: Rule = {
  name: 'redelivery',
  check: (template) =>
    resourcesOf(template, 'AWS::Lambda::EventSourceMapping').flatMap(([id, mapping]) => {
      const queue = referenced(template, mapping['EventSourceArn'], 'AWS::SQS::Queue');
      const handler = referenced(template, mapping['FunctionName'], 'AWS::Lambda::Function');
      if (!queue || !handler) return [`${id}: expected a queue and a function of the stack`];
      const visibility = Number(queue['VisibilityTimeout'] ?? 30);
      const hidden =
        6 * Number(handler['Timeout'] ?? 3) + Number(mapping['MaximumBatchingWindowInSeconds'] ?? 0);
      const { maxReceiveCount = 0 } = (queue['RedrivePolicy'] ?? {}) as { maxReceiveCount?: number };
      return [
        visibility < hidden &&
          `${id}: a message is hidden for ${visibility} s, expected six timeouts and the window: ${hidden} s`,
        visibility * maxReceiveCount < outageSeconds &&
          `${id}: a message is given up after ${visibility * maxReceiveCount} s, expected ${outageSeconds} s`,
        Number(queue['MessageRetentionPeriod'] ?? 0) <= visibility * maxReceiveCount &&
          `${id}: a message expires before it is given up`,
      ].filter((finding) => finding !== false);
    }),
};

const outageSeconds = 45 * 60;

function referenced(
  template: Template,
  reference: unknown,
  type: string,
): Record<string, unknown> | undefined {
  const { Ref, 'Fn::GetAtt': attribute } = (reference ?? {}) as { Ref?: string; 'Fn::GetAtt'?: string[] };
  const resource = template.Resources[Ref ?? attribute?.[0] ?? ''];
  return resource?.Type === type ? resource.Properties : undefined;
}
