import { expect, it } from 'vitest';
import { heldOutput } from './heldOutput.ts';
import type { Output } from './output.ts';

it('says what it was told when it is let go, in order and once, and from then on at once', () => {
  const said: string[] = [];
  const say = (kind: string) => (text: string | readonly string[]) =>
    void said.push(`${kind} ${String(text)}`);
  const output: Output = {
    color: false,
    width: 80,
    interactive: true,
    answer: say('answer'),
    progress: say('progress'),
    passing: say('passing'),
    command: say('command'),
    heading: say('heading'),
    silence: () => void said.push('silence'),
  };
  const held = heldOutput(output);
  expect(held.output).toMatchObject({ width: 80, interactive: true });
  held.output.progress('one');
  held.output.passing('gone');
  held.output.answer('two');
  expect(said).toEqual([]);
  held.release();
  held.output.passing('three');
  held.output.command(['four']);
  held.release();
  expect(said).toEqual(['progress one', 'answer two', 'passing three', 'command four']);
});
