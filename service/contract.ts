import { defineService } from '../fleet/service.ts';
import { apiErrors } from './apiErrors.ts';
import { health } from './load.ts';

/** All that the toolkit knows of this service, beside its load side. */
export const contract = defineService({
  name: 'clientes',
  directory: import.meta.dirname,
  names: { cluster: 'clientes', messages: 'customers' },
  entries: { api: 'handlers/api.ts', subscriber: 'handlers/subscriber.ts' },
  routes: [
    { method: 'GET', path: '/getClient', requiredQuery: ['client_id'], shareOfLoad: 1 },
    { method: 'GET', path: health },
  ],
  health,
  errors: apiErrors,
  parameterMissing: 'clientIdInvalid',
  load: 'load.ts',
  scripts: '../loadtests/k6',
  migrations: 'redshift/migrations',
  grants: {
    api: { clientes: ['SELECT'] },
    subscriber: {
      clientes: ['SELECT', 'INSERT', 'DELETE'],
      clientes_version: ['SELECT', 'INSERT', 'DELETE'],
      // What LOCK asks for; the table's one row is never changed.
      clientes_lock: ['SELECT', 'UPDATE', 'DELETE'],
    },
  },
  rows: [
    { table: 'clientes', id: 'id' },
    { table: 'clientes_version', id: 'id' },
  ],
  lock: 'clientes_lock',
});
