import exec from 'k6/execution';
import http from 'k6/http';
import { Rate } from 'k6/metrics';
import { hashes, timeout } from './api.ts';
import { enterPhase, targetOf, type Load } from './load.ts';
import { signedHeaders } from './sigv4.ts';
import { outcomesOf, publishBatchForm } from './snsBatch.ts';

/**
 * Of all messages, those that SNS took: a sample each, with its id and the instant it was made at as metadata `message`
 * and `madeAt` (milliseconds since the epoch), and what is known of it as the tag `outcome`.
 */
const acknowledged = new Rate('messages_acknowledged');

/**
 * One iteration: publishes the scenario's next messages, each of an id of its own, in one call of SNS. What is not
 * acknowledged is not offered again: the load would not be the one that was intended.
 */
export async function publishMessages(load: Load): Promise<void> {
  enterPhase(load);
  const { service, signer } = load;
  const { messages } = targetOf(load);
  if (!messages) throw new Error(`scenario "${exec.scenario.name}" has no topic in HEADROOM_TARGETS`);
  const { url, topicArn, batchSize } = messages;
  const first = load.firstMessageId + exec.scenario.iterationInTest * batchSize;
  const madeAt = Date.now();
  const ids = Array.from({ length: batchSize }, (_, index) => String(first + index));
  const body = publishBatchForm(
    topicArn,
    ids.map((id) => ({ id, message: service.message(Number(id), madeAt) })),
  );
  const request = { method: 'POST', url: `${url}/`, query: {}, body, region: signer.region, service: 'sns' };
  const answer = await http.asyncRequest('POST', request.url, body, {
    headers: {
      ...signedHeaders(hashes, request, signer.credentials, madeAt),
      'content-type': 'application/x-www-form-urlencoded',
    },
    tags: { name: 'publish' },
    timeout,
    responseType: 'text',
    responseCallback: http.expectedStatuses(200),
  });
  const outcomes = outcomesOf(ids, answer.status, answer.body);
  const { metadata } = exec.vu.metrics;
  metadata['madeAt'] = madeAt;
  for (const id of ids) {
    const outcome = outcomes[id] ?? 'unresolved';
    metadata['message'] = id;
    acknowledged.add(outcome === 'acknowledged', { outcome });
  }
}
