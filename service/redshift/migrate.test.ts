import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestPostgres } from '../../local/postgres/testing/testPostgres.ts';
import type { PostgresServer } from '../../local/postgres/server.ts';
import { schemaOf } from '../../fleet/service.ts';
import { service } from '../testing/service.ts';
import { SystemBench } from '../testing/systemBench.ts';
import { MigrationError, StatementError } from '../errors.ts';
import { runSql } from './dataApi.ts';
import { dialectOf } from './dialect.ts';
import { connect } from './connect.ts';
import { migrate, migratedSchemas, removeSchema } from './migrate.ts';
import { listSessions, terminateSession } from './sessions.ts';

let server: PostgresServer;
let bench: SystemBench;
let directory: string;

beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(() => server.stop());

beforeEach(async () => {
  bench = await SystemBench.create(server);
  directory = await mkdtemp(join(tmpdir(), 'headroom-migrations-'));
  await cp(schemaOf(service.definition).directory, directory, { recursive: true });
  return async () => {
    await bench.aws.stop();
    await rm(directory, { recursive: true, force: true });
  };
});

const migrateBench = () => migrate({ ...bench.migration, directory });

describe('migrate', () => {
  it('makes an empty database answer for the test client', async () => {
    const lines: string[] = [];
    const { dialect, applied } = await migrate({
      ...bench.migration,
      onProgress: (line) => lines.push(line),
    });

    expect(dialect).toBe('postgresql');
    expect(applied).toEqual(['0001_clientes.sql', '0002_test_client.sql']);
    expect(lines).toContain('test-clientes: applied 0001_clientes.sql');
    expect(await bench.query('api', 'SELECT id, rut FROM clientes')).toEqual([
      { id: '1', rut: '11111111-1' },
    ]);
  });

  it('applies nothing twice, and carries a rotated password over', async () => {
    await migrateBench();
    bench.secrets.set('api', { ...bench.secrets.get('api')!, password: 'rotated' });

    const second = await migrateBench();

    expect(second.applied).toEqual([]);
    expect(await bench.query('api', 'SELECT count(*) AS n FROM clientes')).toEqual([{ n: '1' }]);
  });

  it('applies only what is new', async () => {
    await migrateBench();
    await writeFile(
      join(directory, '0003_more.sql'),
      '-- Why; really.\nCREATE TABLE more (text VARCHAR(9));\n',
    );

    const { applied } = await migrateBench();

    expect(applied).toEqual(['0003_more.sql']);
  });

  it('refuses a file that was changed after it had been applied', async () => {
    await migrateBench();
    await writeFile(join(directory, '0002_test_client.sql'), 'DELETE FROM clientes;\n');

    await expect(migrateBench()).rejects.toThrow(MigrationError);
    await expect(migrateBench()).rejects.toThrow(
      /^migration 0002_test_client\.sql: .*write the change as a new/s,
    );
    expect(await bench.query('admin', 'SELECT id FROM clientes')).toHaveLength(1);
  });

  it('refuses a gap in the numbers and a statement without its semicolon', async () => {
    await writeFile(join(directory, '0004_gap.sql'), 'SELECT 1;\n');
    await expect(migrateBench()).rejects.toThrow('0004_gap.sql: expected a name such as 0003_');

    await rm(join(directory, '0004_gap.sql'));
    await writeFile(join(directory, '0003_open.sql'), 'SELECT 1;\nSELECT 2\n');
    await expect(migrateBench()).rejects.toThrow('0003_open.sql: expected its last statement to end');
  });

  it('leaves nothing of a file whose last statement fails', async () => {
    await writeFile(
      join(directory, '0003_half.sql'),
      'CREATE TABLE half (id BIGINT);\nSELECT nothing FROM nowhere;\n',
    );

    await expect(migrateBench()).rejects.toThrow(StatementError);

    expect(await bench.query('admin', "SELECT to_regclass('half') AS half")).toEqual([{ half: null }]);
    expect(await bench.query('admin', 'SELECT version FROM schema_migrations ORDER BY version')).toHaveLength(
      2,
    );
  });

  it('applies each file once when several run at the same time', async () => {
    const runs = await Promise.all(Array.from({ length: 4 }, migrateBench));

    expect(runs.flatMap(({ applied }) => applied).toSorted((a, b) => a.localeCompare(b))).toEqual([
      '0001_clientes.sql',
      '0002_test_client.sql',
    ]);
    expect(await bench.query('admin', 'SELECT version FROM schema_migrations ORDER BY version')).toEqual([
      { version: 1 },
      { version: 2 },
    ]);
    expect(await bench.query('subscriber', 'SELECT id FROM clientes')).toHaveLength(1);
  });

  it('has a file wait for the same file of another run', async () => {
    await migrateBench();
    // Two at once would both find it missing: nothing in it gets in another's way.
    await writeFile(
      join(directory, '0003_slow.sql'),
      'SELECT pg_sleep(0.3);\nINSERT INTO clientes SELECT 2, nombre, apellido, rut, correo FROM clientes;\n',
    );

    const runs = await Promise.all(Array.from({ length: 3 }, migrateBench));

    expect(runs.flatMap(({ applied }) => applied)).toEqual(['0003_slow.sql']);
    expect(await bench.query('admin', 'SELECT id FROM clientes WHERE id = 2')).toHaveLength(1);
  });

  it('tells a file that fails from one that another run was quicker with', async () => {
    await writeFile(join(directory, '0003_fails.sql'), 'SELECT nothing FROM nowhere;\n');

    const runs = await Promise.allSettled([migrateBench(), migrateBench()]);

    for (const run of runs) {
      expect(run).toMatchObject({
        reason: { message: expect.stringContaining('relation "nowhere" does not exist') },
      });
    }
  });

  it('names the secret that it cannot read', async () => {
    bench.secrets.delete('probe');

    await expect(migrateBench()).rejects.toThrow('secret probe: could not be read');
  });
});

describe('the users', () => {
  const data = "VALUES (7, 'Ana', 'Muñoz', '12345678-5', 'ana@example.com')";
  const may: Record<'api' | 'subscriber' | 'probe', string[]> = {
    api: ['SELECT id, nombre, apellido, rut, correo FROM clientes', 'SELECT 1'],
    subscriber: [
      `INSERT INTO clientes ${data}`,
      'DELETE FROM clientes WHERE id = 7',
      "INSERT INTO clientes_version VALUES (7, 0, '')",
      'DELETE FROM clientes_version WHERE id = 7',
      'LOCK TABLE clientes_lock',
    ],
    probe: [
      'SELECT query FROM pg_stat_activity',
      "SELECT pg_read_file('PG_VERSION')",
      'SELECT pg_database_size(current_database())',
    ],
  };
  const owners = ['DROP TABLE clientes', 'ALTER TABLE clientes ADD COLUMN more INTEGER'];
  const administrators = [
    'CREATE USER other',
    'ALTER USER CURRENT_USER SUPERUSER',
    'CREATE SCHEMA mine',
    'CREATE TABLE mine (id INTEGER)',
    'CREATE TEMPORARY TABLE mine (id INTEGER)',
    'SET SESSION AUTHORIZATION admin',
    'SELECT passwd FROM pg_shadow',
    'SELECT 1 FROM schema_migrations',
    "INSERT INTO schema_migrations VALUES (9, 'x', 'x')",
    "COPY clientes TO '/tmp/clientes'",
    "COPY clientes TO PROGRAM 'cat'",
    'CREATE EXTENSION dblink',
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_setting('test.admin')",
    ...owners,
  ];
  const writes = [
    `INSERT INTO clientes ${data}`,
    "UPDATE clientes SET nombre = 'Eva'",
    'DELETE FROM clientes',
    'TRUNCATE clientes',
    'SELECT 1 FROM clientes_version',
    'DELETE FROM clientes_version',
    'SELECT 1 FROM clientes_lock',
    'LOCK TABLE clientes_lock',
    'LOCK TABLE clientes IN ACCESS EXCLUSIVE MODE',
  ];
  const mayNot: typeof may = {
    api: [...administrators, ...writes, "SELECT pg_read_file('PG_VERSION')"],
    subscriber: [
      ...administrators,
      "UPDATE clientes SET nombre = 'Eva'",
      'TRUNCATE clientes',
      'UPDATE clientes_version SET occurred_at_ms = 0',
      'TRUNCATE clientes_version',
      'INSERT INTO clientes_lock VALUES (2)',
      'TRUNCATE clientes_lock',
      'DROP TABLE clientes_lock',
      "SELECT pg_read_file('PG_VERSION')",
    ],
    probe: [...administrators, ...writes, 'SELECT 1 FROM clientes'],
  };
  const refusal = /permission denied|must be owner|Only roles with|denied to (create|alter)/;

  it.each(['api', 'subscriber', 'probe'] as const)(
    '%s may do what it needs, and nothing else',
    async (user) => {
      // As Redshift has it from the start; PostgreSQL no longer does.
      await bench.query('admin', 'GRANT CREATE ON SCHEMA public TO PUBLIC');
      await migrateBench();
      const setting = `SET test.admin TO ${server.adminUser}`;
      const outcome = (statement: string): Promise<string> =>
        bench.query(user, `${setting}; BEGIN; ${statement}; ROLLBACK`).then(
          () => 'allowed',
          (error: Error) => error.message,
        );

      for (const statement of may[user]) {
        expect([statement, await outcome(statement)]).toEqual([statement, 'allowed']);
      }
      for (const statement of mayNot[user]) {
        expect([statement, await outcome(statement)]).toEqual([statement, expect.stringMatching(refusal)]);
      }
      expect(await bench.query(user, "SELECT current_setting('idle_session_timeout') AS timeout")).toEqual([
        { timeout: '10min' },
      ]);
    },
  );

  it('of one system reads nothing of another’s database', async () => {
    await migrateBench();
    const other = await SystemBench.create(server);
    await migrate(other.migration);
    other.secrets.set('stranger', bench.secrets.get('api')!);

    await expect(other.query('stranger', 'SELECT 1 FROM clientes')).rejects.toThrow('permission denied');

    await other.aws.stop();
  });
});

describe('runSql', () => {
  it('binds named parameters, follows pages and keeps types', async () => {
    const rows = await runSql(
      bench.dataApi,
      `SELECT n, CAST(:word AS VARCHAR(9)) AS word, n > CAST(:least AS INTEGER) AS more, NULL AS nothing
       FROM (VALUES (1), (2), (3), (4), (5)) AS numbers (n) ORDER BY n`,
      { word: "it's", least: 4 },
    );

    expect(rows).toHaveLength(5);
    expect(rows[4]).toEqual({ n: 5, word: "it's", more: true, nothing: null });
  });

  it('passes on what the database says, with the cluster it says it of', async () => {
    await expect(runSql(bench.dataApi, 'SELECT * FROM nowhere')).rejects.toThrow(
      `cluster test-clientes, database ${bench.database}: ERROR: relation "nowhere" does not exist`,
    );
  });

  it('cancels a statement that is not finished in time', async () => {
    bench.aws.actions.set('DescribeStatement', () => ({ Status: 'STARTED' }));
    bench.aws.actions.set('CancelStatement', () => ({ Status: true }));

    await expect(runSql({ ...bench.dataApi, timeoutMs: 100 }, 'SELECT 1')).rejects.toThrow(
      'not finished after 100 ms and was cancelled',
    );
    expect(bench.aws.calls).toContain('CancelStatement');
  });
});

describe('sessions', () => {
  it('lists a user’s sessions and ends them', async () => {
    await migrateBench();
    const held = bench.query('api', 'SELECT pg_sleep(20)').catch((error: Error) => error.message);
    const user = bench.secrets.get('api')!.username;
    const sessions = () => listSessions(bench.dataApi, 'postgresql', [user]);

    await expect.poll(sessions, { timeout: 5_000 }).toHaveLength(1);
    const [session] = await sessions();
    expect(session).toEqual({ pid: expect.any(Number), user });
    await terminateSession(bench.dataApi, session!.pid);

    expect(await held).toMatch('terminating connection');
    await expect.poll(sessions, { timeout: 5_000 }).toEqual([]);
    await terminateSession(bench.dataApi, session!.pid);
  });
});

describe('dialectOf', () => {
  it('tells Redshift from the PostgreSQL it descends from', () => {
    expect(dialectOf('PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC, Redshift 1.0.12103')).toBe(
      'redshift',
    );
    expect(dialectOf('PostgreSQL 17.10 on x86_64-pc-linux-gnu')).toBe('postgresql');
    expect(() => dialectOf('8.4.3 MySQL')).toThrow('calls itself "8.4.3 MySQL"');
  });
});

describe('migrate in a schema of its own', () => {
  const schema = 'test_4711';
  const migrateRun = () => {
    const { cluster, ...rest } = bench.migration;
    return migrate({ ...rest, directory, cluster: { ...cluster, schema } });
  };
  const clients = (user: string, from: string) => bench.query(user, `SELECT id FROM ${from}.clientes`);

  it("stands beside the database's own tables, for the users that are there, and can be repeated", async () => {
    await migrateBench();
    const before = await bench.query('admin', 'SELECT usename, passwd FROM pg_shadow ORDER BY usename');
    expect((await migrateRun()).applied).toHaveLength(2);
    expect((await migrateRun()).applied).toEqual([]);
    await bench.query('admin', `DELETE FROM ${schema}.clientes`);
    expect(await clients('api', schema)).toEqual([]);
    expect(await clients('api', 'public')).toEqual([{ id: '1' }]);
    expect(await clients('subscriber', schema)).toEqual([]);
    expect(await bench.query('admin', 'SELECT usename, passwd FROM pg_shadow ORDER BY usename')).toEqual(
      before,
    );
  });

  it('is made once when several runs want it at the same time', async () => {
    await migrateBench();

    const runs = await Promise.all(Array.from({ length: 3 }, migrateRun));

    expect(runs.flatMap(({ applied }) => applied)).toHaveLength(2);
    expect(await clients('api', schema)).toEqual([{ id: '1' }]);
  });

  it('is known among others, such as nobody migrated left out', async () => {
    await migrateBench();
    await migrateRun();
    await bench.query('admin', 'CREATE SCHEMA test_data');
    expect(await migratedSchemas(bench.migration)).toEqual(['public', schema]);
  });

  it('is removed without a trace, and no other with it', async () => {
    await migrateBench();
    await migrateRun();
    await removeSchema(bench.migration, schema);
    await removeSchema(bench.migration, schema);
    const schemas = await bench.query('admin', `SELECT nspname FROM pg_namespace WHERE nspname LIKE 'test%'`);
    expect(schemas).toEqual([]);
    expect(await clients('api', 'public')).toEqual([{ id: '1' }]);
  });

  it('is where the service looks, when it is told so', async () => {
    await migrateBench();
    await migrateRun();
    const { host, port } = server;
    const opened = await connect(
      { host, port, name: bench.database, schema },
      bench.secrets.get('api')!,
      { connectMs: 5_000, statementMs: 5_000 },
      new AbortController().signal,
      () => {},
    );
    try {
      const { rows } = await opened.client.query('SELECT current_schema() AS schema');
      expect(rows).toEqual([{ schema }]);
    } finally {
      opened.destroy();
    }
  });
});
