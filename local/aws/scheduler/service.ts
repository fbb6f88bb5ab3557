import { awsRest } from '../protocols/awsRest.ts';
import type { Service } from '../service.ts';
import { createSchedule } from './createSchedule.ts';
import { deleteSchedule } from './deleteSchedule.ts';
import { getSchedule } from './getSchedule.ts';
import { listSchedules } from './listSchedules.ts';

const inGroup = { groupName: 'GroupName' };

export const scheduler: Service = {
  signingName: 'scheduler',
  protocols: [
    awsRest([
      { action: 'CreateSchedule', method: 'POST', path: '/schedules/{Name}' },
      { action: 'GetSchedule', method: 'GET', path: '/schedules/{Name}', query: inGroup },
      {
        action: 'DeleteSchedule',
        method: 'DELETE',
        path: '/schedules/{Name}',
        query: { ...inGroup, clientToken: 'ClientToken' },
      },
      {
        action: 'ListSchedules',
        method: 'GET',
        path: '/schedules',
        query: { ScheduleGroup: 'GroupName' },
      },
    ]),
  ],
  actions: [createSchedule, getSchedule, deleteSchedule, listSchedules],
  unknownActionCode: 'UnknownOperationException',
};
