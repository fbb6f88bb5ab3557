import exec from 'k6/execution';
import { bodyOf, call, type Answer } from './api.ts';
import { clientOf, seededIdOf, type Client } from './clients.ts';
import { enterPhase, targetOf, type Load } from './load.ts';

/** One iteration: asks the scenario's system for another seeded client and compares the whole answer. */
export async function askForClient(load: Load): Promise<void> {
  enterPhase(load);
  const { signer } = load;
  const target = targetOf(load);
  const id = seededIdOf(exec.scenario.iterationInTest, target.system);
  const expected = clientOf(id);
  await call(
    target,
    { name: 'getClient', path: '/getClient', query: { client_id: String(id) }, statuses: [200], signer },
    {
      'status is 200': (answer) => answer.status === 200,
      'body is the client asked for': (answer) => isClient(answer, expected),
    },
  );
}

function isClient(answer: Answer, expected: Client): boolean {
  const body = bodyOf(answer);
  return (
    body !== undefined &&
    body['id'] === expected.id &&
    body['nombre'] === expected.nombre &&
    body['apellido'] === expected.apellido &&
    body['rut'] === expected.rut &&
    body['correo'] === expected.correo
  );
}
