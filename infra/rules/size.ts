import type { Rule } from './template.ts';

/** What CloudFormation accepts of one template. */
const limits = { characters: 1_000_000, resources: 500, outputs: 200 };

export const size: Rule = {
  name: 'size',
  check(template) {
    const counts = {
      // As CDK writes it, and CloudFormation counts it.
      characters: JSON.stringify(template, undefined, 1).length,
      resources: Object.keys(template.Resources).length,
      outputs: Object.keys(template.Outputs ?? {}).length,
    };
    return (Object.keys(limits) as (keyof typeof limits)[])
      .filter((kind) => counts[kind] > limits[kind])
      .map(
        (kind) =>
          `the template has ${counts[kind]} ${kind}, ${limits[kind]} are accepted` +
          // Nearly all of them are names, on dashboards.
          (kind === 'characters'
            ? ': shorten the names of the systems, or give the stage fewer of them'
            : ''),
      );
  },
};
