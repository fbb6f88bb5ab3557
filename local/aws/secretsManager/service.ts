import { awsJson } from '../protocols/awsJson.ts';
import type { Service } from '../service.ts';
import { describeSecret } from './describeSecret.ts';
import { getSecretValue } from './getSecretValue.ts';
import { listSecrets } from './listSecrets.ts';

export const secretsManager: Service = {
  signingName: 'secretsmanager',
  protocols: [awsJson('1.1', 'secretsmanager')],
  actions: [getSecretValue, describeSecret, listSecrets],
  unknownActionCode: 'UnknownOperationException',
};
