import { assignment, compare, measured } from './sideBySide.ts';

/*
 * From the start of a fresh Node process to the first answer of the bundled API function: what a cold
 * start costs, without what Lambda adds. A process that measures loads nothing but the bundle.
 */

interface Input {
  bundle: string;
  variables: Record<string, string>;
}

const ask = async ({ bundle, variables }: Input, clientId: string, status: number): Promise<void> => {
  Object.assign(process.env, variables);
  const { handler } = (await import(bundle)) as {
    handler: (event: unknown) => Promise<{ statusCode: number }>;
  };
  const { statusCode } = await handler({
    httpMethod: 'GET',
    resource: '/getClient',
    multiValueQueryStringParameters: { client_id: [clientId] },
    requestContext: { requestId: 'request' },
  });
  if (statusCode !== status) throw new Error(`expected ${status}, got ${statusCode}`);
};

const variants: Record<string, (input: Input) => Promise<void>> = {
  'Node alone': async () => {},
  '400, no database': (input) => ask(input, '', 400),
  '200, secret and database': (input) => ask(input, '1', 200),
};

const assigned = assignment();
if (assigned) {
  await variants[assigned.variant]!(assigned.input as Input);
  measured(performance.now());
  process.exit();
}

const { mkdir, readFile, rm } = await import('node:fs/promises');
const path = await import('node:path');
const { pathToFileURL } = await import('node:url');
const { gzipSync } = await import('node:zlib');
const { bundleFunctions, functionEntries } = await import('../../infra/bundle.ts');
const { service } = await import('../testing/service.ts');
const { withDatabase } = await import('./database.ts');

// Inside the project, where the bundle finds the AWS SDK.
const directory = path.join(import.meta.dirname, '..', '..', '.headroom', 'bench-bundle');
await mkdir(directory, { recursive: true });
await bundleFunctions(directory, functionEntries(service.definition));
for (const name of ['api', 'subscriber']) {
  const code = await readFile(path.join(directory, `${name}.mjs`));
  console.log(`${name}.mjs: ${code.length} bytes, ${gzipSync(code).length} gzipped, without the AWS SDK`);
}
await withDatabase(async (target, bench) => {
  const input: Input = {
    bundle: pathToFileURL(path.join(directory, 'api.mjs')).href,
    variables: {
      HEADROOM_STAGE: 'bench',
      HEADROOM_SYSTEM: 'system-01',
      DATABASE_HOST: target.host,
      DATABASE_PORT: String(target.port),
      DATABASE_NAME: target.name,
      DATABASE_SECRET_ARN: 'api',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      METRICS_PERIOD_SECONDS: '60',
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'bench',
      AWS_SECRET_ACCESS_KEY: 'bench',
      AWS_ENDPOINT_URL: bench.aws.url,
    },
  };
  await compare({
    title: 'first answer of a fresh process',
    script: import.meta.url,
    variants: Object.keys(variants),
    unit: 'milliseconds',
    input,
    rounds: 9,
  });
});
await rm(directory, { recursive: true });
