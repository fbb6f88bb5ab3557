import type { Command } from 'commander';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { exampleRun, exampleVerdict } from '../records/testing/examples.ts';
import { configurationHash, loadFleet } from '../fleet/fleet.ts';
import { defaultConfig } from './context.ts';
import { projectDirectory } from './directories.ts';
import packageJson from '../package.json' with { type: 'json' };
import { limits } from '../monitoring/limits.ts';
import { UsageError } from '../operations/errors.ts';
import { commandNames, makeProgram } from './program.ts';
import { Headroom } from './testing/headroom.ts';
import { silentContext } from './testing/silentContext.ts';

const running: Headroom[] = [];
afterEach(async () => {
  for (const headroom of running.splice(0)) {
    headroom.child.kill('SIGKILL');
    await headroom.exited;
  }
});

async function said(...words: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const headroom = new Headroom(...words);
  running.push(headroom);
  const code = await headroom.exited;
  const { stdout, stderr } = headroom;
  return { code, stdout, stderr };
}

const programFor = (words: string[]): Promise<Command> => makeProgram(silentContext(), () => {}, words);

/** Why a line is wrong usage. */
async function refusal(...line: string[]): Promise<string> {
  const program = await programFor(line);
  const error: unknown = await program.parseAsync(line, { from: 'user' }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UsageError);
  return (error as UsageError).message;
}

/** The command that a line runs, and the options that it gets; nothing is done. */
async function parsed(...line: string[]): Promise<[string, Record<string, unknown>]> {
  const program = await programFor(line);
  const ran: Command[] = [];
  const everyCommand = (command: Command): Command[] => [command, ...command.commands.flatMap(everyCommand)];
  for (const command of program.commands.flatMap(everyCommand)) command.action(() => void ran.push(command));
  await program.parseAsync(line, { from: 'user' });
  return [ran[0]!.name(), ran[0]!.opts()];
}

describe('headroom', () => {
  it('says its version', async () => {
    expect(await said('--version')).toEqual({ code: 0, stdout: `${packageJson.version}\n`, stderr: '' });
  });

  it('refuses a rate for a load that has none, naming the options and a load that has one', async () => {
    const { code, stderr } = await said('load', 'smoke', '--ramp', '5', '--rate-scale', '2');
    expect(code).toBe(2);
    expect(stderr).toBe(
      'headroom: smoke sends each request once, at no rate: leave out --ramp, --rate-scale, ' +
        'or run peak or spike or soak or publish or breakpoint.\n',
    );
  });

  it('sweeps only where runs have stages, and nowhere what was changed lately unless it is told to', async () => {
    expect(await refusal('sweep', '--stage', 'prod')).toBe(
      'no stage is made for each run on stage "prod" (runsOn): nothing can be left.',
    );
    expect(await parsed('sweep', '--stage', 'qa')).toMatchObject([
      'sweep',
      { olderThan: limits.runLeftAfterHours, dryRun: false },
    ]);
  });

  it('measures sizes on AWS alone, and in production where that is meant, before it asks anything', async () => {
    expect(await refusal('size', '--stage', 'local')).toMatch(
      /only a limit and brings no CPU.*Measure on AWS/s,
    );
    expect(await refusal('size')).toMatch(/Measure on AWS/);
    expect(await refusal('size', '--stage', 'prod')).toMatch(/again with --confirm-prod/);
    expect(await parsed('size', '--stage', 'qa', '--memory', '512,256')).toMatchObject([
      'size',
      { memory: [512, 256], function: 'api', keepData: false },
    ]);
    expect(await parsed('size', '--stage', 'qa', '--function', 'subscriber', '--batch', '20')).toMatchObject([
      'size',
      { function: 'subscriber', batch: 20 },
    ]);
    expect(await refusal('size', '--stage', 'qa', '--batch', '20', '--keep-data')).toBe(
      'the API is sent requests, which store nothing: leave out --batch, --keep-data, or measure --function subscriber.',
    );
    expect(await refusal('size', '--stage', 'prod', '--function', 'subscriber')).toMatch(
      /its messages are stored/,
    );
    await expect(parsed('size', '--memory', '64')).rejects.toThrow(/a whole number from 128 to 10240/);
    await expect(parsed('size', '--memory', '256,256')).rejects.toThrow(/every size once/);
  });

  it('reads what adopt is given of files before it connects to anything', async () => {
    expect(await refusal('adopt', '--outputs', 'nowhere/outputs.json')).toMatch(
      /^nowhere\/outputs.json cannot be read: /,
    );
    expect(await refusal('adopt', '--stack', 'clients', '--outputs', 'README.md')).toMatch(
      /^README.md is not JSON: /,
    );
  });

  it('refuses a hold for a climb', async () => {
    expect(await refusal('load', 'breakpoint', '--hold', '5')).toBe(
      'breakpoint climbs all the time and has no hold: leave out --hold; --ramp sets the climb.',
    );
  });

  it.each([
    [
      ['load', 'peak', '--hold', '15'],
      'a hold of 15 s has 2 whole periods of 5 s for certain, and a verdict needs 3: --hold 20 at least; ' +
        'or --unjudged, to run it all the same.',
    ],
    [['load', 'peak', '--stage', 'qa', '--hold', '40'], 'a hold of 40 s has 0 whole periods of 60 s'],
    [['load', 'soak', '--stage', 'qa', '--hold', '239'], '--hold 240 at least'],
    [['load', 'breakpoint', '--ramp', '19'], 'a climb of 19 s has 2 whole periods of 5 s'],
    [['load', 'breakpoint', '--ramp', '0'], '--ramp 20 at least'],
    [['rehearse', '--hold', '19'], 'and a verdict needs 3: --hold 20 at least.'],
    [['load', 'spike', '--unjudged'], 'spike gives its answer whatever its length: leave out --unjudged.'],
    [['load', 'smoke', '--unjudged'], 'smoke gives its answer'],
  ])('refuses %j before it starts, since nothing could be concluded', async (line, reason) => {
    expect(await refusal(...line)).toContain(reason);
  });

  const script = 'examples/orders/scripts/browse.ts';

  it.each([
    [
      [script],
      'browse.ts: the gate needs to know where the hold is: add --ramp SECONDS (until it begins; 0 for at once)',
    ],
    [[script, '--hold', '60'], 'the gate needs to know where the hold is'],
    [[script, '--hold', '60', '--unjudged'], 'or --unjudged without either to run it anyway.'],
    [[script, '--ramp', '0', '--hold', '15'], 'a hold of 15 s has 2 whole periods of 5 s'],
    [
      [script, '--ramp', '0', '--hold', '60', '--rate-scale', '2'],
      'browse.ts sets its own rates: leave out --rate-scale.',
    ],
    [
      ['./peak', '--ramp', '0', '--hold', '60'],
      `no file ${join(projectDirectory, 'peak')}: expected a k6 script`,
    ],
    [['peak', '--no-messages'], 'peak is a profile, which decides what it sends: leave out --no-messages.'],
  ])('runs no script of a user of which it could not be told what it shows: %j', async (line, reason) => {
    expect(await refusal('load', ...line)).toContain(reason);
  });

  it('tells the path of a script from the name of a profile', async () => {
    expect(await refusal('load', 'peek')).toContain(
      'no profile has that name: expected smoke, peak, spike, soak, publish, breakpoint, or the path of a k6 script such as ./peek.ts.',
    );
    await expect(parsed('load', 'Peak')).rejects.toThrow('or the path of a k6 script.');
    expect(await parsed('load', './peek.ts')).toMatchObject(['load', { messages: true }]);
  });

  it('runs what is too short for an answer where it is told that none is wanted', async () => {
    const { code, stderr } = await said('load', 'peak', '--hold', '1', '--unjudged');
    expect(code).toBe(2);
    // The stage is what is missing then.
    expect(stderr).toContain('no stage "local" is running on this machine');
  });

  it.each([
    [['peak', '--execution-segment-sequence', '0,1/2,1'], 'goes with an --execution-segment'],
    [['peak', '--instances', '2', '--execution-segment', '0:1/2'], 'leave out --execution-segment'],
    [['publish', '--execution-segment', '0:1/2'], 'publish needs one process'],
  ])('loads no part that is none: %j', async (line, reason) => {
    expect(await refusal('load', ...line)).toContain(reason);
  });

  it.each([
    ['spike', [], 'this is a run of spike, which holds no peak and is judged by its own thresholds;'],
    ['smoke', [], 'this is a run of smoke, which holds no peak'],
    ['soak', ['--record'], 'this is a run of soak: only a peak counts as evidence: leave out --record.'],
    ['breakpoint', ['--record'], 'this is a run of breakpoint: only a peak counts as evidence'],
    ['breakpoint', ['--junit', 'never.xml'], 'a breakpoint is an answer, not a verdict: leave out --junit.'],
  ])('judges no run of %s %j', async (profile, options, reason) => {
    const directory = await mkdtemp(join(tmpdir(), 'headroom-gate-'));
    try {
      const path = join(directory, 'run.json');
      await writeFile(path, JSON.stringify({ ...exampleRun, profile }));
      expect(await refusal('gate', path, ...options)).toContain(reason);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it.each([
    [true, ['--record'], 'this is a run of checkout.ts: only a peak counts as evidence: leave out --record.'],
    [
      false,
      [],
      'checkout.ts ran without a hold, so there is nothing to judge: load it again with --ramp and --hold.',
    ],
  ])(
    'judges no script of a user without a hold, and takes none for evidence: %j',
    async (paced, options, reason) => {
      const directory = await mkdtemp(join(tmpdir(), 'headroom-gate-'));
      try {
        const path = join(directory, 'run.json');
        const own = { sha256: 'hash', scenarios: [], unattributed: { requests: 0, iterations: 0 } };
        await writeFile(path, JSON.stringify({ ...exampleRun, profile: 'checkout.ts', paced, script: own }));
        expect(await refusal('gate', path, ...options)).toContain(reason);
      } finally {
        await rm(directory, { recursive: true });
      }
    },
  );

  it('records no verdict on a hold too short to rely on, and says so before it asks anything', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'headroom-gate-'));
    try {
      const path = join(directory, 'run.json');
      const hash = configurationHash(await loadFleet(defaultConfig));
      await writeFile(path, JSON.stringify({ ...exampleRun, stage: 'qa', configurationHash: hash }));
      expect(await refusal('gate', path, '--record')).toBe(
        'the hold has 0 whole periods of 60 s and evidence needs 10: run "headroom load peak --hold 660", ' +
          'or leave out --record.',
      );
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('says all of what it has to say into a pipe, also when that is more than a pipe holds', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'headroom-program-'));
    try {
      const config = join(directory, 'fleet.config.ts');
      const system = `{ name: 'Wrong', ['${'unknown'.repeat(100)}']: 1, expectedPeak: {} }`;
      await writeFile(config, `export default { systems: Array.from({ length: 200 }, () => (${system})) };`);
      const { code, stderr } = await said('plan', '--config', config);
      expect(code).toBe(2);
      expect(stderr.length).toBeGreaterThan(2 * 65_536);
      expect(stderr).toContain('systems.199.');
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('has nothing to plan and nothing to boot of systems that are all adopted, and says so', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'headroom-adopted-'));
    try {
      const config = join(directory, 'fleet.config.ts');
      const { systems, ...fleet } = await loadFleet(defaultConfig);
      const [system] = systems;
      const adopted = { ...system, adopt: { apiUrl: 'https://clients.example' } };
      await writeFile(config, `export default ${JSON.stringify({ ...fleet, systems: [adopted] })};`);
      for (const command of ['plan', 'up', 'rehearse']) {
        expect(await refusal(command, '--config', config)).toMatch(/^every system is adopted, and /);
      }
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('reports a run by its folder or a file in it, and says what it expected of another', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'headroom-report-'));
    try {
      const none = await said('report', directory);
      expect(none.code).toBe(2);
      expect(none.stderr).toContain(`${directory} holds no record of a run: expected a folder with run.json`);
      await writeFile(join(directory, 'run.json'), JSON.stringify(exampleRun));
      const report = join(directory, 'report.html');
      expect(await said('report', directory)).toMatchObject({ code: 0, stdout: `${report}\n` });
      await rm(report);
      expect(await said('report', join(directory, 'run.json'))).toMatchObject({ code: 0 });
      expect(await readFile(report, 'utf8')).toContain('"name":"peak"');
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('reports no run with a record that cannot be read, and names file and field', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'headroom-report-'));
    try {
      await writeFile(join(directory, 'run.json'), JSON.stringify(exampleRun));
      const verdict = join(directory, 'verdict.json');
      const text = JSON.stringify(exampleVerdict);
      for (const [content, problem] of [
        [text.slice(0, 300), 'not JSON: '],
        [text.replace('"verdict":"pass"', '"verdict":"fine"'), 'verdict: Invalid option: '],
        [text.replace('"schemaVersion":2', '"schemaVersion":99'), 'schemaVersion: Invalid input: expected 2'],
      ] as const) {
        await writeFile(verdict, content);
        const { code, stdout, stderr } = await said('report', directory);
        expect([code, stdout]).toEqual([2, '']);
        expect(stderr).toContain(`headroom: ${verdict}: ${problem}`);
      }
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('gives each command the options that stand behind it', async () => {
    expect(await parsed('chaos', 'restore', '--stage', 'qa')).toMatchObject(['restore', { stage: 'qa' }]);
    expect(await parsed('chaos', '--all', '--stage', 'qa')).toMatchObject([
      'chaos',
      { all: true, stage: 'qa' },
    ]);
    expect(await parsed('chaos', 'throttle-api', '--dry-run')).toMatchObject(['chaos', { dryRun: true }]);
    expect(await parsed('chaos', 'throttle-api', '--share', '10%', '--seed', 'x')).toMatchObject([
      'chaos',
      { share: 10, seed: 'x' },
    ]);
    expect(await parsed('chaos', 'throttle-api', '--no-wait')).toMatchObject(['chaos', { wait: false }]);
    expect(await parsed('chaos', 'restore')).toMatchObject(['restore', { stage: 'local' }]);
    expect(await parsed('chaos', 'revoke-db-ingress', '--stage', 'qa', '--json')).toMatchObject([
      'chaos',
      { stage: 'qa', json: true },
    ]);
    expect(await parsed('load', 'peak', '--stage', 'qa')).toMatchObject(['load', { stage: 'qa' }]);
  });

  it.each([
    ['plan', '--quiet'],
    ['chaos', '--quiet'],
    ['chaos', 'restore', '--quiet'],
  ])('is silenced by --quiet: %j', async (...line) => {
    let silenced = 0;
    const { output, ...context } = silentContext();
    const silencing = { ...context, output: { ...output, silence: () => (silenced += 1) } };
    const program = await makeProgram(silencing, () => {}, line);
    const everyCommand = (command: Command): Command[] => [
      command,
      ...command.commands.flatMap(everyCommand),
    ];
    for (const command of program.commands.flatMap(everyCommand)) command.action(() => undefined);
    await program.parseAsync(line, { from: 'user' });
    expect(silenced).toBe(1);
  });

  it('lists every command in one way, and loads the one that is named alone', async () => {
    const whole = await makeProgram(silentContext(), () => {});
    expect(whole.commands.map((command) => command.name())).toEqual(commandNames);
    for (const command of whole.commands) {
      expect(command.summary()).toBe(command.description().split(/[:;.?] /)[0]);
    }
    const loadedFor = async (...words: string[]): Promise<string[]> => {
      const program = await programFor(words);
      expect(program.helpInformation()).toBe(whole.helpInformation());
      return program.commands.flatMap((command) => (command.description() ? [command.name()] : []));
    };
    for (const words of [[], ['--help'], ['--version'], ['upp']])
      expect(await loadedFor(...words)).toEqual([]);
    expect(await loadedFor('help', 'up')).toEqual(['up']);
    for (const name of commandNames) expect(await loadedFor(name, '--help')).toEqual([name]);
  });
});
