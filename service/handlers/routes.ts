import { getClient } from './getClient.ts';
import { healthcheck } from './healthcheck.ts';
import type { Routes } from './route.ts';

/** The routes of the contract. */
export const routes: Routes = {
  'GET /getClient': getClient,
  'GET /healthcheck': healthcheck,
};
