import type { NamedParameter } from './namedParameters.ts';
import type { StatementResult } from './result.ts';

export type StatementStatus = 'SUBMITTED' | 'STARTED' | 'FINISHED' | 'FAILED' | 'ABORTED';

/** One SQL statement of a request. */
export interface SubStatement {
  id: string;
  sql: string;
  status: StatementStatus;
  createdMs: number;
  updatedMs: number;
  error?: string;
  result?: StatementResult;
}

export interface Statement {
  id: string;
  clusterIdentifier: string;
  database: string;
  secretArn: string;
  statementName?: string | undefined;
  clientToken?: string | undefined;
  parameters: readonly NamedParameter[];
  isBatch: boolean;
  subStatements: SubStatement[];
  status: StatementStatus;
  createdMs: number;
  updatedMs: number;
  error?: string;
  /** The session's process id, once there is one. */
  pid?: number;
}

export interface StatementRequest {
  clusterIdentifier: string;
  secretArn: string;
  database?: string | undefined;
  statementName?: string | undefined;
  /** A request with the token of an earlier one is that one, and runs nothing again. */
  clientToken?: string | undefined;
  sqls: readonly string[];
  isBatch: boolean;
  parameters: readonly NamedParameter[];
}
