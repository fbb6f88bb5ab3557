import {
  ClusterNotFoundFault,
  DescribeClustersCommand,
  InvalidClusterStateFault,
  RebootClusterCommand,
  RedshiftClient,
} from '@aws-sdk/client-redshift';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ManualClock } from '../../../core/testing/manualClock.ts';
import { startTestEndpoint, type TestEndpoint } from '../testing/testEndpoint.ts';

let endpoint: TestEndpoint;
let clock: ManualClock;
let redshift: RedshiftClient;
/** Sessions of the first cluster that were ended, by when. */
let sessionsEnded: number;
beforeEach(async () => {
  clock = new ManualClock(Date.now());
  endpoint = await startTestEndpoint(clock);
  redshift = new RedshiftClient(endpoint.clientConfig);
  sessionsEnded = 0;
  const { clusters } = endpoint.state;
  clusters.add(
    'one',
    { ...place, database: 'one', securityGroupIds: ['sg-1', 'sg-2'], adminSecretArn: 'arn:x' },
    async () => {
      sessionsEnded += 1;
    },
  );
  clusters.add('two', { ...place, database: 'two' });
});
afterEach(async () => {
  redshift.destroy();
  await endpoint.close();
});

const place = { host: '127.0.0.1', port: 5439 };

const statusOf = async (ClusterIdentifier?: string) => {
  const { Clusters = [] } = await redshift.send(new DescribeClustersCommand({ ClusterIdentifier }));
  return Clusters.map((cluster) => [
    cluster.ClusterIdentifier,
    cluster.ClusterStatus,
    cluster.ClusterAvailabilityStatus,
  ]);
};
const reboot = (ClusterIdentifier: string) => redshift.send(new RebootClusterCommand({ ClusterIdentifier }));

describe('Redshift', () => {
  it('reboots one cluster: away for half a minute, its sessions ended, and back', async () => {
    const changes: (string | undefined)[] = [];
    endpoint.state.clusters.on('change', () => changes.push(endpoint.state.clusters.statusOf('one')));
    const { Cluster } = await reboot('one');
    expect(Cluster).toMatchObject({ ClusterIdentifier: 'one', ClusterStatus: 'rebooting' });
    expect(await statusOf()).toEqual([
      ['one', 'rebooting', 'Unavailable'],
      ['two', 'available', 'Available'],
    ]);
    expect(() => endpoint.state.clusters.get('one')).toThrow('Redshift cluster one is rebooting.');
    await vi.waitFor(() => {
      clock.advance(500);
      expect(sessionsEnded).toBe(3);
    });
    expect(await statusOf('one')).toEqual([['one', 'rebooting', 'Unavailable']]);
    await vi.waitFor(() => {
      clock.advance(5_000);
      expect(endpoint.state.clusters.statusOf('one')).toBe('available');
    });
    expect(await statusOf('one')).toEqual([['one', 'available', 'Available']]);
    expect(changes).toEqual(['rebooting', 'available']);
  });

  it('tells where a cluster is, and who is before it', async () => {
    const { Clusters } = await redshift.send(new DescribeClustersCommand({}));
    expect(Clusters).toMatchObject([
      {
        ClusterIdentifier: 'one',
        DBName: 'one',
        Endpoint: { Address: '127.0.0.1', Port: 5439 },
        VpcSecurityGroups: [
          { VpcSecurityGroupId: 'sg-1', Status: 'active' },
          { VpcSecurityGroupId: 'sg-2', Status: 'active' },
        ],
        MasterPasswordSecretArn: 'arn:x',
      },
      { ClusterIdentifier: 'two', VpcSecurityGroups: [] },
    ]);
  });

  it('refuses as AWS does a cluster that reboots already, and one that is not there', async () => {
    await reboot('one');
    await expect(reboot('one')).rejects.toBeInstanceOf(InvalidClusterStateFault);
    await expect(reboot('three')).rejects.toBeInstanceOf(ClusterNotFoundFault);
    await expect(statusOf('three')).rejects.toBeInstanceOf(ClusterNotFoundFault);
  });
});
