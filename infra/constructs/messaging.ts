import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement, type IRole } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { StageConfig } from '../../fleet/fleet.ts';
import type { ServiceDefinition } from '../../fleet/service.ts';
import { systemNames } from '../../fleet/names.ts';
import { redeliveryOf } from '../redelivery.ts';
import { acknowledge } from './acknowledge.ts';

export interface MessagingProps {
  service: ServiceDefinition;
  stage: string;
  system: string;
  subscriber: StageConfig['subscriber'];
  topicsKey: IKey;
  queuesKey: IKey;
}

/** A system's topic and the queue that keeps its messages while the database is unavailable. */
export class Messaging extends Construct {
  private readonly queuesKey: IKey;
  private readonly topicsKey: IKey;
  readonly topic: Topic;
  /** The subscriber's. */
  readonly queue: Queue;
  /** Messages the subscriber gave up. */
  readonly deadLetterQueue: Queue;
  /** Messages SNS could not hand to the queue. */
  readonly undeliveredQueue: Queue;

  constructor(scope: Construct, id: string, props: MessagingProps) {
    super(scope, id);
    this.queuesKey = props.queuesKey;
    this.topicsKey = props.topicsKey;
    const names = systemNames(props.service, props.stage, props.system);
    const queue = (queueId: string, queueName: string, more: QueueProps = {}): Queue =>
      new Queue(this, queueId, {
        queueName,
        encryption: QueueEncryption.KMS,
        encryptionMasterKey: props.queuesKey,
        enforceSSL: true,
        retentionPeriod: Duration.days(14),
        ...more,
      });
    this.deadLetterQueue = queue('DeadLetterQueue', names.deadLetterQueue);
    this.undeliveredQueue = queue('UndeliveredQueue', names.undeliveredQueue);
    acknowledge(this.undeliveredQueue, {
      SQS3: 'It is the dead-letter queue of a subscription, which the rule does not see.',
    });
    const { visibilitySeconds, maxReceiveCount } = redeliveryOf(props.subscriber);
    this.queue = queue('Queue', names.queue, {
      visibilityTimeout: Duration.seconds(visibilitySeconds),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount },
    });
    this.topic = new Topic(this, 'Topic', {
      topicName: names.topic,
      masterKey: props.topicsKey,
      enforceSSL: true,
    });
    this.topic.addSubscription(
      new SqsSubscription(this.queue, { rawMessageDelivery: true, deadLetterQueue: this.undeliveredQueue }),
    );
  }

  /** Lets a role put messages aside. */
  grantDeadLetters(role: IRole): void {
    grant(role, 'sqs:SendMessage', this.deadLetterQueue.queueArn, this.queuesKey);
  }

  /** Lets a role publish to the topic. */
  grantPublish(role: IRole): void {
    grant(role, 'sns:Publish', this.topic.topicArn, this.topicsKey);
  }
}

/** An action on what a key encrypts. Not CDK's grants, which allow whole families of a key's actions. */
function grant(role: IRole, action: `${'sqs' | 'sns'}:${string}`, resource: string, key: IKey): void {
  const [service] = action.split(':');
  role.addToPrincipalPolicy(new PolicyStatement({ actions: [action], resources: [resource] }));
  role.addToPrincipalPolicy(
    new PolicyStatement({
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: [key.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `${service}.${Stack.of(role).region}.amazonaws.com` } },
    }),
  );
}
