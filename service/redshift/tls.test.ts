import { X509Certificate } from 'node:crypto';
import dns from 'node:dns';
import tls from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTestPostgres } from '../../local/postgres/testing/testPostgres.ts';
import type { PostgresServer } from '../../local/postgres/server.ts';
import { systemClock } from '../../core/clock.ts';
import { createAuthority } from '../testing/certificates.ts';
import { createDatabase, type Database } from './database.ts';

const host = 'stage-system.example.us-east-1.redshift.amazonaws.com';
const trusted = createAuthority('trusted');
const builtIn = tls.getCACertificates('default');
let server: PostgresServer;
let plainServer: PostgresServer;
const databases: Database[] = [];

beforeAll(async () => {
  server = await startTestPostgres(10, { tls: trusted.issue(host) });
  plainServer = await startTestPostgres(10);
});
afterAll(async () => {
  await server.stop();
  await plainServer.stop();
});
beforeEach(() => {
  // Names of clusters lead to this machine.
  vi.spyOn(dns, 'lookup').mockImplementation(((_name: string, _options: object, found: Function) =>
    found(null, [{ address: '127.0.0.1', family: 4 }])) as unknown as typeof dns.lookup);
});
afterEach(() => {
  vi.restoreAllMocks();
  tls.setDefaultCACertificates(builtIn);
  for (const database of databases.splice(0)) database.close();
});

/** How the session is encrypted, as the database sees it; null for not at all. */
function protocolSeen(name: string, { port, adminUser, adminPassword }: PostgresServer): Promise<unknown> {
  const admin = { username: adminUser, password: adminPassword };
  const database = createDatabase({
    address: { host: name, port, name: 'postgres' },
    credentials: { get: async () => admin, refresh: async () => admin },
    timeouts: { connectMs: 2_000, statementMs: 1_000 },
    clock: systemClock,
    random: () => 0,
  });
  databases.push(database);
  return database.use(async (client) => {
    const { rows } = await client.query<{ version: string | null }>(
      'SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
    );
    return rows[0]?.version;
  }, 5_000);
}

const refused = (code: string) => ({ errorCode: 'databaseUnreachable', cause: { code } });

describe('the way to a database that is not on this machine', () => {
  it('is encrypted, and the certificate’s authority is among those Node trusts', async () => {
    tls.setDefaultCACertificates([...builtIn, trusted.certificate]);

    expect(await protocolSeen(host, server)).toBe('TLSv1.3');
  });

  it('ends where nobody trusted has signed the certificate', async () => {
    await expect(protocolSeen(host, server)).rejects.toMatchObject(
      refused('UNABLE_TO_VERIFY_LEAF_SIGNATURE'),
    );
  });

  it('ends at the certificate of another host', async () => {
    tls.setDefaultCACertificates([trusted.certificate]);

    await expect(protocolSeen(`other.${host}`, server)).rejects.toMatchObject(
      refused('ERR_TLS_CERT_ALTNAME_INVALID'),
    );
  });

  it('ends at a server that would talk in the clear', async () => {
    await expect(protocolSeen(host, plainServer)).rejects.toMatchObject({
      errorCode: 'databaseUnreachable',
      cause: { message: 'The server does not support SSL connections' },
    });
  });

  it('needs nothing but Node: Amazon’s root authorities, which sign Redshift’s certificates, are among its own', () => {
    const subjects = builtIn.map((pem) => new X509Certificate(pem).subject);

    for (const root of [
      'Amazon Root CA 1',
      'Amazon Root CA 4',
      'Starfield Services Root Certificate Authority - G2',
    ]) {
      expect(subjects).toContainEqual(expect.stringContaining(`CN=${root}`));
    }
  });
});

describe('the way to a database on this machine', () => {
  it('is not encrypted', async () => {
    expect(await protocolSeen('127.0.0.1', plainServer)).toBeNull();
  });
});
