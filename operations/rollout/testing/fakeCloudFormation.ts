import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export const account = '111122223333';
export const region = 'us-east-1';

/** An update that CloudFormation was asked for. */
export interface StackUpdate {
  stack: string;
  /** The alarms that take it back: type and ARN. */
  triggers: [string, string][];
  monitoringMinutes: number | null;
}

class Refusal extends Error {
  override readonly name: string;
  constructor(name: string) {
    super(`${name} is not there`);
    this.name = name;
  }
}

/**
 * As much of CloudFormation, STS, SSM and S3 as CDK's command line asks for an update of stacks that exist. An
 * update is through at once, or taken back at once.
 */
export class FakeCloudFormation {
  /** Stacks whose updates an alarm takes back. */
  readonly takenBack = new Set<string>();
  readonly updates: StackUpdate[] = [];
  readonly #server: Server;
  readonly #changeSets = new Set<string>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<FakeCloudFormation> {
    const server = createServer();
    const fake = new FakeCloudFormation(server);
    server.on('request', (request, response) => {
      void text(request).then((body) => {
        const { status, answer } = fake.#answer(request.method ?? '', request.url ?? '', body);
        response.statusCode = status;
        response.setHeader('etag', '"1"');
        response.end(answer);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return fake;
  }

  /** Variables that bring an AWS client here. */
  get env(): Record<string, string> {
    return {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: 'AKIATEST',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: region,
    };
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  #answer(method: string, url: string, body: string): { status: number; answer: string } {
    const form = new URLSearchParams(body);
    const action = form.get('Action');
    // The version of the bootstrap stack, the one parameter that is asked for.
    if (body.startsWith('{')) return { status: 200, answer: '{"Parameter":{"Name":"version","Value":"30"}}' };
    if (action === null) return { status: 200, answer: method === 'GET' ? bucketAnswer(url) : '' };
    try {
      const result = this.#run(action, form);
      return {
        status: 200,
        answer: `<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`,
      };
    } catch (error) {
      const { name, message } = error as Error;
      return {
        status: 400,
        answer: `<ErrorResponse><Error><Code>${name}</Code><Message>${message}</Message></Error></ErrorResponse>`,
      };
    }
  }

  #run(action: string, form: URLSearchParams): string {
    // Named, or by its ARN.
    const named = form.get('StackName') ?? '';
    const stack = named.split('/')[1] ?? named;
    switch (action) {
      case 'GetCallerIdentity':
        return `<Arn>arn:aws:iam::${account}:user/test</Arn><UserId>test</UserId><Account>${account}</Account>`;
      case 'AssumeRole':
        return (
          '<Credentials><AccessKeyId>ASIATEST</AccessKeyId><SecretAccessKey>test</SecretAccessKey>' +
          '<SessionToken>test</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>'
        );
      case 'DescribeStacks':
        return `<Stacks><member>${this.#stack(stack)}</member></Stacks>`;
      case 'GetTemplate':
        return '<TemplateBody>{}</TemplateBody>';
      case 'CreateChangeSet':
        this.#changeSets.add(stack);
        this.updates.push(updateIn(stack, form));
        return `<Id>${arnOf('changeSet', stack)}</Id><StackId>${arnOf('stack', stack)}</StackId>`;
      case 'DescribeChangeSet':
        if (!this.#changeSets.has(stack)) throw new Refusal('ChangeSetNotFound');
        return (
          `<ChangeSetId>${arnOf('changeSet', stack)}</ChangeSetId><StackId>${arnOf('stack', stack)}</StackId>` +
          '<Status>CREATE_COMPLETE</Status><ExecutionStatus>AVAILABLE</ExecutionStatus><Changes><member>' +
          '<Type>Resource</Type><ResourceChange><Action>Modify</Action></ResourceChange></member></Changes>'
        );
      case 'DescribeStackEvents':
        return '<StackEvents></StackEvents>';
      case 'DeleteChangeSet':
      case 'ExecuteChangeSet':
        return '';
      default:
        throw new Refusal('InvalidAction');
    }
  }

  #stack(stack: string): string {
    const updated = this.updates.some((update) => update.stack === stack);
    const after = this.takenBack.has(stack) ? 'UPDATE_ROLLBACK_COMPLETE' : 'UPDATE_COMPLETE';
    return (
      `<StackName>${stack}</StackName><StackId>${arnOf('stack', stack)}</StackId>` +
      `<CreationTime>2026-01-01T00:00:00Z</CreationTime>` +
      `<StackStatus>${updated ? after : 'CREATE_COMPLETE'}</StackStatus>`
    );
  }
}

const arnOf = (kind: string, name: string): string =>
  `arn:aws:cloudformation:${region}:${account}:${kind}/${name}/1`;

function updateIn(stack: string, form: URLSearchParams): StackUpdate {
  const prefix = 'RollbackConfiguration';
  const triggers: StackUpdate['triggers'] = [];
  for (let index = 1; ; index += 1) {
    const arn = form.get(`${prefix}.RollbackTriggers.member.${index}.Arn`);
    if (arn === null) break;
    triggers.push([form.get(`${prefix}.RollbackTriggers.member.${index}.Type`) ?? '', arn]);
  }
  const minutes = form.get(`${prefix}.MonitoringTimeInMinutes`);
  return { stack, triggers, monitoringMinutes: minutes === null ? null : Number(minutes) };
}

/** What is asked of the bucket of assets: where it is, how it encrypts, whether it holds a template already. */
function bucketAnswer(url: string): string {
  if (url.includes('location')) return '<LocationConstraint></LocationConstraint>';
  if (url.includes('encryption')) return '<ServerSideEncryptionConfiguration/>';
  return '<ListBucketResult><KeyCount>0</KeyCount></ListBucketResult>';
}
