import { parseMessage, requireHappened, type Message } from '../domain/message.ts';
import { applyMessages } from '../redshift/applyMessages.ts';
import type { MessageKind } from './messageKind.ts';

/** Changes of clients. */
export const clientMessages: MessageKind<Message> = {
  parse(body, nowMs) {
    const message = parseMessage(body);
    requireHappened(message, nowMs);
    return message;
  },
  apply: applyMessages,
};
