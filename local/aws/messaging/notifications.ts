import { matchesFilter, type Stores } from './emulatorParts.ts';

type Subscription = NonNullable<ReturnType<Stores['snsStore']['getSubscription']>>;

/** A message that a topic has taken. */
interface Published {
  topicArn: string;
  messageId: string;
  message: string;
  subject: string | null;
  attributes: Record<string, { DataType: string; StringValue?: string; BinaryValue?: string }>;
}

/** What a function is invoked with. */
export interface FunctionNotification {
  functionArn: string;
  event: unknown;
}

/** The emulator delivers to queues alone. */
const isFunctions = ({ protocol }: Subscription): boolean => protocol === 'lambda';

/**
 * What the functions that are subscribed to a topic are to be told, by a form that SNS was sent and what it answered: one
 * message an event (lambda/latest/dg/with-sns.html).
 */
export function notificationsOf(
  { snsStore }: Stores,
  form: string,
  answer: string,
  nowMs: number,
): FunctionNotification[] {
  // Nearly always; a form is not taken apart for nothing.
  if (![...snsStore.subscriptions.values()].some(isFunctions)) return [];
  const taken = publishedBy(new URLSearchParams(form), answer);
  return taken.flatMap((published) => {
    const arns = snsStore.getTopic(published.topicArn)?.subscriptionArns ?? [];
    return arns.flatMap((arn) => {
      const subscription = snsStore.getSubscription(arn);
      if (!subscription || !isFunctions(subscription) || !isWanted(subscription, published)) return [];
      return [{ functionArn: subscription.endpoint, event: eventOf(subscription, published, nowMs) }];
    });
  });
}

function publishedBy(form: URLSearchParams, answer: string): Published[] {
  const topicArn = form.get('TopicArn') ?? '';
  const read = (prefix: string, messageId: string): Published => ({
    topicArn,
    messageId,
    message: form.get(`${prefix}Message`) ?? '',
    subject: form.get(`${prefix}Subject`),
    attributes: attributesOf(form, prefix),
  });
  switch (form.get('Action')) {
    case 'Publish': {
      const [, messageId] = /<MessageId>([^<]+)<\/MessageId>/.exec(answer) ?? [];
      return messageId === undefined ? [] : [read('', messageId)];
    }
    case 'PublishBatch': {
      const messageIds = new Map(
        [...answer.matchAll(/<Id>([^<]*)<\/Id><MessageId>([^<]+)<\/MessageId>/g)].map(([, id, messageId]) => [
          id,
          messageId!,
        ]),
      );
      const published: Published[] = [];
      for (let index = 1; ; index += 1) {
        const prefix = `PublishBatchRequestEntries.member.${index}.`;
        const id = form.get(`${prefix}Id`);
        if (id === null) return published;
        const messageId = messageIds.get(id);
        if (messageId !== undefined) published.push(read(prefix, messageId));
      }
    }
    case null:
    default:
      return [];
  }
}

function attributesOf(form: URLSearchParams, prefix: string): Published['attributes'] {
  const attributes: Published['attributes'] = {};
  for (let index = 1; ; index += 1) {
    const at = `${prefix}MessageAttributes.entry.${index}.`;
    const name = form.get(`${at}Name`);
    if (name === null) return attributes;
    const [text, binary] = [form.get(`${at}Value.StringValue`), form.get(`${at}Value.BinaryValue`)];
    attributes[name] = {
      DataType: form.get(`${at}Value.DataType`) ?? 'String',
      ...(text !== null && { StringValue: text }),
      ...(binary !== null && { BinaryValue: binary }),
    };
  }
}

function isWanted({ attributes: settings }: Subscription, { attributes, message }: Published): boolean {
  const { FilterPolicy, FilterPolicyScope } = settings;
  if (FilterPolicy === undefined) return true;
  return matchesFilter(JSON.parse(FilterPolicy) as Record<string, unknown>, {
    attributes,
    body: FilterPolicyScope === 'MessageBody' ? message : undefined,
  });
}

const eventOf = (
  { arn }: Subscription,
  { topicArn, messageId, message, subject, attributes }: Published,
  nowMs: number,
): unknown => {
  const host = `https://sns.${topicArn.split(':')[3]}.amazonaws.com/`;
  return {
    Records: [
      {
        EventVersion: '1.0',
        EventSubscriptionArn: arn,
        EventSource: 'aws:sns',
        Sns: {
          SignatureVersion: '1',
          Timestamp: new Date(nowMs).toISOString(),
          // Nobody signs here.
          Signature: 'local',
          SigningCertUrl: `${host}SimpleNotificationService-local.pem`,
          MessageId: messageId,
          Message: message,
          MessageAttributes: Object.fromEntries(
            Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
              name,
              { Type: DataType, Value: StringValue ?? BinaryValue ?? '' },
            ]),
          ),
          Type: 'Notification',
          UnsubscribeUrl: `${host}?Action=Unsubscribe&SubscriptionArn=${arn}`,
          TopicArn: topicArn,
          Subject: subject,
        },
      },
    ],
  };
};
