import { format } from 'node:util';

const levels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];

const levelOf = {
  trace: 'TRACE',
  debug: 'DEBUG',
  log: 'INFO',
  info: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
} as const;

/**
 * Makes the console write as Lambda's Node.js runtime does where a function's log format is JSON: an object a line, with
 * what was logged as its `message`, and nothing below the application log level. What is written past the console, by
 * loggers with one of their own, stays as it is: metrics too, which within a `message` would be none.
 * @param lowest the application log level
 */
export function writeConsoleAsJson(lowest: string, requestId: () => string | undefined): void {
  const lowestRank = levels.indexOf(lowest);
  for (const [method, level] of Object.entries(levelOf)) {
    console[method as keyof typeof levelOf] = (...logged: unknown[]): void => {
      if (levels.indexOf(level) < lowestRank) return;
      const message = logged.length === 1 ? described(logged[0]) : format(...logged);
      const line = { timestamp: new Date().toISOString(), level, requestId: requestId(), message };
      process.stdout.write(`${JSON.stringify(line)}\n`);
    };
  }
}

const described = (logged: unknown): unknown =>
  logged instanceof Error
    ? { errorType: logged.name, errorMessage: logged.message, stackTrace: logged.stack?.split('\n') }
    : logged;
