/**
 * A cluster's endpoint while the template is resolved. Which address it stands for depends on who reads it,
 * since the security-group proxy knows its clients by the listener they use; a function's environment is where it is
 * replaced, and nothing else may read it.
 */
export const endpointPlaceholder = (clusterIdentifier: string, part: 'address' | 'port'): string =>
  `{{headroom:proxy:${clusterIdentifier}:${part}}}`;

const pattern = /\{\{headroom:proxy:([^:}]+):(address|port)\}\}/g;

export const hasEndpointPlaceholder = (text: string): boolean => text.includes('{{headroom:proxy:');

/** The text with every endpoint in it replaced by what `open` answers for its cluster. */
export async function fillEndpoints(
  text: string,
  open: (clusterIdentifier: string) => Promise<{ host: string; port: number }>,
): Promise<string> {
  let filled = text;
  for (const [placeholder, clusterIdentifier = '', part] of text.matchAll(pattern)) {
    const { host, port } = await open(clusterIdentifier);
    filled = filled.replace(placeholder, part === 'address' ? host : String(port));
  }
  return filled;
}
