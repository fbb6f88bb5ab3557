import { Tags } from 'aws-cdk-lib';
import { Port, SecurityGroup, type IVpc } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { SystemNames } from '../../fleet/names.ts';

/** Tag of the groups that drills may change, with the stage as its value. */
export const stageTag = 'headroom:stage';

/** Description of the one rule into the databases: part of its identity when it is revoked. */
export const databaseRuleDescription = 'Database port from db-ingress';

/** The three groups that decide who reaches a system's database. */
export class SecurityGroups extends Construct {
  /** Worn by whoever may reach the database. */
  readonly dbIngress: SecurityGroup;
  /** The database's: in from `db-ingress` on the database port, nothing else. */
  readonly dbServers: SecurityGroup;
  /** The functions' own: out only. */
  readonly latamChallenge: SecurityGroup;

  constructor(
    scope: Construct,
    id: string,
    {
      vpc,
      stage,
      names,
      databasePort,
    }: { vpc: IVpc; stage: string; names: SystemNames; databasePort: number },
  ) {
    super(scope, id);
    this.dbIngress = new SecurityGroup(this, 'DbIngress', {
      vpc,
      securityGroupName: names.dbIngressGroup,
      description: 'db-ingress: may reach the database',
      allowAllOutbound: false,
    });
    this.dbServers = new SecurityGroup(this, 'DbServers', {
      vpc,
      securityGroupName: names.dbServersGroup,
      description: 'db-servers: the database, reached from db-ingress only',
      allowAllOutbound: false,
    });
    this.latamChallenge = new SecurityGroup(this, 'LatamChallenge', {
      vpc,
      securityGroupName: names.latamChallengeGroup,
      description: 'latam-challenge: the functions, out only',
    });
    // By which roles are told whose group they may change.
    Tags.of(this.dbServers).add(stageTag, stage);
    this.dbServers.addIngressRule(this.dbIngress, Port.tcp(databasePort), databaseRuleDescription);
  }
}
