import type { Command, Option } from 'commander';
import { shellQuoted } from '../core/shellQuoted.ts';

/** Shells that a completion can be written for. */
export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** A word that may stand at some place, and what it means. */
interface Word {
  word: string;
  says: string;
}

/** What a command takes: the words behind it. */
interface Place {
  /** `chaos restore`; empty for the program itself. */
  path: string;
  /** Commands and arguments that are one of a few. */
  words: Word[];
  options: Word[];
  /** What may follow an option, by its name: empty where that is not one of a few. */
  values: Map<string, readonly string[]>;
}

/** What a shell has to know, from the parser's own definition of the commands. */
function placesOf(command: Command, path: readonly string[] = []): Place[] {
  const options = command.options.filter(({ hidden }) => !hidden);
  const choices = command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices);
  const place: Place = {
    path: path.join(' '),
    words: [
      ...command.commands.map((each) => ({ word: each.name(), says: each.summary() })),
      ...choices.map((word) => ({ word, says: '' })),
    ],
    options: [
      ...options.map((option) => ({ word: nameOf(option), says: firstPart(option.description) })),
      { word: '--help', says: 'what it does, and its options' },
    ],
    values: new Map(
      options
        .filter((option) => option.required || option.optional)
        .map((option) => [nameOf(option), option.argChoices ?? []]),
    ),
  };
  return [place, ...command.commands.flatMap((each) => placesOf(each, [...path, each.name()]))];
}

const nameOf = ({ long, short }: Option): string => long ?? short ?? '';

/** A shell has a line for it. */
const firstPart = (text: string): string => /^.*?(?=[:;.](?: |$)| \(|$)/.exec(text)?.[0] ?? '';

/** The script that a shell reads to complete the program's command line. */
export function completionFor(shell: Shell, program: Command): string {
  return { bash, zsh, fish }[shell](program.name(), placesOf(program));
}

/**
 * Which place the words before the cursor have reached, and what follows there. Paths are completed where nothing is
 * known, or where an option takes anything.
 */
function bash(name: string, places: readonly Place[]): string {
  const cases = places.flatMap(({ path, words, options, values }) => {
    const offered = [...words, ...options].map(({ word }) => word).join(' ');
    const taking = [...values].map(
      ([option, choices]) =>
        `      ${shellQuoted(`${path} ${option}`.trim())}) COMPREPLY=($(compgen ${choices.length > 0 ? `-W ${shellQuoted(choices.join(' '))}` : '-f'} -- "$current")); return ;;`,
    );
    return [...taking, `      ${shellQuoted(path)}) known=${shellQuoted(offered)} ;;`];
  });
  const commands = places.filter(({ path }) => path !== '').map(({ path }) => shellQuoted(path));
  return `# bash completion of ${name}; in ~/.bashrc: eval "$(${name} completion bash)"
_${name}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path='' known='' word
  for word in "\${COMP_WORDS[@]:1:$((COMP_CWORD-1))}"; do
    case "\${path:+$path }$word" in
      ${commands.join('|')}) path="\${path:+$path }$word" ;;
    esac
  done
  for word in "\${path:+$path }$previous" "$path"; do
    case "$word" in
${cases.join('\n')}
    esac
  done
  COMPREPLY=($(compgen -W "$known" -- "$current"))
  if [[ \${#COMPREPLY[@]} -eq 0 && "$current" != -* ]]; then COMPREPLY=($(compgen -f -- "$current")); fi
}
complete -o filenames -F _${name} ${name}
`;
}

/** zsh reads bash's, with its own shim: one script to keep right. */
const zsh = (name: string, places: readonly Place[]): string =>
  `#compdef ${name}
# zsh completion of ${name}; in ~/.zshrc, after compinit: eval "$(${name} completion zsh)"
autoload -U +X bashcompinit && bashcompinit
${bash(name, places).split('\n').slice(1).join('\n')}`;

function fish(name: string, places: readonly Place[]): string {
  const lines = places.flatMap(({ path, words, options, values }) => {
    const at =
      path === ''
        ? '__fish_use_subcommand'
        : path
            .split(' ')
            .map((word) => `__fish_seen_subcommand_from ${word}`)
            .join('; and ');
    const line = (rest: string, says: string): string =>
      `complete -c ${name} -n ${shellQuoted(at)} ${rest}${says === '' ? '' : ` -d ${shellQuoted(says)}`}`;
    return [
      ...words.map(({ word, says }) => line(`-f -a ${shellQuoted(word)}`, says)),
      ...options.map(({ word, says }) => {
        const choices = values.get(word);
        const taking =
          choices === undefined
            ? ''
            : choices.length > 0
              ? ` -x -a ${shellQuoted(choices.join(' '))}`
              : ' -r';
        return line(`-l ${word.replace(/^--/, '')}${taking}`, says);
      }),
    ];
  });
  return `# fish completion of ${name}; ${name} completion fish > ~/.config/fish/completions/${name}.fish\n${lines.join('\n')}\n`;
}
