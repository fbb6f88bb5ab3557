import { stageMaxLength } from './names.ts';
import { provingProblems, type StageProblem, type Stages } from './provingStage.ts';
import { awsPeriodSeconds, type StageConfig } from './stageSchema.ts';

/** A stage as its neighbours make it right or wrong. */
interface StageAmongOthers {
  name: string;
  config: StageConfig;
  stages: Stages;
  others: readonly (readonly [name: string, config: StageConfig])[];
}

/** What a rule has against a stage: the field, and what was expected there. */
type Objection = [field: string | null, message: string] | null;

type Rule = (stage: StageAmongOthers) => Objection;

const measuredAsAwsDoes: Rule = ({ name, config }) =>
  name !== 'local' && config.periodSeconds < awsPeriodSeconds
    ? ['periodSeconds', `expected ${awsPeriodSeconds}: AWS publishes these metrics once a minute`]
    : null;

const notTheAccountsStack: Rule = ({ name }) =>
  name === 'headroom'
    ? [null, 'expected another name: "headroom-account" is the account\'s own stack']
    : null;

/** Names are {stage}-{system}-{kind}, and rights go by them: one stage's could be those of another. */
const noOtherStagesPrefix: Rule = ({ name, others }) => {
  const prefix = others.find(([other]) => name.startsWith(`${other}-`))?.[0];
  return prefix === undefined
    ? null
    : [null, `expected a name that does not begin with "${prefix}-", as systems of stage "${prefix}" may`];
};

const noDomainOfPrivateApi: Rule = ({ config: { domain, endpoint } }) =>
  domain && endpoint === 'private'
    ? ['domain', 'expected none: a private API has no name of its own here']
    : null;

const domainOfItsOwn: Rule = ({ config: { domain }, others }) =>
  domain && others.some(([, { domain: other }]) => other?.zone === domain.zone && other.host === domain.host)
    ? ['domain', 'expected a name that no other stage has']
    : null;

const noDomainOfRun: Rule = ({ config: { domain, runsOn } }) =>
  domain && runsOn ? ['domain', 'expected none: the stage of a run is gone before its name is known'] : null;

const runsOnStageOfAws: Rule = ({ config: { runsOn }, stages }) => {
  if (!runsOn) return null;
  const base = stages[runsOn.stage];
  return !base || base.runsOn || runsOn.stage === 'local'
    ? ['runsOn.stage', 'expected a stage of its own on AWS']
    : null;
};

const accountOfItsBase: Rule = ({ config: { runsOn, account }, stages }) => {
  const base = runsOn && stages[runsOn.stage];
  return base && base.account !== account ? ['account', `expected that of stage ${runsOn.stage}`] : null;
};

/** A hyphen and one character at least. */
const shortestRunSuffix = 2;

const roomForRunId: Rule = ({ name, config: { runsOn } }) =>
  runsOn && name.length > stageMaxLength - shortestRunSuffix
    ? [
        null,
        `expected at most ${stageMaxLength - shortestRunSuffix} characters, to leave room for a run's id`,
      ]
    : null;

const rules: readonly Rule[] = [
  measuredAsAwsDoes,
  notTheAccountsStack,
  noOtherStagesPrefix,
  noDomainOfPrivateApi,
  domainOfItsOwn,
  noDomainOfRun,
  runsOnStageOfAws,
  accountOfItsBase,
  roomForRunId,
];

/** What no stage can tell by itself. */
export function stageProblems(stages: Stages): StageProblem[] {
  const all = Object.entries(stages);
  return all.flatMap(([name, config]) => {
    const stage = { name, config, stages, others: all.filter(([other]) => other !== name) };
    const ofItself = rules.flatMap((rule) => {
      const objection = rule(stage);
      if (objection === null) return [];
      const [field, message] = objection;
      return { path: [name, ...(field?.split('.') ?? [])], message };
    });
    return [...ofItself, ...provingProblems(stages, name)];
  });
}
