import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** An instance, by its identifier; of Aurora with the cluster that it is in. */
export interface FakeInstance {
  status: string;
  cluster?: string;
  writes?: boolean;
}

/** RDS over HTTP, as far as a restart of a database asks it: its query protocol, one instance or cluster a page. */
export async function startRdsEndpoint(
  instances: Map<string, FakeInstance>,
  clusterStatus: Map<string, string> = new Map(),
) {
  const calls: URLSearchParams[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const asked = new URLSearchParams(body);
      calls.push(asked);
      const [statusCode, xml] = answer(asked);
      response.writeHead(statusCode, { 'content-type': 'text/xml' }).end(xml);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  function answer(asked: URLSearchParams): [number, string] {
    const action = asked.get('Action') ?? '';
    switch (action) {
      case 'DescribeDBInstances':
        return paged(asked, 'DBInstances', 'DBInstance', [...instances].map(instanceXml));
      case 'DescribeDBClusters':
        return paged(asked, 'DBClusters', 'DBCluster', [...clusterStatus].map(clusterXml));
      case 'RebootDBInstance': {
        const identifier = asked.get('DBInstanceIdentifier') ?? '';
        const instance = instances.get(identifier);
        if (instance?.status !== 'available') {
          return failed('InvalidDBInstanceState', `Instance ${identifier} is not in available state.`);
        }
        instance.status = 'rebooting';
        return [200, result(action, `<DBInstance>${instanceXml([identifier, instance])}</DBInstance>`)];
      }
      default:
        return failed('InvalidAction', action);
    }
  }

  const clusterXml = ([cluster, status]: [string, string]): string => {
    const members = [...instances].filter(([, instance]) => instance.cluster === cluster);
    const inXml = members.map(
      ([identifier, { writes = false }]) =>
        `<DBClusterMember><DBInstanceIdentifier>${identifier}</DBInstanceIdentifier>` +
        `<IsClusterWriter>${writes}</IsClusterWriter></DBClusterMember>`,
    );
    return (
      `<DBClusterIdentifier>${cluster}</DBClusterIdentifier><Status>${status}</Status>` +
      `<DBClusterMembers>${inXml.join('')}</DBClusterMembers>`
    );
  };

  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    calls,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

const instanceXml = ([identifier, { status }]: [string, FakeInstance]): string =>
  `<DBInstanceIdentifier>${identifier}</DBInstanceIdentifier><DBInstanceStatus>${status}</DBInstanceStatus>`;

const result = (action: string, xml: string): string =>
  `<${action}Response xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><${action}Result>${xml}</${action}Result></${action}Response>`;

const failed = (code: string, message: string): [number, string] => [
  400,
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
];

/** One item a page. */
function paged(asked: URLSearchParams, list: string, item: string, all: readonly string[]): [number, string] {
  const from = Number(asked.get('Marker') ?? 0);
  const next = from + 1 < all.length ? `<Marker>${from + 1}</Marker>` : '';
  const items = all.slice(from, from + 1).map((xml) => `<${item}>${xml}</${item}>`);
  return [200, result(asked.get('Action') ?? '', `<${list}>${items.join('')}</${list}>${next}`)];
}
