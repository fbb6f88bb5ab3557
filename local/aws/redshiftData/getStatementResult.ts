import { z } from 'zod';
import { defineAction } from '../action.ts';
import { AwsError, refusalAs } from '../errors.ts';
import { page } from '../page.ts';
import { subStatementOf } from './shapes.ts';

/** AWS cuts pages by size; rows are simpler, and a client has to follow the token either way. */
const rowsPerPage = 1_000;

export const getStatementResult = defineAction({
  name: 'GetStatementResult',
  input: z.strictObject({ Id: z.string(), NextToken: z.string().optional() }),
  handle: ({ Id, NextToken }, { state }) => {
    const { subStatement } = subStatementOf(state.statements, Id);
    const { result, status } = subStatement;
    if (!result || result.columns.length === 0) {
      throw new AwsError(
        'ResourceNotFoundException',
        `Query does not have result (its status is ${status}). Please check query status with DescribeStatement.`,
      );
    }
    const { items, nextToken } = page(
      result.records,
      rowsPerPage,
      NextToken,
      refusalAs('ValidationException'),
    );
    return {
      Records: items,
      ColumnMetadata: result.columns,
      TotalNumRows: result.records.length,
      NextToken: nextToken,
    };
  },
});
