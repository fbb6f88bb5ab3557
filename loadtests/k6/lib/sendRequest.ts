import exec from 'k6/execution';
import { call, hasStatus, isAsAsked } from './api.ts';
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
  await call(
    target,
    { ...request, signer },
    { ...hasStatus(request.statuses), ...isAsAsked(request.isRight) },
  );
}
