import { InvalidArgumentError, Option } from 'commander';
import type { QueueFaultRates } from '../local/aws/messaging/queueFaults.ts';
import { parseSegment, parseSequence } from '../loadtests/runner/executionSegment.ts';
import { limits } from '../monitoring/limits.ts';
import { defaultConfig } from './context.ts';

/** Parses a whole number within bounds, for an option's value. */
export const wholeNumber =
  (min: number, max: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`expected a whole number from ${min} to ${max}.`);
  };

const positive =
  (what: string) =>
  (text: string): number => {
    const value = Number(text);
    if (Number.isFinite(value) && value > 0 && value <= 1_000) return value;
    throw new InvalidArgumentError(`expected ${what} greater than 0, up to 1000.`);
  };

/** Parses a factor greater than zero, for an option's value. */
export const factor = positive('a number');

/** Parses `10%` or `10`, in percent, for an option's value. */
export const sharePercent = (text: string): number => {
  const value = Number(text.replace(/%$/, ''));
  if (/^[\d.]+%?$/.test(text) && value > 0 && value <= 100) return value;
  throw new InvalidArgumentError('expected a share greater than 0, up to 100%.');
};

/** Parses a share in percent, for an option's value. */
const percentage = positive('a percentage');

/** Parses `duplicate=10,disorder=30,delay=5`, in percent, for an option's value. */
export const queueFaultRates = (text: string): QueueFaultRates => {
  const rates: QueueFaultRates = { duplicate: 0, disorder: 0, delay: 0 };
  for (const part of text.split(',')) {
    const [name = '', value = ''] = part.split('=');
    const percent = Number(value);
    if (!Object.hasOwn(rates, name) || value === '' || !(percent >= 0 && percent <= 100)) {
      throw new InvalidArgumentError(
        'expected duplicate, disorder or delay with percentages, such as duplicate=10,delay=5.',
      );
    }
    rates[name as keyof QueueFaultRates] = percent / 100;
  }
  return rates;
};

export const configOption = (): Option =>
  new Option('--config <file>', "the fleet's configuration")
    .env('HEADROOM_CONFIG')
    .default(defaultConfig, 'fleet.config.ts');

export const stageOption = (): Option =>
  new Option('--stage <stage>', 'a stage of the configuration').default('local');

export const jsonOption = (): Option =>
  new Option('--json', 'print the answer as JSON on standard output').default(false);

export const keepDataOption = (): Option =>
  new Option('--keep-data', 'leave the rows of published messages in the tables').default(false);

export const regressionOption = (): Option =>
  new Option('--regression <percent>', 'a figure that is worse than the baseline by this much fails')
    .argParser(percentage)
    .default(limits.comparison.regressionPercent);

/** Of an option that may be repeated. */
export const several = (value: string, before: string[]): string[] => [...before, value];

export const systemOption = (): Option =>
  new Option('--system <name...>', 'only these systems').default([], 'all of the stage');

export const rampOption = (meaning = 'ramp to the expected peak'): Option =>
  new Option('--ramp <seconds>', meaning).argParser(wholeNumber(0, 3_600));

export const holdOption = (meaning = 'hold at the peak; the verdict is about it'): Option =>
  new Option('--hold <seconds>', meaning).argParser(wholeNumber(1, 86_400));

/** Parses with a parser that throws for what it does not know, for an option's value. */
const parsedBy =
  <T>(parse: (text: string) => T) =>
  (text: string): T => {
    try {
      return parse(text);
    } catch (error) {
      throw new InvalidArgumentError(error instanceof Error ? `${error.message}.` : String(error));
    }
  };

export const instancesOption = (): Option =>
  new Option('--instances <n>', 'processes of this machine that share the load, if one core is not enough')
    .argParser(wholeNumber(1, 64))
    .default(1);

export const segmentOption = (): Option =>
  new Option('--execution-segment <from:to>', "this instance's part of the load, in k6's notation").argParser(
    parsedBy(parseSegment),
  );

export const sequenceOption = (): Option =>
  new Option(
    '--execution-segment-sequence <numbers>',
    'where the parts of all instances begin and end',
  ).argParser(parsedBy(parseSequence));

export type EngineName = 'auto' | 'embedded' | 'k6';

export const engineOption = (): Option =>
  new Option('--engine <engine>', 'what runs the k6 scripts; auto: k6 if it is on PATH')
    .choices(['auto', 'embedded', 'k6'])
    .default('auto');
