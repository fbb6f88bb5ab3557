import { isIPv4 } from 'node:net';
import { AwsError } from '../errors.ts';

/** What an ingress rule lets in. */
export interface IngressPermission {
  /** `tcp`, `udp`, `icmp`, the number of another protocol, or `-1` for all. */
  protocol: string;
  /** First and last port; -1 to -1 for every port. */
  fromPort: number;
  toPort: number;
  source: { groupId: string } | { cidrIpv4: string };
  description?: string | undefined;
}

/** IANA's numbers of the protocols that EC2 has names for. */
const protocolNames: Readonly<Record<string, string>> = {
  '1': 'icmp',
  '6': 'tcp',
  '17': 'udp',
  '58': 'icmpv6',
};
const named = new Set([...Object.values(protocolNames), '-1']);

/**
 * A permission as EC2 keeps it: a protocol with a name by its name, all protocols with all ports.
 * @throws AwsError for a protocol, ports or addresses that cannot be
 */
export function normalized(permission: IngressPermission): IngressPermission {
  const protocol = protocolNames[permission.protocol] ?? permission.protocol.toLowerCase();
  if (!named.has(protocol) && !(/^\d{1,3}$/.test(protocol) && Number(protocol) <= 255)) {
    throw invalidValue(`Invalid value '${permission.protocol}' for IP protocol. Unknown protocol.`);
  }
  if ('cidrIpv4' in permission.source) checkCidr(permission.source.cidrIpv4);
  if (protocol === 'tcp' || protocol === 'udp') checkPorts(permission);
  return protocol === '-1'
    ? { ...permission, protocol, fromPort: -1, toPort: -1 }
    : { ...permission, protocol };
}

function checkPorts({ fromPort, toPort }: IngressPermission): void {
  if (fromPort < 0 || toPort < 0) {
    throw invalidValue("Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.");
  }
  if (fromPort > toPort) {
    throw invalidValue(
      `Invalid value '${fromPort}-${toPort}' for portRange. Expected the first port to be no larger.`,
    );
  }
}

function checkCidr(cidr: string): void {
  const [address = '', bits = '', ...others] = cidr.split('/');
  if (isIPv4(address) && /^\d{1,2}$/.test(bits) && Number(bits) <= 32 && others.length === 0) return;
  throw invalidValue(`CIDR block ${cidr} is malformed`);
}

const invalidValue = (message: string): AwsError => new AwsError('InvalidParameterValue', message);
