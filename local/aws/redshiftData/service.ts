import { awsJson } from '../protocols/awsJson.ts';
import type { Service } from '../service.ts';
import { batchExecuteStatement } from './batchExecuteStatement.ts';
import { cancelStatement } from './cancelStatement.ts';
import { describeStatement } from './describeStatement.ts';
import { executeStatement } from './executeStatement.ts';
import { getStatementResult } from './getStatementResult.ts';
import { listStatements } from './listStatements.ts';
import { listTables } from './listTables.ts';

export const redshiftData: Service = {
  signingName: 'redshift-data',
  protocols: [awsJson('1.1', 'RedshiftData')],
  actions: [
    executeStatement,
    batchExecuteStatement,
    describeStatement,
    getStatementResult,
    listStatements,
    listTables,
    cancelStatement,
  ],
  unknownActionCode: 'UnknownOperationException',
};
