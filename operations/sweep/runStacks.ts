import { paginateListStacks, StackStatus, type CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { runOfStack } from '../../fleet/names.ts';
import type { RunStack } from './leftovers.ts';

const present = Object.values(StackStatus).filter((status) => status !== 'DELETE_COMPLETE');

/**
 * The stacks of runs of these stages. What belongs to a run is told by its name and by its description together: a stack of
 * somebody else whose name looks alike is none.
 */
export async function listRunStacks(
  client: CloudFormationClient,
  stages: readonly string[],
): Promise<RunStack[]> {
  const stacks: RunStack[] = [];
  for await (const { StackSummaries = [] } of paginateListStacks(
    { client },
    { StackStatusFilter: present },
  )) {
    for (const { StackName, StackId, StackStatus: status, ...stack } of StackSummaries) {
      const run = runOfStack(stages, StackName ?? '', stack.TemplateDescription ?? '');
      if (run === undefined || StackId === undefined) continue;
      const changed = stack.LastUpdatedTime ?? stack.CreationTime;
      stacks.push({
        stage: run,
        name: StackName ?? '',
        id: StackId,
        status: status ?? '',
        changedMs: changed?.getTime() ?? Number.POSITIVE_INFINITY,
      });
    }
  }
  return stacks;
}
