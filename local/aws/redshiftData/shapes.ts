import type { WireDocument } from '../wire.ts';
import { AwsError } from '../errors.ts';
import type { Statement, SubStatement } from './statement.ts';
import type { Statements } from './statements.ts';

export const submittedShape = (statement: Statement): WireDocument => ({
  Id: statement.id,
  CreatedAt: new Date(statement.createdMs),
  ClusterIdentifier: statement.clusterIdentifier,
  Database: statement.database,
  SecretArn: statement.secretArn,
});

export const subStatementShape = (subStatement: SubStatement): WireDocument => ({
  ...progressOf(subStatement),
  QueryString: subStatement.sql,
  HasResultSet: hasResultSet(subStatement),
  ResultRows: subStatement.result?.rowCount ?? -1,
  ResultSize: subStatement.result?.sizeBytes ?? -1,
});

/** A batch tells its progress and its parts; a single statement is its only part. */
export const statementShape = (statement: Statement): WireDocument => {
  const [only] = statement.subStatements;
  if (only && !statement.isBatch) return { ...subStatementShape(only), ...progressOf(statement) };
  return {
    ...progressOf(statement),
    HasResultSet: statement.subStatements.some(hasResultSet),
    SubStatements: statement.subStatements.map(subStatementShape),
  };
};

/**
 * The statement of an id and the part it names: `<statement>:2` is the second of a batch.
 * @throws AwsError `ResourceNotFoundException`
 */
export function subStatementOf(
  statements: Statements,
  id: string,
): { statement: Statement; subStatement: SubStatement } {
  const [statementId = '', position = '1'] = id.split(':');
  const statement = statements.get(statementId);
  const subStatement = statement.subStatements[Number(position) - 1];
  if (subStatement) return { statement, subStatement };
  throw new AwsError('ResourceNotFoundException', `Query ${id} does not exist.`);
}

const progressOf = (progress: Statement | SubStatement): WireDocument => ({
  Id: progress.id,
  Status: progress.status,
  CreatedAt: new Date(progress.createdMs),
  UpdatedAt: new Date(progress.updatedMs),
  // Nanoseconds.
  Duration: (progress.updatedMs - progress.createdMs) * 1e6,
  Error: progress.error,
});

const hasResultSet = ({ result }: SubStatement): boolean => (result?.columns.length ?? 0) > 0;
