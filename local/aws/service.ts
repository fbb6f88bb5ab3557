import type { Action } from './action.ts';
import type { Protocol } from './protocols/protocol.ts';

/** One AWS service of the stage. */
export interface Service {
  /** Its name in a signature's credential scope. */
  signingName: string;
  /** The protocols its clients speak, the usual one first. */
  protocols: readonly [Protocol, ...Protocol[]];
  /** Its actions, or `emulator` for those that the SNS and SQS emulator answers. */
  actions: readonly Action[] | 'emulator';
  /** Code for an action it does not have: AWS's services differ. */
  unknownActionCode: string;
}
