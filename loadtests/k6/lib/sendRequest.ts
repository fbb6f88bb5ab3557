import exec from 'k6/execution';
import { call } from './api.ts';
import { enterPhase, targetOf, type Load } from './load.ts';
import { seededIdOf } from './seeded.ts';

/** One iteration: sends the scenario's system its next request, and compares the whole answer. */
export async function sendRequest(load: Load): Promise<void> {
  enterPhase(load);
  const { service, signer } = load;
  const target = targetOf(load);
  const iteration = exec.scenario.iterationInTest;
  const id = seededIdOf(service.seeded, iteration, target.system);
  const request = service.request(id, iteration);
  const { statuses, isRight } = request;
  await call(
    target,
    { ...request, signer },
    {
      [`status is ${statuses.join(' or ')}`]: (answer) => statuses.includes(answer.status),
      ...(isRight ? { 'body is the one asked for': isRight } : {}),
    },
  );
}
