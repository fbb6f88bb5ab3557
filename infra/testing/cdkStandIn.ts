import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { toXml } from '../../local/aws/protocols/xml.ts';
import type { WireDocument } from '../../local/aws/wire.ts';
import type { Call } from './iam.ts';

export const account = '111122223333';
export const region = 'us-east-1';

/** How CloudFormation finds a stack, and how it ends what it does with it. */
export interface StandInStack {
  status: string;
  /** What the next change set comes to; `CREATE_COMPLETE` or `UPDATE_COMPLETE` where it goes well. */
  becomes?: string;
}

export interface CdkStandIn {
  endpointUrl: string;
  stacks: Map<string, StandInStack>;
  /** What was asked for as the caller itself, in order, and whether it was allowed. */
  calls: (Call & { allowed: boolean })[];
  /** What CloudFormation was told to do, in order. */
  done: string[];
  close(): Promise<void>;
}

const publisherKey = 'PUBLISHER';
const bucket = `cdk-hnb659fds-assets-${account}-${region}`;

class AccessDenied extends Error {}
class Refused extends Error {
  readonly code: string;
  constructor(message: string, code = 'ValidationError') {
    super(message);
    this.code = code;
  }
}

const arn = (service: string, rest: string): string => `arn:aws:${service}:${region}:${account}:${rest}`;

/**
 * What the CDK command line talks to of AWS, as far as it deploys and destroys: STS, SSM, S3 and CloudFormation. It
 * asks `allowed` for each call of the caller, and for what CloudFormation does in the caller's name: read the template, resolve
 * parameters, pass on the execution role. What it does not know it refuses by name.
 */
export async function startCdkStandIn(allowed: (call: Call) => boolean): Promise<CdkStandIn> {
  const stacks = new Map<string, StandInStack>();
  const objects = new Map<string, string>();
  /** Stacks that have a change set. */
  const changing = new Set<string>();
  const calls: CdkStandIn['calls'] = [];
  const done: string[] = [];

  const ask = (call: Call): void => {
    const answer = allowed(call);
    calls.push({ ...call, allowed: answer });
    if (!answer) throw new AccessDenied(`not authorized to perform: ${call.action} on ${call.resource}`);
  };

  const sts = (action: string, form: URLSearchParams): WireDocument => {
    if (action === 'GetCallerIdentity')
      return { Arn: `arn:aws:sts::${account}:assumed-role/x/x`, UserId: 'x', Account: account };
    const role = form.get('RoleArn') ?? '';
    ask({ action: 'sts:AssumeRole', resource: role });
    if (!role.includes('file-publishing')) throw new Refused(`the stand-in has no credentials of ${role}`);
    const Expiration = new Date(Date.now() + 3_600_000);
    return {
      Credentials: { AccessKeyId: publisherKey, SecretAccessKey: 'x', SessionToken: 'x', Expiration },
    };
  };

  /** The template, read in the caller's name: by its URL from the bucket, where the publisher put it. */
  const readTemplate = (form: URLSearchParams): { Parameters?: Record<string, Parameter> } => {
    const path = new URL(form.get('TemplateURL') ?? '').pathname;
    ask({ action: 's3:GetObject', resource: `arn:aws:s3:::${path.slice(1)}` });
    return JSON.parse(objects.get(path) ?? '{}') as { Parameters?: Record<string, Parameter> };
  };
  interface Parameter {
    Type: string;
    Default: string;
  }

  const passRole = (form: URLSearchParams): void =>
    ask({
      action: 'iam:PassRole',
      resource: form.get('RoleARN') ?? '',
      context: { 'iam:PassedToService': 'cloudformation.amazonaws.com' },
    });

  const cloudFormation = (action: string, form: URLSearchParams): WireDocument => {
    const given = form.get('StackName') ?? '';
    const name = /:stack\/([^/]+)\//.exec(given)?.[1] ?? given;
    const StackId = arn('cloudformation', `stack/${name}/id`);
    ask({ action: `cloudformation:${action}`, resource: StackId });
    const stack = stacks.get(name);
    const exists = (): StandInStack => {
      if (stack) return stack;
      throw new Refused(`Stack with id ${name} does not exist`);
    };
    const changeSet = {
      ChangeSetName: 'cdk-deploy-change-set',
      ChangeSetId: arn('cloudformation', 'changeSet/cdk-deploy-change-set/id'),
      StackId,
      StackName: name,
      CreationTime: new Date(0),
    };
    switch (action) {
      case 'DescribeStacks':
        // By its id a deleted stack is still known.
        if (!stack && given !== name)
          return list('Stacks', [
            { StackName: name, StackId, CreationTime: new Date(0), StackStatus: 'DELETE_COMPLETE' },
          ]);
        return list('Stacks', [
          { StackName: name, StackId, CreationTime: new Date(0), StackStatus: exists().status },
        ]);
      case 'CreateChangeSet': {
        passRole(form);
        for (const { Type, Default } of Object.values(readTemplate(form).Parameters ?? {})) {
          if (Type.startsWith('AWS::SSM::Parameter'))
            ask({ action: 'ssm:GetParameters', resource: arn('ssm', `parameter${Default}`) });
        }
        // What takes the update back is looked at in the caller's name.
        if (form.has('RollbackConfiguration.RollbackTriggers.member.1.Arn'))
          ask({ action: 'cloudwatch:DescribeAlarms', resource: '*' });
        if (!stack) stacks.set(name, { status: 'REVIEW_IN_PROGRESS' });
        changing.add(name);
        return { Id: changeSet.ChangeSetId, StackId };
      }
      case 'DescribeChangeSet':
        if (!changing.has(name)) throw new Refused('ChangeSet does not exist', 'ChangeSetNotFound');
        return exists().becomes === 'unchanged'
          ? {
              ...changeSet,
              Status: 'FAILED',
              StatusReason: "The submitted information didn't contain changes.",
            }
          : {
              ...changeSet,
              Status: 'CREATE_COMPLETE',
              ExecutionStatus: 'AVAILABLE',
              ...list('Changes', [
                {
                  Type: 'Resource',
                  ResourceChange: {
                    Action: 'Add',
                    LogicalResourceId: 'A',
                    ResourceType: 'AWS::SNS::Topic',
                  },
                },
              ]),
            };
      case 'ExecuteChangeSet': {
        const { status, becomes } = exists();
        const well = status === 'REVIEW_IN_PROGRESS' ? 'CREATE_COMPLETE' : 'UPDATE_COMPLETE';
        stacks.set(name, { status: becomes ?? well });
        changing.delete(name);
        done.push(`execute ${name}`);
        return {};
      }
      case 'DeleteStack':
        if (form.has('RoleARN')) passRole(form);
        stacks.delete(name);
        done.push(`delete ${name}`);
        return {};
      case 'DescribeStackEvents':
        return list('StackEvents', [
          {
            StackId,
            EventId: 'e',
            StackName: name,
            Timestamp: new Date(),
            LogicalResourceId: 'A',
            ResourceType: 'AWS::SNS::Topic',
            ResourceStatus: stack?.status.includes('ROLLBACK') ? 'CREATE_FAILED' : 'CREATE_COMPLETE',
            ResourceStatusReason: 'as it was told to',
          },
        ]);
      case 'GetTemplate':
        return { TemplateBody: '{}' };
      case 'DeleteChangeSet':
        changing.delete(name);
        return {};
      case 'DescribeEvents':
      case 'DescribeStackResources':
      case 'ListStackResources':
        return {};
      default:
        throw new Refused(`the stand-in does not know ${action}`);
    }
  };

  const s3 = (request: IncomingMessage, body: string, response: ServerResponse): void => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://unused');
    if (request.method === 'PUT') objects.set(pathname, body);
    const answer = searchParams.has('location')
      ? '<LocationConstraint/>'
      : searchParams.has('list-type')
        ? '<ListBucketResult><KeyCount>0</KeyCount></ListBucketResult>'
        : searchParams.has('encryption')
          ? '<ServerSideEncryptionConfiguration/>'
          : '';
    response.writeHead(pathname.startsWith(`/${bucket}/`) ? 200 : 404, { etag: '"x"' }).end(answer);
  };

  const server = createServer((request, response) => void answer(request, response));
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request);
    const [, key, service] = /Credential=([^/]+)\/\d+\/[\w-]+\/(\w+)\//.exec(
      request.headers.authorization ?? '',
    ) ?? [undefined, '', ''];
    if (key === publisherKey && service === 's3') return s3(request, body, response);
    const form = new URLSearchParams(body);
    const action = form.get('Action') ?? String(request.headers['x-amz-target']);
    try {
      if (service === 'ssm') {
        const { Name } = JSON.parse(body) as { Name: string };
        ask({
          action: action.replace('AmazonSSM.', 'ssm:'),
          resource: arn('ssm', `parameter${Name}`),
        });
        response.end(JSON.stringify({ Parameter: { Name, Value: '99', Type: 'String' } }));
      } else if (service === 'sts' || service === 'cloudformation') {
        const result = service === 'sts' ? sts(action, form) : cloudFormation(action, form);
        response.end(toXml({ [`${action}Response`]: { [`${action}Result`]: result } }));
      } else throw new Refused(`the stand-in does not know ${service}`);
    } catch (error) {
      const denied = error instanceof AccessDenied;
      if (!denied && !(error instanceof Refused)) throw error;
      const Code = denied ? 'AccessDenied' : error.code;
      response.writeHead(denied ? 403 : 400);
      response.end(
        service === 'ssm'
          ? JSON.stringify({ __type: 'AccessDeniedException', message: error.message })
          : toXml({ ErrorResponse: { Error: { Code, Message: error.message } } }),
      );
    }
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpointUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stacks,
    calls,
    done,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A list as the query protocol writes it. */
const list = (name: string, members: readonly WireDocument[]): WireDocument => ({
  [name]: Object.fromEntries(members.map((member) => ['member', member])),
});
