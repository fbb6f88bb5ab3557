import http from 'k6/http';
import type { Credentials } from './sigv4.ts';

/** Of a role: they end. */
export interface RoleCredentials extends Credentials {
  /** Milliseconds since the epoch. */
  endMs: number;
}

// Files can be opened while the script is loaded, and never after.
const tokenFile = __ENV['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'] ?? __ENV['AWS_WEB_IDENTITY_TOKEN_FILE'];
const tokenInFile = tokenFile ? open(tokenFile).trim() : undefined;

/**
 * What the platform gives the role of the container that this runs in: of an ECS task, of a pod with EKS Pod Identity, or
 * of one with a role of its service account.
 * @param seconds how long they are needed for
 * @throws Error when the container has no role, or its role gives nothing, or for too short
 */
export async function roleCredentials(region: string, seconds: number): Promise<RoleCredentials> {
  const relative = __ENV['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'];
  const uri = __ENV['AWS_CONTAINER_CREDENTIALS_FULL_URI'] ?? (relative && `http://169.254.170.2${relative}`);
  const roleArn = __ENV['AWS_ROLE_ARN'];
  let credentials: RoleCredentials;
  if (uri) credentials = await ofContainer(uri);
  else if (roleArn && tokenInFile) credentials = await ofWebIdentity(roleArn, tokenInFile, region, seconds);
  else throw new Error('this container has no role: give its task, or its service account, one');
  if (credentials.endMs >= Date.now() + seconds * 1_000) return credentials;
  throw new Error(
    `the role's credentials end at ${new Date(credentials.endMs).toISOString()}, before the ${seconds} s of this run are over`,
  );
}

async function ofContainer(uri: string): Promise<RoleCredentials> {
  const token = tokenInFile ?? __ENV['AWS_CONTAINER_AUTHORIZATION_TOKEN'];
  const answer = await http.asyncRequest('GET', uri, null, {
    headers: token ? { authorization: token } : {},
    responseType: 'text',
  });
  if (answer.status !== 200) throw new Error(`the container's credentials: HTTP ${answer.status}`);
  const body = JSON.parse(answer.body) as Record<string, string>;
  return of(body['AccessKeyId'], body['SecretAccessKey'], body['Token'], body['Expiration']);
}

async function ofWebIdentity(
  roleArn: string,
  token: string,
  region: string,
  seconds: number,
): Promise<RoleCredentials> {
  const url = __ENV['AWS_ENDPOINT_URL_STS'] ?? `https://sts.${region}.amazonaws.com`;
  const fields: Record<string, string> = {
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: roleArn,
    RoleSessionName: 'headroom-load',
    WebIdentityToken: token,
    // An hour is what a role gives without being asked, and a quarter of it is the least.
    ...(seconds > 3_600 ? { DurationSeconds: String(seconds + 300) } : {}),
  };
  const form = Object.keys(fields).map((name) => `${name}=${encodeURIComponent(fields[name] ?? '')}`);
  const answer = await http.asyncRequest('POST', `${url}/`, form.join('&'), {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    responseType: 'text',
  });
  const element = (name: string): string | undefined =>
    new RegExp(`<${name}>([^<]*)</${name}>`).exec(answer.body ?? '')?.[1];
  if (answer.status !== 200)
    throw new Error(`${roleArn} is not given: HTTP ${answer.status}, ${element('Message') ?? 'no reason'}`);
  return of(
    element('AccessKeyId'),
    element('SecretAccessKey'),
    element('SessionToken'),
    element('Expiration'),
  );
}

function of(
  accessKeyId: string | undefined,
  secretAccessKey: string | undefined,
  sessionToken: string | undefined,
  expiration: string | undefined,
): RoleCredentials {
  const endMs = Date.parse(expiration ?? '');
  if (accessKeyId && secretAccessKey && sessionToken && endMs > 0)
    return { accessKeyId, secretAccessKey, sessionToken, endMs };
  throw new Error("the role's credentials are not in what the platform answers");
}
