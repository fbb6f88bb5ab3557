import { shellQuoted } from '../../core/shellQuoted.ts';
import { evenSegments } from '../runner/executionSegment.ts';
import { collectCommand, k6Flags, sizeInWords, type ExportedFiles, type ExportPlan } from './exportPlan.ts';

/** For plain shells on several hosts: each runs its part by k6's execution segments. */
export function forSegments(plan: ExportPlan): ExportedFiles {
  const { file } = plan;
  const { segments, sequence } = evenSegments(file.instances);
  const cases = segments.map((segment, index) => `  ${index + 1}) segment=${segment} ;;`);
  return {
    'load.env': Object.entries(file.environment)
      .map(([name, value]) => `export ${name}=${shellQuoted(value)}\n`)
      .join(''),
    'run.sh': {
      mode: 0o755,
      text: `#!/bin/sh
# One instance of the load: ./run.sh INSTANCE START
#   INSTANCE  from 1 to ${file.instances}, each once
#   START     the same instant to come for all of them, in UTC: ${exampleInstant}
set -eu
cd "$(dirname "$0")"
[ $# -eq 2 ] || { echo "usage: ./run.sh INSTANCE START" >&2; exit 2; }
case "$1" in
${cases.join('\n')}
  *) echo "there are instances 1 to ${file.instances}, no $1" >&2; exit 2 ;;
esac
. ./load.env
# Of the host's role, or of whoever is logged in there; they stand in this process alone.
[ -n "\${AWS_ACCESS_KEY_ID-}" ] || eval "$(aws configure export-credentials --format env)"
export HEADROOM_START_AT="$2"
mkdir -p results
exec k6 run ${k6Flags(plan).join(' ')} --tag "instance_id=$1" \\
  --execution-segment "$segment" --execution-segment-sequence ${sequence} \\
  --out "json=results/$1.json.gz" load.js
`,
    },
    'README.md': `# ${file.profile} of ${file.stage} on ${file.instances} hosts

Run \`${file.runId}\`. ${sizeInWords(plan)}

Each host has k6 2 and a clock that is set, and reaches the systems; its credentials come from its role by \`aws configure
export-credentials\` (AWS CLI 2)${plan.policy ? ', which `policy.json` is enough for,' : ''} and are written nowhere.

1. Copy this folder to every host.
2. On the hosts, with one instant for all of them, a minute ahead:

\`\`\`
${segments.map((_, index) => `./run.sh ${index + 1} ${exampleInstant}`).join('\n')}
\`\`\`

3. Copy every host's \`results\` into this folder's \`results\`, and in it, where headroom is:

\`\`\`
${collectCommand}
npx headroom gate
\`\`\`
`,
  };
}

const exampleInstant = '2026-01-31T12:00:00Z';
