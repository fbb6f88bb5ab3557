import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription, UrlSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { Fleet } from '../../fleet/fleet.ts';
import { fleetNames, keyAliases } from '../../fleet/names.ts';

/**
 * Where every alarm of the stage goes. The key is the stage's own: alarms cannot publish to a topic
 * that is encrypted with SNS's.
 */
export function addOnCallTopic(scope: Construct, stage: string, onCall: Fleet['onCall']): void {
  const fromAlarms = {
    principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
    conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
  };
  const key = new Key(scope, 'OnCallKey', {
    alias: keyAliases(stage).onCall,
    description: 'On-call topic of the stage',
    enableKeyRotation: true,
  });
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AlarmsPublish',
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: ['*'],
      ...fromAlarms,
    }),
  );
  const topic = new Topic(scope, 'OnCallTopic', {
    topicName: fleetNames(stage).onCallTopic,
    masterKey: key,
    enforceSSL: true,
  });
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AlarmsPublish',
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      ...fromAlarms,
    }),
  );
  // Whom the configuration names is called for the other stages.
  if (stage in onCall.nobody) return;
  for (const email of onCall.emails) topic.addSubscription(new EmailSubscription(email));
  for (const url of onCall.httpsEndpoints) topic.addSubscription(new UrlSubscription(url));
}
