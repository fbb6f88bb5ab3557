import { CfnIPSet, CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import type { Fleet, StageConfig } from '../../fleet/fleet.ts';
import { fleetNames } from '../../fleet/names.ts';
import { throttlePerSecondOf } from '../throttle.ts';

const windowSeconds = 300;

/** AWS's rules that every request passes: the usual attacks, and inputs that are known to be bad. */
const managedRules = ['AWSManagedRulesCommonRuleSet', 'AWSManagedRulesKnownBadInputsRuleSet'];

/**
 * The one web ACL of all the stage's APIs. Its rate rule counts each address over all of them together, and
 * so lets in what the whole fleet's APIs would: it stops one address that drowns the fleet, not a system's
 * own peak. Declared load generators are spared.
 */
export function addWebAcl(
  scope: Construct,
  { stage, config, systems }: { stage: string; config: StageConfig; systems: Fleet['systems'] },
): CfnWebACL {
  const name = fleetNames(stage).webAcl;
  const visible = (metricName: string): CfnWebACL.VisibilityConfigProperty => ({
    cloudWatchMetricsEnabled: true,
    metricName,
    // Samples hold whole requests, and with them clients' ids.
    sampledRequestsEnabled: false,
  });
  const letIn = systems.reduce((sum, system) => sum + throttlePerSecondOf(config, system), 0);
  const generators = config.loadGenerators.length > 0 && loadGenerators(scope, name, config.loadGenerators);
  return new CfnWebACL(scope, 'WebAcl', {
    name,
    description: `All APIs of ${stage}`,
    scope: 'REGIONAL',
    defaultAction: { allow: {} },
    visibilityConfig: visible(name),
    rules: [
      {
        name: 'rate',
        priority: 0,
        action: { block: { customResponse: { responseCode: 429 } } },
        visibilityConfig: visible(`${name}-rate`),
        statement: {
          rateBasedStatement: {
            aggregateKeyType: 'IP',
            evaluationWindowSec: windowSeconds,
            // At least what AWS accepts.
            limit: Math.max(10, letIn * windowSeconds),
            ...(generators && {
              scopeDownStatement: {
                notStatement: { statement: { ipSetReferenceStatement: { arn: generators.attrArn } } },
              },
            }),
          },
        },
      },
      ...managedRules.map((rule, index) => ({
        name: rule,
        priority: index + 1,
        overrideAction: { none: {} },
        visibilityConfig: visible(`${name}-${rule}`),
        statement: { managedRuleGroupStatement: { vendorName: 'AWS', name: rule } },
      })),
    ],
  });
}

const loadGenerators = (scope: Construct, name: string, addresses: string[]): CfnIPSet =>
  new CfnIPSet(scope, 'LoadGenerators', {
    name: `${name}-generators`,
    description: 'Load generators, spared by the rate rule',
    scope: 'REGIONAL',
    ipAddressVersion: 'IPV4',
    addresses,
  });
