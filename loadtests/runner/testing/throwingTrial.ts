/**
 * How a fake k6 answers a script on stdin, which throws in each of its three iterations, in the last by a promise: part of a
 * program that has `args`, and whose log goes to stderr, each entry an object where it is told so.
 * @param executorField what k6's log names the executor by
 */
export const throwingTrial = (executorField: string): string => `
if (args[0] === 'run' && args.at(-1) === '-') {
  if (!args.join(' ').includes('--log-output stderr --log-format json')) process.exit(104);
  for (const msg of [
    'Error: expected\\n\\tat file:///-:2:27(4)\\n',
    'expected\\n\\tat file:///-:3:21(9)\\n',
    'Uncaught (in promise) Error: expected\\n\\tat file:///-:4:25(14)\\n',
  ]) {
    const fields = { scenario: 'default', ${executorField}: 'shared-iterations', source: 'stacktrace' };
    console.error(JSON.stringify({ level: 'error', msg, ...fields }));
  }
  process.exit(0);
}
`;
