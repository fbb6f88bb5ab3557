import { observeAlarms } from './alarms.ts';
import { observeDatabase } from './database.ts';
import { observeDeadLetters } from './deadLetters.ts';
import { observeMessages } from './messages.ts';
import type { Observable, Observer, ObserverContext } from './observer.ts';
import { observePoison, observePoisonLeft } from './poison.ts';
import { observeQueues } from './queues.ts';
import { observeSessions } from './sessions.ts';

const observers: Record<Observable, (context: ObserverContext) => Observer> = {
  alarms: observeAlarms,
  queues: observeQueues,
  sessions: observeSessions,
  database: observeDatabase,
  messages: observeMessages,
  deadLetters: observeDeadLetters,
  poison: observePoison,
  poisonLeft: observePoisonLeft,
};

export const observerOf = (observable: Observable, context: ObserverContext): Observer =>
  observers[observable](context);
