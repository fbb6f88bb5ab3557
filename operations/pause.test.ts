import { RedshiftClient } from '@aws-sdk/client-redshift';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PauseError } from './errors.ts';
import { pauseClusters, resumeClusters } from './pause.ts';

/** Statuses of a cluster, one a look; the last stays. */
let looks: Map<string, string[]>;
let asked: string[];
let refuseOnce: boolean;
let server: Server;
let redshift: RedshiftClient;

beforeEach(async () => {
  looks = new Map();
  asked = [];
  refuseOnce = false;
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const form = new URLSearchParams(body);
      const action = form.get('Action')!;
      const cluster = form.get('ClusterIdentifier')!;
      const fail = (code: string) => {
        response.writeHead(400, { 'content-type': 'text/xml' });
        response.end(`<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code></Error></ErrorResponse>`);
      };
      if (action !== 'DescribeClusters') {
        if (refuseOnce) {
          refuseOnce = false;
          return fail('InvalidClusterState');
        }
        asked.push(`${action} ${cluster}`);
      }
      const statuses = looks.get(cluster);
      if (!statuses) return fail('ClusterNotFound');
      const status = action === 'DescribeClusters' && statuses.length > 1 ? statuses.shift() : statuses[0];
      const result = `<Clusters><Cluster><ClusterStatus>${status}</ClusterStatus></Cluster></Clusters>`;
      response.writeHead(200, { 'content-type': 'text/xml' });
      response.end(`<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  redshift = new RedshiftClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'A', secretAccessKey: 'B' },
    maxAttempts: 1,
  });
});

afterEach(async () => {
  redshift.destroy();
  server.close();
  await once(server, 'close');
});

/** Time passes only while somebody sleeps. */
function options(clusters: string[], signal = new AbortController().signal) {
  let nowMs = 0;
  const lines: string[] = [];
  return {
    redshift,
    clusters,
    signal,
    onProgress: (line: string) => lines.push(line),
    lines,
    clock: {
      now: () => nowMs,
      sleep: async (ms: number) => {
        nowMs += ms;
      },
    },
  };
}

describe('pauseClusters', () => {
  it('asks once and waits until every cluster is paused', async () => {
    looks.set('a', ['available', 'pausing', 'pausing', 'paused']);
    looks.set('b', ['available', 'paused']);
    const given = options(['a', 'b']);
    await pauseClusters(given);
    expect(asked.sort()).toEqual(['PauseCluster a', 'PauseCluster b']);
    expect(given.lines).toEqual(expect.arrayContaining(['a: pausing', 'a: paused', 'b: paused']));
  });

  it('leaves alone what is paused, and waits for a change under way before it asks', async () => {
    looks.set('a', ['paused']);
    looks.set('b', ['resuming', 'available', 'paused']);
    await pauseClusters(options(['a', 'b']));
    expect(asked).toEqual(['PauseCluster b']);
  });

  it('asks again when a change began between look and question', async () => {
    looks.set('a', ['available', 'modifying', 'available', 'paused']);
    refuseOnce = true;
    await pauseClusters(options(['a']));
    expect(asked).toEqual(['PauseCluster a']);
  });

  it('names the cluster that is not there, and the one that never gets there', async () => {
    await expect(pauseClusters(options(['gone']))).rejects.toThrow('cluster gone is not there');
    looks.set('stuck', ['available', 'pausing']);
    const stuck = pauseClusters(options(['stuck']));
    await expect(stuck).rejects.toBeInstanceOf(PauseError);
    await expect(stuck).rejects.toThrow('is still pausing after 30 minutes, expected paused');
  });

  it('ends when it is interrupted', async () => {
    looks.set('a', ['pausing']);
    const reason = new Error('interrupted');
    await expect(pauseClusters(options(['a'], AbortSignal.abort(reason)))).rejects.toBe(reason);
  });
});

describe('resumeClusters', () => {
  it('asks once and waits until the cluster answers', async () => {
    looks.set('a', ['paused', 'resuming', 'available']);
    await resumeClusters(options(['a']));
    expect(asked).toEqual(['ResumeCluster a']);
  });
});
