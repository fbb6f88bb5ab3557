import { DatabaseError } from 'pg';
import { describe, expect, it } from 'vitest';
import { isConflict, isConnectionLost, isPasswordRefused, toServiceError } from './sqlState.ts';

/** An error as the server reports it. Redshift's own texts cannot be provoked from PostgreSQL. */
function reported(code: string, message = '', fields: Partial<DatabaseError> = {}): DatabaseError {
  return Object.assign(new DatabaseError(message, 0, 'error'), { code, severity: 'ERROR', ...fields });
}

describe('what the database reports', () => {
  it('is a conflict by its SQLSTATE, and on Redshift by its text', () => {
    const detail =
      'Serializable isolation violation on table - 100072, transactions forming the cycle are: 1';
    expect(isConflict(reported('40001'))).toBe(true);
    expect(isConflict(reported('40P01'))).toBe(true);
    expect(isConflict(reported('XX000', '1023', { detail }))).toBe(true);
    expect(isConflict(reported('XX000', `1023\nDETAIL: ${detail}`))).toBe(true);
    expect(isConflict(reported('XX000', '1204', { detail: 'String length exceeds DDL length' }))).toBe(false);
    expect(isConflict(new Error(`1023 ${detail}`))).toBe(false);
  });

  it('is a refused password, in the words of either', () => {
    expect([isPasswordRefused(reported('28P01')), isPasswordRefused(reported('28000'))]).toEqual([
      true,
      true,
    ]);
    expect(isPasswordRefused(reported('42501'))).toBe(false);
  });

  it('is a lost connection when it is fatal, whatever its code and in whatever language', () => {
    expect(isConnectionLost(reported('XX000', '', { severity: 'FATAL' }))).toBe(true);
    for (const code of ['08006', '57P01', '57P02', '57P03', '57P05']) {
      expect([code, isConnectionLost(reported(code, '', { severity: 'FATALE' }))]).toEqual([code, true]);
    }
    for (const code of ['57014', '42P01', '22P02']) {
      expect([code, isConnectionLost(reported(code))]).toEqual([code, false]);
    }
  });

  it('is told apart for callers: to be tried again, too slow, or refused', () => {
    const told = (code: string, severity = 'ERROR') => toServiceError(reported(code, '', { severity }));
    expect(told('57P05', 'FATAL')).toMatchObject({ errorCode: 'databaseUnreachable' });
    for (const code of ['53100', '53200', '53400']) {
      expect([code, told(code)]).toMatchObject([code, { errorCode: 'databaseUnreachable' }]);
    }
    expect(told('57014')).toMatchObject({ errorCode: 'databaseSlow' });
    expect(told('42501')).toMatchObject({ errorCode: 'databaseFailed' });
    const bug = new TypeError('a bug');
    expect(toServiceError(bug)).toBe(bug);
  });

  it('never travels on with its text', () => {
    for (const code of ['42P01', '57014', '53200', '57P01', 'XX000']) {
      expect((toServiceError(reported(code, 'quoted Ana')) as Error).message).not.toContain('Ana');
    }
  });
});
