/** The load side of the contract: what k6 scripts, seeder and drills know of this service. */
export { seeded } from './load/clients.ts';
export { idOf, message, poison } from './load/messages.ts';
export { lookUp, lookUp as request } from './load/requests.ts';
export { smoke } from './load/smoke.ts';

export const health = '/healthcheck';
