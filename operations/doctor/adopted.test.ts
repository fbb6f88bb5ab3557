import { expect, it } from 'vitest';
import { adoptedDocument } from '../../fleet/adoption/adoptedDocument.ts';
import { adoptionOn, adoptionSchema } from '../../fleet/adoption/adoptionSchema.ts';
import { checkAdopted } from './stage.ts';

const lackedBy = (adopt: object): string[] => {
  const adoption = adoptionOn(adoptionSchema.parse({ apiUrl: 'https://clients.example', ...adopt }), 'prod')!;
  const expectedPeak = { requestsPerSecond: 30, messagesPerSecond: 5 };
  const document = adoptedDocument({
    stage: 'prod',
    system: 'legacy',
    region: 'us-east-1',
    adoption,
    expectedPeak,
  });
  const [{ text } = { text: '' }] = checkAdopted({ systems: [document], unreadable: [] });
  return / lacks (.*): what needs them/
    .exec(text)![1]!
    .split(', ')
    .map((field) => field.replace('adopt.', ''));
};

it('doctor names what an adopted system may still be given, and nothing that its configuration would refuse', () => {
  const database = (of: object) => lackedBy({ database: of }).filter((field) => field.startsWith('database'));
  expect(database({ identifier: 'warehouse' })).toEqual([
    'database.database',
    'database.secrets.admin',
    'database.secrets.probe',
    'database.connectionLimit',
    'database.memoryMiB',
  ]);
  expect(database({ engine: 'rds-postgresql', identifier: 'clients-db' })).toEqual([
    'database.connectionLimit',
    'database.memoryMiB',
    'database.storageGiB',
  ]);
  expect(database({ engine: 'aurora-postgresql', identifier: 'clients', storageGiB: 75 })).toEqual([
    'database.database',
    'database.secrets.probe',
    'database.connectionLimit',
    'database.memoryMiB',
    'database.instances',
  ]);
  const others = lackedBy({ reservedConcurrency: 20 });
  expect(others).toContain('subscriberMaximumConcurrency');
  expect(others).not.toContain('reservedConcurrency');
  expect(others.filter((field) => field.startsWith('database'))).toEqual(['database']);
});
