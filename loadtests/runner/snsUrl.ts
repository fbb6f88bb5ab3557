import type { SNSClient } from '@aws-sdk/client-sns';

/**
 * Where an SNS client's calls go, without a trailing slash: the endpoint it was made with, what settings say (variables
 * or the profile in use), or AWS's own of its region. For those who sign by themselves.
 */
export async function snsUrlOf({ config }: SNSClient): Promise<string> {
  const made = await config.endpoint?.();
  if (made) {
    const port = made.port === undefined ? '' : `:${made.port}`;
    return withoutSlash(`${made.protocol}//${made.hostname}${port}${made.path}`);
  }
  // The configuration has it, but its type hides it.
  const hidden = config as object as { serviceConfiguredEndpoint(): Promise<string | undefined> };
  const configured = await hidden.serviceConfiguredEndpoint();
  if (configured !== undefined) return withoutSlash(configured);
  const { url } = config.endpointProvider({
    Region: await config.region(),
    UseDualStack: await config.useDualstackEndpoint(),
    UseFIPS: await config.useFipsEndpoint(),
  });
  return withoutSlash(url.href);
}

const withoutSlash = (url: string): string => url.replace(/\/+$/, '');
