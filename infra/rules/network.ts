import { resourcesOf, type Rule } from './template.ts';

interface Ingress {
  IpProtocol?: string;
  FromPort?: number;
  ToPort?: number;
  CidrIp?: unknown;
  CidrIpv6?: unknown;
}

const httpsPort = 443;

/** Each rule lets in one TCP port: HTTPS to endpoints, or from another group the port of the stack's database. */
export const securityGroups: Rule = {
  name: 'securityGroups',
  check(template) {
    const clusters = resourcesOf(template, 'AWS::Redshift::Cluster').map(([, { Port }]) => Number(Port));
    const rules = [
      ...resourcesOf(template, 'AWS::EC2::SecurityGroupIngress').map(([id, rule]): [string, Ingress] => [
        id,
        rule,
      ]),
      ...resourcesOf(template, 'AWS::EC2::SecurityGroup').flatMap(([id, { SecurityGroupIngress = [] }]) =>
        (SecurityGroupIngress as Ingress[]).map((rule): [string, Ingress] => [id, rule]),
      ),
    ];
    return rules.flatMap(([id, rule]) => {
      const port = rule.FromPort ?? -1;
      const fromAnywhere = [rule.CidrIp, rule.CidrIpv6].some(
        (range) => typeof range === 'string' && /^(0\.0\.0\.0|::)\/0$/.test(range),
      );
      const fromRange = rule.CidrIp !== undefined || rule.CidrIpv6 !== undefined;
      return [
        rule.IpProtocol !== 'tcp' && `${id}: lets in ${String(rule.IpProtocol)}, expected tcp`,
        port !== rule.ToPort && `${id}: lets in ports ${port} to ${rule.ToPort}, expected one`,
        fromAnywhere && `${id}: lets in everybody`,
        port !== httpsPort &&
          !clusters.includes(port) &&
          `${id}: lets in port ${port}, where no database of the stack is`,
        port !== httpsPort &&
          fromRange &&
          `${id}: lets a range of addresses to the database, expected a group`,
      ].filter((finding) => finding !== false);
    });
  },
};
