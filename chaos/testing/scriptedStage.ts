import { deepStrictEqual } from 'node:assert/strict';
import {
  APIGatewayClient,
  GetStageCommand,
  UpdateStageCommand,
  type MethodSetting,
} from '@aws-sdk/client-api-gateway';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  AuthorizeSecurityGroupIngressCommand,
  DescribeSecurityGroupRulesCommand,
  EC2Client,
  EC2ServiceException,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { LambdaClient } from '@aws-sdk/client-lambda';
import {
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  RDSClient,
  RebootDBInstanceCommand,
} from '@aws-sdk/client-rds';
import { DescribeClustersCommand, RebootClusterCommand, RedshiftClient } from '@aws-sdk/client-redshift';
import {
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  RedshiftDataClient,
  type Field,
} from '@aws-sdk/client-redshift-data';
import { CreateScheduleCommand, DeleteScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { PublishBatchCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { LoadOptions, runLoad } from '../../loadtests/runner/load.ts';
import { parseMessage, requireHappened } from '../../service/domain/message.ts';
import { NonRetryableMessageError } from '../../service/errors.ts';
import { busiest } from '../../service/testing/asking.ts';
import type { Clock } from '../../core/clock.ts';
import type { DrillLoad } from '../background.ts';
import { available } from '../databases/managedDatabase.ts';
import type { DrillClients } from '../faults/fault.ts';
import { testDocument } from './systemDocuments.ts';

/** How the scripted stage departs from a healthy one. */
export interface Script {
  /** The revoke is accepted and changes nothing. */
  revokeWithoutEffect?: boolean;
  /** While the database is away, every tenth answer is a 200 with somebody else's body. */
  wrongBodies?: boolean;
  /** The nth message to arrive disappears. */
  loseMessage?: number;
  /** The nth message to arrive goes to the dead-letter queue. */
  deadLetterMessage?: number;
  /** The nth message is stored twice. */
  storeTwice?: number;
  /** What becomes of messages that can never succeed, other than that they are given up with their reason. */
  poison?:
    | 'retried'
    | 'stored'
    | 'lost'
    /** Not published, with others' messages in the queue for good. */
    | 'never comes'
    | 'twice'
    | 'unexplained'
    | 'never told'
    | 'good one beside it retried';
  /** What a throttled API does, other than to answer every second request with a quick 429. */
  throttled?: 'nothing' | 'refuses everything' | 'refuses slowly' | 'fails' | 'answers wrongly' | 'connects';
  /** How long the database restarts; 40 s when left out. */
  restartLastsMs?: number;
  /** What is wrong with a service whose database restarts. */
  restarted?: 'storms back' | 'never comes back' | 'fails with 500s' | 'unseen';
  /** The cluster is paused before. */
  clusterPaused?: boolean;
  /** The method has settings of its own before. */
  methodSettingsBefore?: boolean;
  /** A dead letter of somebody else's. */
  othersDeadLetter?: string;
  /** The alarms stay OK whatever happens. */
  silentAlarm?: boolean;
  /** What becomes of the page that is in ALARM: held back for good, or told by the fleet's in its stead. */
  page?: 'held back' | 'by the fleet';
  /** So many authorise calls fail before one succeeds. */
  authorizeFailures?: number;
  /** The alarms before the drill. */
  alarmBefore?: 'OK' | 'ALARM' | 'absent' | 'mute';
  /** A system that is not drilled is ill, so that it and the fleet's alarm of single databases are in ALARM. */
  otherIll?: boolean;
  /** So long into the test the alarms before the drill are OK again. */
  quietAfterMs?: number;
  /** No schedule can be made. */
  scheduleRefused?: boolean;
  /** The caller may look at security groups, and not change them. */
  changesForbidden?: boolean;
  /** The rule is gone before the drill. */
  ruleAbsent?: boolean;
  /** The load ends by itself after so many seconds. */
  loadEndsAfterSeconds?: number;
  /** Share of the answers before the fault that are 500. */
  failingBefore?: boolean;
  /** So many iterations of the load begin late by its own doing: the machine stood still. */
  lateIterations?: number;
  /** The load's record cannot be written. */
  loadLeavesNoRecord?: boolean;
  /** So many iterations find no user free. */
  droppedIterations?: number;
  /** So long after the fault somebody else puts back what it took away. */
  undoneByOthersAfterMs?: number;
}

interface DeadLetter {
  Body: string;
  MessageAttributes: object;
  ReceiptHandle: string;
  hiddenUntilMs: number;
}

/** A one-time schedule as it stands there. */
export interface ArmedSchedule {
  armedMs: number;
  fireAtMs: number;
  target: string;
  input: string;
}

const alarmDelayMs = 3_000;

/**
 * One system's stage behind real SDK clients whose `send` is answered here: a rule, sessions, an alarm
 * that follows the outage, a topic whose messages reach the table while the database can be reached.
 */
export class ScriptedStage {
  readonly document = testDocument('system-01');
  readonly clients: DrillClients;
  readonly load: DrillLoad;
  /** Every EC2 change in order. */
  readonly changes: ('revoke' | 'authorize')[] = [];
  /** Schedules armed now, and how often one was. */
  readonly schedules = new Map<string, ArmedSchedule>();
  armed = 0;
  readonly stored = new Map<number, number>();
  reboots = 0;
  /** Told of every command that a client sends, when it is sent and when it has taken effect. */
  onCall: (when: 'before' | 'after', command: object) => void | Promise<void> = () => undefined;
  loadRunning = false;
  readonly #script: Script;
  readonly #clock: Clock;
  readonly #startMs: number;
  #ruleExists: boolean;
  #methodSettings: Record<string, MethodSetting> = {};
  /** When the fault was put in place. */
  #hurtMs: number | null = null;
  #sessions = [101, 102, 103];
  #rebootedMs: number | null = null;
  #cutMs: number | null = null;
  #backMs: number | null = null;
  #queue: number[] = [];
  /** What is handed back to the queue, and not received again while the drill lasts. */
  #retried = 0;
  #dead: DeadLetter[] = [];
  #handles = 0;
  #lastGivenUpMs: number | null = null;
  #lastGatheredMs: number | null = null;
  #arrived = 0;
  #authorizeFailures: number;
  readonly #results = new Map<string, Record<string, Field>[]>();

  constructor(clock: Clock, script: Script = {}) {
    this.#clock = clock;
    this.#startMs = clock.now();
    this.#script = script;
    this.#ruleExists = script.ruleAbsent !== true;
    if (script.othersDeadLetter !== undefined) this.#bury(script.othersDeadLetter);
    this.#authorizeFailures = script.authorizeFailures ?? 0;
    const options = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
    if (script.methodSettingsBefore) this.#methodSettings = { [busiest]: {} };
    this.clients = {
      apiGateway: this.#answer(new APIGatewayClient(options), (command) => this.#apiGateway(command)),
      ec2: this.#answer(new EC2Client(options), (command) => this.#ec2(command)),
      lambda: this.#answer(new LambdaClient(options), unexpected),
      cloudWatch: this.#answer(new CloudWatchClient(options), (command) => this.#cloudWatch(command)),
      sns: this.#answer(new SNSClient(options), (command) => this.#sns(command)),
      sqs: this.#answer(new SQSClient(options), (command) => this.#sqs(command)),
      scheduler: this.#answer(new SchedulerClient(options), (command) => this.#scheduler(command)),
      rds: this.#answer(new RDSClient(options), (command) => this.#rds(command)),
      redshift: this.#answer(new RedshiftClient(options), (command) => this.#redshift(command)),
      dataApi: this.#answer(new RedshiftDataClient(options), (command) => this.#dataApi(command)),
    };
    this.load = {
      credentials: options.credentials,
      configurationHash: 'test',
      commit: null,
      run: (request) => this.#runLoad(request),
    };
  }

  /** Whether the rule is there now. */
  get ruleExists(): boolean {
    return this.#ruleExists || this.#undoneByOthers;
  }

  get sessionCount(): number {
    return this.#sessions.length;
  }

  /** Settings of single methods of the API. */
  get methodSettings(): Record<string, MethodSetting> {
    return this.#undoneByOthers ? {} : this.#methodSettings;
  }

  get #undoneByOthers(): boolean {
    const { undoneByOthersAfterMs = Infinity } = this.#script;
    return this.#hurtMs !== null && this.#clock.now() - this.#hurtMs >= undoneByOthersAfterMs;
  }

  /** The same stage as it stands now, on another clock: what a killed process left, for somebody else to find. */
  copy(clock: Clock): ScriptedStage {
    const copy = new ScriptedStage(clock, this.#script);
    copy.#ruleExists = this.#ruleExists;
    copy.#methodSettings = { ...this.#methodSettings };
    copy.#sessions = [...this.#sessions];
    copy.#queue = [...this.#queue];
    copy.#retried = this.#retried;
    copy.#dead = structuredClone(this.#dead);
    copy.#handles = this.#handles;
    copy.#rebootedMs = this.#rebootedMs;
    copy.reboots = this.reboots;
    for (const [name, schedule] of this.schedules) copy.schedules.set(name, schedule);
    for (const [id, copies] of this.stored) copy.stored.set(id, copies);
    return copy;
  }

  /** Lets a schedule make its call, as EventBridge does: what it makes a second time is refused, and it is gone. */
  fire(name: string): void {
    const { target = '', input = '{}' } = this.schedules.get(name) ?? {};
    this.schedules.delete(name);
    const call: unknown = JSON.parse(input);
    switch (target) {
      case 'arn:aws:scheduler:::aws-sdk:ec2:authorizeSecurityGroupIngress':
        expectRule(call, this.document.securityGroups);
        this.#ruleExists = true;
        return;
      case 'arn:aws:scheduler:::aws-sdk:apigateway:updateStage':
        expectPatch(call, this.document);
        this.#methodSettings = {};
        return;
      default:
        throw new Error(`a schedule calls ${target}`);
    }
  }

  get #reachable(): boolean {
    return !this.#rebooting && this.#networkIsThere;
  }

  get #networkIsThere(): boolean {
    return this.ruleExists || this.#sessions.length > 0;
  }

  #apiGateway(command: object): object {
    if (command instanceof UpdateStageCommand) {
      const [first] = command.input.patchOperations ?? [];
      this.#methodSettings = first?.op === 'remove' ? {} : { [busiest]: { throttlingRateLimit: 5 } };
      this.#hurtMs = first?.op === 'remove' ? null : this.#clock.now();
      if (this.#script.throttled === 'connects') this.#sessions = Array.from({ length: 20 }, (_, pid) => pid);
    } else if (!(command instanceof GetStageCommand)) return unexpected(command);
    return { methodSettings: this.methodSettings };
  }

  get #throttled(): boolean {
    return this.methodSettings[busiest] !== undefined && this.#script.throttled !== 'nothing';
  }

  #ec2(command: object): object {
    if (command instanceof DescribeSecurityGroupRulesCommand) {
      const { dbServers, rule } = this.document.securityGroups;
      const present = {
        GroupId: dbServers,
        IsEgress: false,
        IpProtocol: rule.ipProtocol,
        FromPort: rule.port,
        ToPort: rule.port,
        ReferencedGroupInfo: { GroupId: rule.sourceGroupId },
      };
      return { SecurityGroupRules: this.ruleExists ? [present] : [] };
    }
    if (
      command instanceof RevokeSecurityGroupIngressCommand ||
      command instanceof AuthorizeSecurityGroupIngressCommand
    ) {
      // Before all else, and whether the rule is there or not.
      if (this.#script.changesForbidden) throw ec2Error('UnauthorizedOperation');
      if (command.input.DryRun) throw ec2Error('DryRunOperation');
    }
    if (command instanceof RevokeSecurityGroupIngressCommand) {
      this.changes.push('revoke');
      if (!this.ruleExists) throw ec2Error('InvalidPermission.NotFound');
      if (this.#script.revokeWithoutEffect === true) return {};
      this.#ruleExists = false;
      this.#hurtMs = this.#clock.now();
      return {};
    }
    if (command instanceof AuthorizeSecurityGroupIngressCommand) {
      this.changes.push('authorize');
      if (this.#authorizeFailures > 0) {
        this.#authorizeFailures -= 1;
        throw ec2Error('Unavailable');
      }
      if (this.ruleExists) throw ec2Error('InvalidPermission.Duplicate');
      this.#ruleExists = true;
      this.#hurtMs = null;
      this.#backMs = this.#clock.now();
      return {};
    }
    return unexpected(command);
  }

  /** When the database is back from its restart. */
  get #backFromRestartMs(): number {
    const { restartLastsMs = 40_000, restarted } = this.#script;
    const lastsMs = restarted === 'never comes back' ? Infinity : restartLastsMs;
    return this.#rebootedMs === null ? -Infinity : this.#rebootedMs + lastsMs;
  }

  get #rebooting(): boolean {
    return this.#clock.now() < this.#backFromRestartMs;
  }

  get #seenRebooting(): boolean {
    return this.#rebooting && this.#script.restarted !== 'unseen';
  }

  #redshift(command: object): object {
    const ClusterIdentifier = this.document.cluster.identifier;
    const status = this.#script.clusterPaused ? 'paused' : 'available';
    const now = (): object => ({
      ClusterIdentifier,
      ClusterStatus: this.#seenRebooting ? 'rebooting' : status,
    });
    if (command instanceof DescribeClustersCommand) return { Clusters: [now()] };
    if (!(command instanceof RebootClusterCommand)) return unexpected(command);
    this.#reboot();
    return { Cluster: now() };
  }

  #reboot(): void {
    this.reboots += 1;
    this.#rebootedMs = this.#clock.now();
    this.#cutMs = this.#rebootedMs;
    this.#backMs = this.#backFromRestartMs;
  }

  /** The same database as an instance of RDS, and as the writer of a cluster of Aurora, each by the cluster's name. */
  #rds(command: object): object {
    const name = this.document.cluster.identifier;
    if (command instanceof DescribeDBInstancesCommand) {
      const DBInstanceStatus = this.#seenRebooting ? 'rebooting' : available;
      return { DBInstances: [{ DBInstanceIdentifier: name, DBInstanceStatus }] };
    }
    if (command instanceof DescribeDBClustersCommand) {
      const DBClusterMembers = [{ DBInstanceIdentifier: name, IsClusterWriter: true }];
      return { DBClusters: [{ DBClusterIdentifier: name, Status: available, DBClusterMembers }] };
    }
    if (!(command instanceof RebootDBInstanceCommand)) return unexpected(command);
    this.#reboot();
    return {};
  }

  /** Twelve connections after a restart: one after the other, or all at once. */
  get #openings(): { atMs: number; pid: number }[] {
    const { restarted } = this.#script;
    const apartMs = restarted === 'storms back' ? 10 : 700;
    return Array.from({ length: 12 }, (_, index) => ({
      atMs: this.#backFromRestartMs + (index + 1) * apartMs,
      pid: 300 + index,
    }));
  }

  #scheduler(command: object): object {
    if (command instanceof CreateScheduleCommand) {
      const { Name = '', ScheduleExpression = '', Target } = command.input;
      if (this.#script.scheduleRefused) throw new Error('not authorised to perform: iam:PassRole');
      const at = /^at\((.+)\)$/.exec(ScheduleExpression)?.[1];
      const fireAtMs = Date.parse(`${at}Z`);
      const { Arn: target = '', Input: input = '' } = Target ?? {};
      this.schedules.set(Name, { armedMs: this.#clock.now(), fireAtMs, target, input });
      this.armed += 1;
      return { ScheduleArn: `arn:aws:scheduler:us-east-1:000000000000:schedule/default/${Name}` };
    }
    if (!(command instanceof DeleteScheduleCommand)) return unexpected(command);
    this.schedules.delete(command.input.Name ?? '');
    return {};
  }

  #cloudWatch(command: object): object {
    if (!(command instanceof DescribeAlarmsCommand)) return unexpected(command);
    const { alarmBefore = 'OK', silentAlarm } = this.#script;
    if (alarmBefore === 'absent') return {};
    const now = this.#clock.now();
    const firing = alarmBefore === 'ALARM' && now < this.#startMs + (this.#script.quietAfterMs ?? Infinity);
    const cutFor = this.#cutMs === null ? 0 : now - this.#cutMs;
    const backFor = this.#backMs === null ? 0 : now - this.#backMs;
    const raised = silentAlarm !== true && cutFor > alarmDelayMs && backFor < alarmDelayMs;
    const state = raised ? 'ALARM' : 'OK';
    const { page } = this.#script;
    const told = {
      AlarmActions: alarmBefore === 'mute' ? [] : ['arn:aws:sns:us-east-1:000000000000:on-call'],
    };
    const suppressed = page === 'held back' ? { ActionsSuppressedBy: 'WaitPeriod' } : {};
    const others = this.#script.otherIll ? 'ALARM' : 'OK';
    const asked = (alarms: { AlarmName: string; StateValue: string }[]) =>
      alarms.filter(({ AlarmName }) => command.input.AlarmNames?.includes(AlarmName));
    return {
      MetricAlarms: asked([
        { AlarmName: 'test-system-02-errorRate', StateValue: others },
        { AlarmName: 'test-system-01-errorRate', StateValue: firing ? 'ALARM' : state },
        { AlarmName: 'test-system-01-deadLetters', StateValue: this.#givenUp(now) },
      ]),
      CompositeAlarms: asked([
        { AlarmName: 'test-fleet-unanswered', StateValue: others },
        { AlarmName: 'test-system-01-page', StateValue: state, ...told, ...(raised && suppressed) },
        { AlarmName: 'test-system-01-pageMessages', StateValue: this.#givenUp(now), ...told },
        {
          AlarmName: 'test-fleet-affected',
          StateValue: page === 'by the fleet' ? state : 'OK',
          ...told,
        },
      ]),
    };
  }

  /** The alarms of the dead letters, which follow them. */
  #givenUp(now: number): 'OK' | 'ALARM' {
    if (this.#script.poison === 'never told' || this.#lastGivenUpMs === null) return 'OK';
    if (now < this.#lastGivenUpMs + alarmDelayMs) return 'OK';
    return this.#lastGatheredMs !== null && now > this.#lastGatheredMs + alarmDelayMs ? 'OK' : 'ALARM';
  }

  /** Bodies of the dead letters. */
  get deadLetters(): string[] {
    return this.#dead.map(({ Body }) => Body);
  }

  /** How many of them somebody keeps from everybody else now. */
  get hiddenLetters(): number {
    return this.#dead.filter(({ hiddenUntilMs }) => hiddenUntilMs > this.#clock.now()).length;
  }

  #sns(command: object): object {
    if (!(command instanceof PublishBatchCommand)) return unexpected(command);
    const entries = command.input.PublishBatchRequestEntries ?? [];
    let good = true;
    for (const { Message = '' } of entries) {
      const reason = refusalOf(Message, this.#clock.now());
      good &&= reason === null;
      if (reason !== null) this.#giveUp(Message, reason);
      else if (!good && this.#script.poison === 'good one beside it retried') this.#retried += 1;
      else this.#arrive((JSON.parse(Message) as { id: number }).id);
    }
    return { Successful: entries.map(({ Id }) => ({ Id, MessageId: Id })) };
  }

  #giveUp(Body: string, reason: string): void {
    const { poison } = this.#script;
    if (poison === 'retried') this.#retried += 1;
    if (poison === 'stored' && Body.startsWith('{'))
      this.stored.set((JSON.parse(Body) as { id: number }).id, 1);
    if (poison === 'retried' || poison === 'stored' || poison === 'lost') return;
    const MessageAttributes = poison === 'unexplained' ? {} : { reason: { StringValue: reason } };
    const times = poison === 'twice' ? 2 : 1;
    for (let sent = 0; sent < times; sent += 1) this.#bury(Body, MessageAttributes);
    this.#lastGivenUpMs = this.#clock.now();
  }

  #bury(Body: string, MessageAttributes: object = {}): void {
    this.#handles += 1;
    this.#dead.push({ Body, MessageAttributes, ReceiptHandle: String(this.#handles), hiddenUntilMs: 0 });
  }

  #arrive(id: number): void {
    this.#arrived += 1;
    if (this.#arrived === this.#script.loseMessage) return;
    if (this.#arrived === this.#script.deadLetterMessage) this.#bury(JSON.stringify({ id }));
    else this.#queue.push(id);
    if (this.#arrived === this.#script.storeTwice) this.stored.set(id, 1);
  }

  #consume(): void {
    if (!this.#reachable) return;
    for (const id of this.#queue) this.stored.set(id, (this.stored.get(id) ?? 0) + 1);
    this.#queue = [];
  }

  #sqs(command: object): object {
    this.#consume();
    if (command instanceof GetQueueAttributesCommand) {
      const dead = command.input.QueueUrl === this.document.queues.deadLetter.url;
      const undelivered = command.input.QueueUrl === this.document.queues.undelivered.url;
      const others = this.#script.poison === 'never comes' ? 1 : 0;
      const waiting = dead
        ? this.#dead.length
        : undelivered
          ? 0
          : this.#queue.length + this.#retried + others;
      return { Attributes: { VisibilityTimeout: '4', ApproximateNumberOfMessages: String(waiting) } };
    }
    if (command instanceof ReceiveMessageCommand) {
      const now = this.#clock.now();
      const visible = this.#dead.filter(({ hiddenUntilMs }) => hiddenUntilMs <= now).slice(0, 10);
      const { VisibilityTimeout = 0 } = command.input;
      for (const letter of visible) letter.hiddenUntilMs = now + VisibilityTimeout * 1_000;
      return { Messages: visible };
    }
    if (command instanceof DeleteMessageBatchCommand) {
      const handles = new Set(command.input.Entries?.map(({ ReceiptHandle }) => ReceiptHandle));
      this.#dead = this.#dead.filter(({ ReceiptHandle }) => !handles.has(ReceiptHandle));
      this.#lastGatheredMs = this.#clock.now();
    }
    if (command instanceof ChangeMessageVisibilityBatchCommand) {
      for (const { ReceiptHandle } of command.input.Entries ?? []) {
        const letter = this.#dead.find((one) => one.ReceiptHandle === ReceiptHandle);
        if (letter) letter.hiddenUntilMs = 0;
      }
    }
    return {};
  }

  #dataApi(command: object): object {
    this.#consume();
    if (command instanceof ExecuteStatementCommand) {
      if (this.#seenRebooting) throw new Error('the cluster is rebooting');
      const id = String(this.#results.size + 1);
      this.#results.set(id, this.#rowsOf(command.input.Sql ?? '', command.input.Parameters?.[0]?.value));
      return { Id: id };
    }
    if (command instanceof DescribeStatementCommand) return { Status: 'FINISHED', HasResultSet: true };
    if (command instanceof GetStatementResultCommand) {
      const rows = this.#results.get(command.input.Id ?? '') ?? [];
      return {
        ColumnMetadata: Object.keys(rows[0] ?? {}).map((name) => ({ name })),
        Records: rows.map((row) => Object.values(row)),
      };
    }
    return unexpected(command);
  }

  #rowsOf(sql: string, parameter: string | undefined): Record<string, Field>[] {
    if (sql.includes('version()')) return [{ version: { stringValue: 'PostgreSQL 17.10' } }];
    if (sql.includes('pg_terminate_backend')) {
      this.#sessions = this.#sessions.filter((pid) => String(pid) !== parameter);
      // Functions connect again at once where they can.
      if (this.ruleExists) this.#sessions = [101, 102, 103];
      else if (this.#sessions.length === 0) this.#cutMs = this.#clock.now();
      return [{ ok: { booleanValue: true } }];
    }
    if (sql.includes('backend_start')) {
      const sinceMs = Number(parameter) * 1_000;
      return this.#openings
        .filter(({ atMs }) => this.#rebootedMs !== null && atMs >= sinceMs && atMs <= this.#clock.now())
        .map(({ atMs, pid }) => ({
          at_ms: { longValue: atMs },
          user: { stringValue: 'system_01_api' },
          pid: { longValue: pid },
        }));
    }
    if (sql.includes('pg_stat_activity')) {
      const ended = this.#script.revokeWithoutEffect === true && this.changes.length > 0;
      const pids = ended ? [] : this.#sessions;
      return pids.map((pid) => ({ pid: { longValue: pid }, user: { stringValue: 'system_01_api' } }));
    }
    return [...this.stored].map(([id, copies]) => ({ id: { longValue: id }, copies: { longValue: copies } }));
  }

  /** Twenty requests a second, each answered as the stage stands. */
  async #runLoad(request: LoadOptions): ReturnType<typeof runLoad> {
    const { signal, onSample } = request;
    const startMs = this.#clock.now();
    const endMs = startMs + (this.#script.loadEndsAfterSeconds ?? Infinity) * 1_000;
    const stopped = (): boolean => signal?.aborted === true || this.#clock.now() >= endMs;
    this.loadRunning = true;
    for (let sent = 0; !stopped();) {
      const due = Math.floor(((this.#clock.now() - startMs) / 1_000) * 20);
      for (; sent < due; sent += 1) {
        const requestMs = startMs + sent * 50;
        const wrong = this.#script.wrongBodies === true && !this.#reachable && sent % 10 === 0;
        const broken = this.#script.failingBefore === true && sent % 4 === 0;
        const { throttled } = this.#script;
        const refused = this.#throttled && (sent % 2 === 0 || throttled === 'refuses everything');
        const mistaken = refused && throttled === 'answers wrongly';
        const instead = throttled === 'fails' ? 500 : mistaken ? 200 : 429;
        const away = this.#script.restarted === 'fails with 500s' ? 500 : 503;
        const status = refused ? instead : wrong ? 200 : broken ? 500 : this.#reachable ? 200 : away;
        const latencyMs = refused && throttled === 'refuses slowly' ? 5_000 : 20;
        onSample?.({
          system: 'system-01',
          name: 'lookUp',
          startMs: requestMs,
          endMs: requestMs + latencyMs,
          latencyMs,
          status,
          expectedStatus: status === 200,
          failedChecks: wrong || mistaken ? ['body is the one asked for'] : [],
        });
      }
      if (this.ruleExists && this.#sessions.length === 0) this.#sessions = [201, 202];
      await this.#clock.sleep(100);
    }
    this.loadRunning = false;
    if (this.#script.loadLeavesNoRecord) throw new Error('the disk is full');
    const { lateIterations = 0, droppedIterations = 0 } = this.#script;
    const intended = Math.floor(((this.#clock.now() - startMs) / 1_000) * 20);
    return {
      generator: { cpuPercent: 10, lateIterations, droppedIterations },
      systems: [{ series: [{ intended }] }],
      complete: false,
      reason: stopped() ? 'stopped' : null,
    } as Awaited<ReturnType<typeof runLoad>>;
  }

  /** The client, with its requests answered by `handle` instead of the network. */
  #answer<Client extends object>(client: Client, handle: (command: object) => object): Client {
    return Object.assign(client, {
      send: async (command: object, options?: { abortSignal?: AbortSignal }) => {
        options?.abortSignal?.throwIfAborted();
        await this.onCall('before', command);
        const output = handle(command);
        await this.onCall('after', command);
        return output;
      },
    });
  }
}

function expectRule(call: unknown, { dbServers, rule }: ScriptedStage['document']['securityGroups']): void {
  const { ipProtocol: IpProtocol, port, sourceGroupId, description } = rule;
  deepStrictEqual(call, {
    GroupId: dbServers,
    IpPermissions: [
      {
        IpProtocol,
        FromPort: port,
        ToPort: port,
        UserIdGroupPairs: [{ GroupId: sourceGroupId, Description: description }],
      },
    ],
  });
}

function expectPatch(call: unknown, { api, stage }: ScriptedStage['document']): void {
  deepStrictEqual(call, {
    RestApiId: api.id,
    StageName: stage,
    PatchOperations: [{ Op: 'remove', Path: `/${busiest}` }],
  });
}

/** Why the service gives a message up; null where it takes it. */
function refusalOf(body: string, nowMs: number): string | null {
  try {
    requireHappened(parseMessage(body), nowMs);
    return null;
  } catch (error) {
    if (error instanceof NonRetryableMessageError) return error.errorCode;
    throw error;
  }
}

const ec2Error = (name: string): EC2ServiceException =>
  new EC2ServiceException({ name, message: name, $fault: 'client', $metadata: {} });

function unexpected(command: object): never {
  throw new Error(`the scripted stage does not answer ${command.constructor.name}`);
}
