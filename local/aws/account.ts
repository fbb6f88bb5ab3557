/** The account every ARN on this machine names; the SNS and SQS emulator knows no other. */
export const localAccountId = '000000000000';

/** Where a stage's resources are said to be. */
export interface Account {
  region: string;
  accountId: string;
}
