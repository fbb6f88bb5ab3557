/** The two ends of SNS's `PublishBatch`, in its query protocol. Imports nothing. */
export interface BatchEntry {
  /** Names the entry in the answer: digits, letters, `-` and `_`. */
  id: string;
  message: string;
}

/** What is known of an entry after the call: SNS took it, SNS did not, or nobody can tell. */
export type Outcome = 'acknowledged' | 'failed' | 'unresolved';

/** The body of the call, a form. */
export function publishBatchForm(topicArn: string, entries: readonly BatchEntry[]): string {
  const fields: [string, string][] = [
    ['Action', 'PublishBatch'],
    ['Version', '2010-03-31'],
    ['TopicArn', topicArn],
  ];
  entries.forEach(({ id, message }, index) => {
    const member = `PublishBatchRequestEntries.member.${index + 1}`;
    fields.push([`${member}.Id`, id], [`${member}.Message`, message]);
  });
  return fields.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
}

/**
 * What the answer says of each entry. Refused for a mistake (4xx), nothing was taken; without an answer, or after an
 * error of SNS's own, each may have been.
 * @param status 0 for no answer
 * @param body XML; null for none
 */
export function outcomesOf(
  ids: readonly string[],
  status: number,
  body: string | null,
): Record<string, Outcome> {
  const rest: Outcome = status >= 400 && status < 500 ? 'failed' : 'unresolved';
  const outcomes: Record<string, Outcome> = {};
  for (const id of ids) outcomes[id] = rest;
  if (status !== 200) return outcomes;
  for (const id of idsIn(body ?? '', 'Failed')) if (id in outcomes) outcomes[id] = 'failed';
  for (const id of idsIn(body ?? '', 'Successful')) if (id in outcomes) outcomes[id] = 'acknowledged';
  return outcomes;
}

function idsIn(xml: string, list: 'Successful' | 'Failed'): string[] {
  const [, members = ''] = new RegExp(`<${list}>([\\s\\S]*?)</${list}>`).exec(xml) ?? [];
  return (members.match(/<Id>[^<]*<\/Id>/g) ?? []).map((element) => element.slice(4, -5));
}
