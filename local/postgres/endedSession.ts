/** A client's session that has said good-bye, as the server's log tells it. */
export interface EndedSession {
  pid: number;
  user: string;
  database: string;
  /** From its process's start until now. */
  seconds: number;
}

/** With it every line names its process. */
export const logLinePrefix = '%m [%p] ';

const disconnection =
  /\[(\d+)\] LOG: +disconnection: session time: (\d+):(\d+):(\d+\.\d+) user=(.*) database=(.*) host=/;

/** The session that a line of the log is about; undefined for any other line. */
export function parseDisconnection(line: string): EndedSession | undefined {
  const [, pid, hours, minutes, seconds, user, database] = disconnection.exec(line) ?? [];
  if (pid === undefined || user === undefined || database === undefined) return undefined;
  return {
    pid: Number(pid),
    user,
    database,
    seconds: Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds),
  };
}
