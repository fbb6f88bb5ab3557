import { WriteStream } from 'node:tty';
import { expect, it } from 'vitest';
import { terminalOutput } from './output.ts';

/** What stands on a terminal of so many columns after all that was written: lines without what was taken back. */
function terminal(isTTY: boolean) {
  const written: string[] = [];
  const stream = Object.assign(Object.create(WriteStream.prototype) as WriteStream, {
    isTTY,
    columns: 20,
    hasColors: () => false,
    write: (text: string) => written.push(text),
  });
  const output = terminalOutput(stream, stream);
  const lines = (): string[] =>
    written
      .join('')
      .split('\n')
      .map((line) => line.split('\r\u001b[2K').at(-1) ?? '');
  return { output, lines };
}

it('takes back what only passes as soon as there is more to say, where somebody looks on', () => {
  const { output, lines } = terminal(true);
  output.heading('1/2 load');
  output.passing('5 s: 10 requests');
  output.passing('10 s: 20 requests, and more than fits into the line');
  output.answer('20 requests');
  output.passing('waiting');
  output.progress('record: x');
  expect(lines()).toEqual(['1/2 load', '20 requests', '  record: x', '']);
});

it('never lets it wrap into a second line', () => {
  const { output, lines } = terminal(true);
  output.passing('0123456789'.repeat(3));
  expect(lines().at(-1)!.length).toBeLessThan(20);
});

it('keeps it as a line where nobody does', () => {
  const { output, lines } = terminal(false);
  output.passing('5 s: 10 requests');
  output.answer('10 requests');
  expect(lines()).toEqual(['  5 s: 10 requests', '10 requests', '']);
});

it('tells answers alone once it is silenced', () => {
  const { output, lines } = terminal(false);
  output.silence();
  output.heading('1/2 load');
  output.progress('record: x');
  output.passing('5 s: 10 requests');
  output.answer('10 requests');
  output.command(['::error::failed']);
  expect(lines()).toEqual(['10 requests', '::error::failed', '']);
});
