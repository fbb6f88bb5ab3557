/**
 * API URLs as AWS writes them, rewritten to where this stage answers:
 *
 *   https://{id}.execute-api.{region}.amazonaws.com/{stage}  ->  {frontUrl}/{id}/{stage}
 *
 * The one place where a resolved text is not what AWS would have made of it.
 */
export function rewriteApiUrls(text: string, region: string, frontUrl: string): string {
  const host = `.execute-api.${region}.amazonaws.com`;
  if (!text.includes(host)) return text;
  return text.replaceAll(
    /https:\/\/([a-z0-9]+)\.execute-api\.([a-z0-9-]+)\.amazonaws\.com/g,
    (url, id, where) => (where === region ? `${frontUrl}/${id}` : url),
  );
}
