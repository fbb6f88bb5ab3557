import { describe, expect, it } from 'vitest';
import { collectReferences, noValue, resolve, type Scope } from './intrinsics.ts';

const secretArn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:db-1a2b3c';
const scope: Scope = {
  where: 'stack/Thing',
  ref: (name) =>
    ({ Topic: 'arn:topic', 'AWS::Region': 'us-east-1', 'AWS::NoValue': noValue, Empty: '' })[name],
  attribute: (logicalId, attribute) =>
    logicalId === 'Queue' && attribute === 'Arn' ? 'arn:queue' : undefined,
  exported: (name) => (name === 'network:Vpc' ? 'vpc-1' : undefined),
  stackOutput: (stack, output) => (stack === 'network' && output === 'Vpc' ? 'vpc-1' : undefined),
  secret: (id) =>
    id === secretArn || id === 'db'
      ? '{"username":"api","password":"p:}w","port":5439}'
      : ({ plain: 'hunter2', nested: '{"deep":{"password":"hunter2"}}' } as Record<string, string>)[id],
};

describe('resolve', () => {
  it.each<[string, unknown, unknown]>([
    ['Ref', { Ref: 'Topic' }, 'arn:topic'],
    ['Ref to an empty text', { Ref: 'Empty' }, ''],
    ['Fn::GetAtt', { 'Fn::GetAtt': ['Queue', 'Arn'] }, 'arn:queue'],
    ['Fn::GetAtt as text', { 'Fn::GetAtt': 'Queue.Arn' }, 'arn:queue'],
    ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }, 1]] }, 'a-us-east-1-1'],
    ['Fn::Sub', { 'Fn::Sub': '${AWS::Region}/${Queue.Arn}/${!kept}' }, 'us-east-1/arn:queue/${kept}'],
    [
      'Fn::Sub with variables',
      { 'Fn::Sub': ['${a}-${Topic}', { a: { Ref: 'AWS::Region' } }] },
      'us-east-1-arn:topic',
    ],
    ['Fn::Split and Fn::Select', { 'Fn::Select': [1, { 'Fn::Split': [':', 'a:b:c'] }] }, 'b'],
    ['Fn::ImportValue', { 'Fn::ImportValue': 'network:Vpc' }, 'vpc-1'],
    ['Fn::GetStackOutput', { 'Fn::GetStackOutput': { StackName: 'network', OutputName: 'Vpc' } }, 'vpc-1'],
    ['AWS::NoValue', { a: { Ref: 'AWS::NoValue' }, b: [{ Ref: 'AWS::NoValue' }, 1] }, { b: [1] }],
    ['a secret field', `{{resolve:secretsmanager:${secretArn}:SecretString:password::}}`, 'p:}w'],
    ['a secret by name', 'x{{resolve:secretsmanager:db:SecretString:port}}', 'x5439'],
    [
      'a secret field of the current stage',
      '{{resolve:secretsmanager:db:SecretString:port:AWSCURRENT:}}',
      '5439',
    ],
    [
      'a whole secret',
      '{{resolve:secretsmanager:db:SecretString:::}}',
      '{"username":"api","password":"p:}w","port":5439}',
    ],
    [
      'a secret whose ARN is joined in',
      { 'Fn::Join': ['', ['{{resolve:secretsmanager:', secretArn, ':SecretString:username::}}']] },
      'api',
    ],
    ['what holds no expression', { a: [1, true, null, { b: 'c' }] }, { a: [1, true, null, { b: 'c' }] }],
  ])('evaluates %s', (_case, value, result) => {
    expect(resolve(value, scope)).toEqual(result);
  });

  it.each<[unknown, string]>([
    [{ 'Fn::Cidr': ['10.0.0.0/16', 2, 8] }, 'Fn::Cidr'],
    [{ 'Fn::If': ['c', 1, 2] }, 'Fn::If'],
    [{ Ref: 'Nothing' }, 'nothing is named "Nothing"'],
    [{ 'Fn::GetAtt': ['Queue', 'Colour'] }, 'Queue has no attribute "Colour"'],
    [{ 'Fn::ImportValue': 'network:Other' }, '"network:Other"'],
    [{ 'Fn::Select': [7, ['a']] }, 'no element 7'],
    [{ 'Fn::Join': ['', [{ a: 1 }]] }, 'expected a text'],
    ['{{resolve:ssm:/a/b}}', '{{resolve:ssm:/a/b}}'],
    ['{{resolve:secretsmanager:other:SecretString:a}}', 'no such secret'],
    ['{{resolve:secretsmanager:db:SecretString:a:AWSPREVIOUS}}', 'current version'],
  ])('refuses %j, naming the place and the expression', (value, message) => {
    expect(() => resolve(value, scope)).toThrow(message);
    expect(() => resolve(value, scope)).toThrow('stack/Thing');
  });

  it.each(['plain:SecretString:password', 'nested:SecretString:deep'])(
    'says what it expected of a secret, and shows nothing of it: %s',
    (secret) => {
      const value = `{{resolve:secretsmanager:${secret}}}`;
      const refused = (() => {
        try {
          return resolve(value, scope);
        } catch (error) {
          return error;
        }
      })();
      const key = secret.split(':').at(-1)!;
      expect(refused).toMatchObject({
        name: 'TemplateError',
        message: expect.stringContaining(`expected the secret to be JSON with a text in its field "${key}"`),
      });
      expect(String(refused)).not.toContain('hunter');
    },
  );
});

describe('collectReferences', () => {
  it('finds every resource an expression mentions', () => {
    const found = collectReferences({
      a: { Ref: 'A' },
      b: [{ 'Fn::GetAtt': ['B', 'Arn'] }, { 'Fn::GetAtt': 'C.Arn' }],
      c: { 'Fn::Sub': ['${D.Arn} ${E} ${!F}', { x: { Ref: 'G' } }] },
      d: { 'Fn::Join': ['', [{ Ref: 'H' }]] },
    });
    expect([...found].sort()).toEqual(['A', 'B', 'C', 'D', 'E', 'G', 'H']);
  });
});
