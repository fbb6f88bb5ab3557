import { refusalAs } from '../errors.ts';
import type { WireDocument } from '../wire.ts';
import type { BootedStack } from './stacks.ts';

export const validationError = refusalAs('ValidationError');

/** Booted whole or not at all, a stack is as one that was made and never changed. */
export const completed = 'CREATE_COMPLETE';

/** What every action says of a stack. */
export const stackShape = ({ name, arn, description, createdMs }: BootedStack) => ({
  StackId: arn,
  StackName: name,
  ...(description !== undefined && { TemplateDescription: description }),
  CreationTime: new Date(createdMs),
  StackStatus: completed,
});

/** Its resources, as they are told one by one. */
export const resourcesOf = ({ resources, createdMs }: BootedStack, timestamp: string): WireDocument[] =>
  resources.map(({ logicalId, physicalId, type }) => ({
    LogicalResourceId: logicalId,
    PhysicalResourceId: physicalId,
    ResourceType: type,
    [timestamp]: new Date(createdMs),
    ResourceStatus: completed,
  }));
