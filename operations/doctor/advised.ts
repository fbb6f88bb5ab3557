import { shellQuoted } from '../../core/shellQuoted.ts';

/** Commands that advice gives to copy, whole: for the configuration that was examined. */
export interface Advised {
  /** `npx headroom COMMAND`; of a command that reads the configuration. */
  headroom(command: string): string;
  /** What deploys a system. */
  deploy(stage: string, system: string): string;
}

/** @param config the configuration's path; null where it is the one that commands read anyway */
export function advisedFor(config: string | null): Advised {
  const headroom = (command: string): string =>
    `npx headroom ${command}${config === null ? '' : ` --config ${inShell(config)}`}`;
  const configured = config === null ? '' : `HEADROOM_CONFIG=${inShell(config)} `;
  return {
    headroom,
    deploy: (stage, system) =>
      stage === 'local'
        ? `start it again with ${headroom('up')}`
        : `HEADROOM_STAGE=${stage} ${configured}npx cdk deploy --exclusively ${stage}-${system}`,
  };
}

const inShell = (path: string): string => (/^[\w./-]+$/.test(path) ? path : shellQuoted(path));
