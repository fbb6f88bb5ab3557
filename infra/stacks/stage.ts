import type { App } from 'aws-cdk-lib';
import { stageOf, type Fleet } from '../fleet.ts';
import { stackNames } from '../names.ts';
import { FleetStack } from './fleetStack.ts';
import { NetworkStack } from './networkStack.ts';
import { SystemStack } from './systemStack.ts';

/**
 * Adds a stage's stacks to an app, in the order in which they deploy: network and fleet, then the systems.
 * @throws FleetConfigError when the fleet has no such stage.
 */
export function addStage(app: App, fleet: Fleet, stage: string, codeDirectory: string): void {
  const config = stageOf(fleet, stage);
  const names = stackNames(stage);
  const common = {
    stage,
    config,
    codeDirectory,
    env: { region: fleet.region, ...(config.account !== undefined && { account: config.account }) },
  };
  const network = new NetworkStack(app, names.network, {
    ...common,
    stackName: names.network,
    description: `Headroom ${stage}: the network, keys and parameters that its systems share`,
  });
  const fleetStack = new FleetStack(app, names.fleet, {
    ...common,
    fleet,
    stackName: names.fleet,
    description: `Headroom ${stage}: dashboards, fleet alarms, on-call topic, canary and probe`,
  });
  for (const system of fleet.systems) {
    const stackName = names.system(system.name);
    const stack = new SystemStack(app, stackName, {
      ...common,
      system,
      network,
      stackName,
      description: `Headroom ${stage}: ${system.name}`,
    });
    stack.addStackDependency(fleetStack, 'its alarms publish to the on-call topic');
  }
}
