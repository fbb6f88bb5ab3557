import { describeError } from '../core/describeError.ts';

/** Something that AWS must allow for a drill, and what it says to that. */
export interface Permission {
  /** As IAM writes it, `ec2:RevokeSecurityGroupIngress`. */
  action: string;
  answer: 'granted' | 'refused' | 'not asked';
  /** Why, in AWS's words or ours; null where it is granted. */
  reason: string | null;
}

export const noWay = 'AWS offers no dry run for it';

/** Of what has no way to be asked about that changes nothing. */
export const notAsked = (...actions: readonly string[]): Permission[] =>
  actions.map((action) => ({
    action,
    answer: 'not asked',
    reason: noWay,
  }));

/**
 * Asks EC2 by a call that bears its flag `DryRun`, which never succeeds: it ends with the error that means yes, or with
 * the one that means no.
 */
export async function askByDryRun(action: string, send: () => Promise<unknown>): Promise<Permission> {
  try {
    await send();
  } catch (error) {
    const code = error instanceof Error ? error.name : '';
    if (code === 'DryRunOperation') return { action, answer: 'granted', reason: null };
    const answer = code === 'UnauthorizedOperation' ? 'refused' : 'not asked';
    return { action, answer, reason: withoutEncoded(describeError(error)) };
  }
  return { action, answer: 'not asked', reason: 'the EC2 endpoint in use supports no dry run' };
}

/** EC2 appends what only `sts:DecodeAuthorizationMessage` can read, a screen full of it. */
const withoutEncoded = (message: string): string =>
  message.replace(/\s*Encoded authorization failure message:.*$/s, '');
