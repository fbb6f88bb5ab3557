import { startPostgres } from '../server.ts';

// A process to be killed: starts a server and tells its id.
const [dataDirectory = '', cacheDirectory = ''] = process.argv.slice(2);
const server = await startPostgres({ dataDirectory, cacheDirectory, maxConnections: 5 });
process.send?.(server.pid);
setInterval(() => {}, 1_000);
