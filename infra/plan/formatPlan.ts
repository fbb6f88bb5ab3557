import { limits } from '../../monitoring/limits.ts';
import type { Budget } from '../budget.ts';
import type { CostItem } from './cost.ts';
import type { StagePlan } from './plan.ts';

/** Quotas below this share are told by their number alone. */
const worthTellingPercent = 5;

/** A stage's plan for a reader at a terminal. */
export function formatPlan(plan: StagePlan): string {
  const { stage, systems, adopted, connections, release, load, quotas, firstLimit, cost } = plan;
  const told = quotas.filter(({ usedPercent }) => usedPercent >= worthTellingPercent);
  return [
    `Stage ${stage}, ${counted(systems)}`,
    '',
    'Database connections of each system',
    `  ${budgetLine(connections)}`,
    `  ${connections.sum}`,
    '',
    'A release (headroom deploy)',
    `  reaches ${release.waves.map(count).join(', then ')}; each wave is watched by its alarms, ${duration(release.minutes)} in all`,
    '',
    'A load test at the expected peak',
    `  sends ${count(load.requestsPerSecond)} requests a second: ${generators(load.generators)}, at ` +
      `${count(limits.generator.requestsPerSecond)} a second each`,
    '',
    'AWS quotas, the most used first',
    ...told.map(
      ({ name, used, limit, usedPercent, adjustable, scope }) =>
        `  ${usedPercent > 100 ? '✗' : ' '} ${name.padEnd(28)}${count(used).padStart(7)} of ${count(limit).padEnd(7)}` +
        `${percent(usedPercent)}   per ${scope}, ${adjustable ? 'raised on request' : 'fixed'}`,
    ),
    `    ${quotas.length - told.length} more below ${worthTellingPercent} %`,
    `    There is room for ${counted(firstLimit.systems)}; what binds first is: ${firstLimit.quota}.`,
    '',
    `A month at ${percent(cost.loadShare * 100).trim()} of the expected peak around the clock (list prices of us-east-1 in USD, read on ${cost.pricesReadOn})`,
    ...cost.items.map(costLine),
    `  ${usd(cost.totalUsd)}  in all, of which monitoring ${usd(cost.monitoringUsd).trim()}`,
    ...(cost.totalWhenPausedUsd === null
      ? []
      : [
          `  ${usd(cost.totalWhenPausedUsd)}  in all, where databases run, and load comes, for an hour a night`,
        ]),
    '  Not counted: storage of data and snapshots, traffic, requests to keys and secrets, domains, taxes and free tiers.',
    ...(adopted.length === 0
      ? []
      : [
          `  Nor is anything of what is adopted: ${adopted.join(', ')}. Its database is priced nowhere here.`,
        ]),
    '',
    'One of each per system would have added',
    ...cost.alternatives.map(costLine),
  ].join('\n');
}

const budgetLine = ({ needed, allowed }: Budget): string =>
  needed <= allowed
    ? `${count(needed)} may be needed, ${count(allowed)} are allowed`
    : `✗ ${count(needed)} may be needed, ${count(allowed)} are allowed: ${count(needed - allowed)} too many`;

const costLine = ({ item, usd: amount, sum }: CostItem): string =>
  `  ${usd(amount)}  ${item.padEnd(42)}${sum}`;

const generators = (number: number): string =>
  number === 1 ? 'one core of a generator' : `${count(number)} cores of generators`;

const duration = (minutes: number): string =>
  minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;

const counted = (systems: number): string => `${count(systems)} ${systems === 1 ? 'system' : 'systems'}`;

const count = (value: number): string => value.toLocaleString('en-US');

const percent = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} %`.padStart(7);

const usd = (value: number): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 }).padStart(12);
