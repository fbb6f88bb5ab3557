/** What a function of the script came to that is run once. */
export interface Returned {
  /** As JSON; undefined for nothing. */
  json: string | undefined;
  /** What of it is text or bytes, by name: JSON has no bytes. */
  files: Readonly<Record<string, string | Uint8Array>>;
}

export const returnedOf = (value: unknown): Returned => ({
  json: JSON.stringify(value),
  files: filesIn(value),
});

function filesIn(value: unknown): Returned['files'] {
  if (typeof value !== 'object' || value === null) return {};
  const files: Record<string, string | Uint8Array> = {};
  for (const [name, content] of Object.entries(value as Record<string, unknown>)) {
    if (typeof content === 'string') files[name] = content;
    // Of another realm, and no instance of ours.
    else if (Object.prototype.toString.call(content) === '[object ArrayBuffer]')
      files[name] = new Uint8Array(content as ArrayBuffer);
  }
  return files;
}
