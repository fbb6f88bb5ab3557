import { z } from 'zod';
import { defineAction } from '../action.ts';
import { page } from '../page.ts';
import { stackShape, validationError } from './shapes.ts';

export const describeStacks = defineAction({
  name: 'DescribeStacks',
  invalidInput: validationError,
  input: z.strictObject({ StackName: z.string().optional(), NextToken: z.string().optional() }),
  handle: ({ StackName, NextToken }, { state: { stacks } }) => {
    const asked = StackName === undefined ? stacks.all() : [stacks.get(StackName)];
    const { items, nextToken } = page(asked, 100, NextToken, validationError);
    return {
      Stacks: items.map((stack) => {
        const { TemplateDescription: Description, ...told } = stackShape(stack);
        return {
          ...told,
          ...(Description !== undefined && { Description }),
          DisableRollback: false,
          Outputs: stack.outputs.map(({ key, value, exportName }) => ({
            OutputKey: key,
            OutputValue: value,
            ...(exportName !== undefined && { ExportName: exportName }),
          })),
        };
      }),
      NextToken: nextToken,
    };
  },
});
