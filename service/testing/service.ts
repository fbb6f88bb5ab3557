import type { Service } from '../../fleet/service.ts';
import { serviceSchema } from '../../fleet/serviceSchema.ts';
import { contract } from '../contract.ts';
import * as load from '../load.ts';

/** This service, checked and loaded. */
export const service: Service = { definition: serviceSchema.parse(contract), load };
