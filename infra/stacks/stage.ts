import { Stack, type App } from 'aws-cdk-lib';
import {
  adoptedSystems,
  configOf,
  ownSystems,
  ownSystemsIn,
  stageOf,
  systemsOf,
  zonesOf,
  type Fleet,
} from '../../fleet/fleet.ts';
import { accountStackName, runStackDescription, stackNames } from '../../fleet/names.ts';
import { AccountStack } from './accountStack.ts';
import { AdoptedStack } from './adoptedStack.ts';
import { FleetStack } from './fleetStack.ts';
import { NetworkStack } from './networkStack.ts';
import { RunStack } from './runStack.ts';
import { SystemStack } from './systemStack.ts';

/** What the stages' functions run. */
export interface Code {
  /** Directory of the functions' bundle. */
  codeDirectory: string;
  /** Identifies all that decides how a system behaves (`infra/release.ts`). */
  release: string;
}

/**
 * Adds the stacks of stages to an app, in the order in which they deploy: what the account has once, then
 * each stage's network and fleet, then its systems.
 * @throws FleetConfigError when the fleet has no such stage.
 */
export function addStages(app: App, fleet: Fleet, stages: readonly string[], code: Code): void {
  const accounts = new Map<string | undefined, AccountStack>();
  for (const stage of stages) {
    const { account, runsOn } = stageOf(fleet, stage);
    if (runsOn) addRun(app, fleet, stage, code);
    else if (ownSystems(fleet).length === 0) addAdopting(app, fleet, stage, code);
    else {
      if (!accounts.has(account)) accounts.set(account, addAccount(app, fleet, account, accounts.size));
      addStage(app, fleet, stage, code, accounts.get(account)!);
    }
  }
}

const envOf = (fleet: Fleet, account: string | undefined) => ({
  region: fleet.region,
  ...(account !== undefined && { account }),
});

function addAccount(app: App, fleet: Fleet, account: string | undefined, index: number): AccountStack {
  // Ids are the app's, stack names the account's.
  return new AccountStack(
    app,
    index === 0 ? accountStackName : `${accountStackName}-${account ?? 'default'}`,
    {
      env: envOf(fleet, account),
      fleet,
      stages: Object.keys(fleet.stages).filter((stage) => fleet.stages[stage]!.account === account),
      stackName: accountStackName,
      description: "Headroom: API Gateway's log role and the roles of GitHub's workflows",
    },
  );
}

function addStage(app: App, fleet: Fleet, stage: string, code: Code, account: AccountStack): void {
  const config = stageOf(fleet, stage);
  const names = stackNames(stage);
  const { codeDirectory, release } = code;
  const common = { stage, config, fleet, codeDirectory, env: envOf(fleet, config.account) };
  const network = new NetworkStack(app, names.network, {
    ...common,
    stackName: names.network,
    description: `Headroom ${stage}: the network, keys and parameters that its systems share`,
  });
  const fleetStack = addFleet(app, fleet, stage, code, network);
  for (const system of ownSystemsIn(fleet, config)) {
    const stackName = names.system(system.name);
    const stack = new SystemStack(app, stackName, {
      ...common,
      config: configOf(config, system.name),
      release,
      system,
      network,
      webAclArn: fleetStack.webAclArn!,
      stackName,
      description: `Headroom ${stage}: ${system.name}`,
    });
    stack.addStackDependency(fleetStack, alarmsTell);
    stack.addStackDependency(account, 'its API writes access logs');
  }
  addAdopted(app, fleet, stage, fleetStack);
}

const alarmsTell = 'its alarms publish to the on-call topic';

/** A stage that builds no system: nothing is made but what watches. */
const addAdopting = (app: App, fleet: Fleet, stage: string, code: Code): void =>
  addAdopted(app, fleet, stage, addFleet(app, fleet, stage, code));

function addFleet(app: App, fleet: Fleet, stage: string, code: Code, network?: NetworkStack): FleetStack {
  const config = stageOf(fleet, stage);
  const names = stackNames(stage);
  const env = envOf(fleet, config.account);
  const further = new Map<number, Stack>();
  const addFurther = (page: number): Stack => {
    const stackName = names.furtherDashboards(page);
    const stack = new Stack(app, stackName, {
      env,
      stackName,
      description: `Headroom ${stage}: the dashboards that the fleet's own stack has no room for`,
    });
    further.set(page, stack);
    return stack;
  };
  return new FleetStack(app, names.fleet, {
    stage,
    config,
    fleet,
    codeDirectory: code.codeDirectory,
    env,
    ...(network && { network }),
    furtherDashboards: (page) => further.get(page) ?? addFurther(page),
    stackName: names.fleet,
    description: `Headroom ${stage}: web ACL, dashboards, fleet alarms, on-call topic, canary and probe`,
  });
}

function addAdopted(app: App, fleet: Fleet, stage: string, fleetStack: FleetStack): void {
  const config = stageOf(fleet, stage);
  for (const system of adoptedSystems(fleet, stage)) {
    const stackName = stackNames(stage).system(system.name);
    const stack = new AdoptedStack(app, stackName, {
      stage,
      config,
      fleet,
      system,
      env: envOf(fleet, config.account),
      stackName,
      description: `Headroom ${stage}: alarms of ${system.name}, which is not made here`,
    });
    stack.addStackDependency(fleetStack, alarmsTell);
  }
}

function addRun(app: App, fleet: Fleet, stage: string, code: Code): void {
  const config = stageOf(fleet, stage);
  const base = config.runsOn!.stage;
  for (const system of systemsOf(fleet, stage)) {
    const stackName = stackNames(stage).system(system.name);
    new RunStack(app, stackName, {
      service: fleet.service,
      stage,
      config: configOf(config, system.name),
      system,
      base: { stage: base, config: configOf(stageOf(fleet, base), system.name) },
      zones: zonesOf(fleet),
      ...code,
      env: envOf(fleet, config.account),
      stackName,
      description: runStackDescription(stage, system.name),
    });
  }
}
