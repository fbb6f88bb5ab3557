import { observeAlarms } from './alarms.ts';
import { observeDatabase } from './database.ts';
import { observeDeadLetters } from './deadLetters.ts';
import { observeMessages } from './messages.ts';
import type { LookContext, Observable, Observer, ObserverContext } from './observer.ts';
import { observePoison, observePoisonLeft } from './poison.ts';
import { observeQueues } from './queues.ts';
import { observeSessions } from './sessions.ts';

/** Those that only read. The others receive messages, which hides them from everybody else for a moment. */
const looks = {
  alarms: observeAlarms,
  queues: observeQueues,
  sessions: observeSessions,
  database: observeDatabase,
  deadLetters: observeDeadLetters,
} satisfies Partial<Record<Observable, (context: LookContext) => Observer>>;

const observers: Record<Observable, (context: ObserverContext) => Observer> = {
  ...looks,
  messages: observeMessages,
  poison: observePoison,
  poisonLeft: observePoisonLeft,
};

export const observerOf = (observable: Observable, context: ObserverContext): Observer =>
  observers[observable](context);

/** What looks and changes nothing at all; null where the look itself would. */
export const lookOf = (observable: Observable, context: LookContext): Observer | null =>
  observable in looks ? looks[observable as keyof typeof looks](context) : null;
