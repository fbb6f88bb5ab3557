import { awsRest } from '../protocols/awsRest.ts';
import type { Service } from '../service.ts';
import { executeStatement } from './executeStatement.ts';

/** The RDS Data API, of the stage's databases as if they were clusters of Aurora. */
export const rdsData: Service = {
  signingName: 'rds-data',
  protocols: [awsRest([{ action: 'ExecuteStatement', method: 'POST', path: '/Execute' }])],
  actions: [executeStatement],
  unknownActionCode: 'UnknownOperationException',
};
