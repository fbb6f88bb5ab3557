import { z } from 'zod';
import { invalidParameterValue } from '../../../cloudwatch/errors.ts';
import { defineAction } from '../action.ts';
import { AwsError } from '../errors.ts';

/** Of alarms, which are all that has tags here; Terraform asks after each that it makes. */
export const listTagsForResource = defineAction({
  name: 'ListTagsForResource',
  invalidInput: invalidParameterValue,
  input: z.strictObject({ ResourceARN: z.string().min(1) }),
  handle: ({ ResourceARN }, { state: { alarms } }) => {
    const alarm = [...alarms.all(), ...alarms.composites.all()].find(({ arn }) => arn === ResourceARN);
    if (alarm) return { Tags: alarm.definition.properties.Tags };
    throw new AwsError('ResourceNotFoundException', `${ResourceARN} does not exist`, { statusCode: 404 });
  },
});
