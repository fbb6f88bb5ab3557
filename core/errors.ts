import { describeError } from './describeError.ts';

/** What whoever meets a file system's error code can do about it. */
const advice: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on the device; free some, or choose another directory',
  EDQUOT: 'the disk quota is used up; free some space, or choose another directory',
  EACCES: 'permission denied; choose a directory that this user may write',
  EROFS: 'the file system is read-only; choose another directory',
  ENOENT: 'there is no such directory',
  ENOTDIR: 'a part of the path is a file; choose another directory',
  EEXIST: 'a file is in the way; choose another directory',
};

/** A file, or a directory, that cannot be written; the message says what to do about it. */
export class FileWriteError extends Error {
  override readonly name = 'FileWriteError';
  readonly path: string;

  /** @param cause what the file system said */
  constructor(path: string, cause: unknown) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    super(`cannot write ${path}: ${advice[code] ?? describeError(cause)}`, { cause });
    this.path = path;
  }
}
