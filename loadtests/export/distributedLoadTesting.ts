import { strToU8, zipSync } from 'fflate';
import { evenSegments } from '../runner/executionSegment.ts';
import { collectCommand, k6Flags, sizeInWords, type ExportedFiles, type ExportPlan } from './exportPlan.ts';

/** Between the first task's claim and the load: the others have found theirs, and k6 has made its users. */
const headStartSeconds = 90;

/**
 * For Distributed Load Testing on AWS: a test of its type k6 with its archive.
 *
 * Its tasks are alike and run k6 by Taurus, which sets users and duration in place of a script's own scenarios. So the
 * archive brings a `k6` that stands before the task's on its PATH: it claims one part of the load, leaves those flags out,
 * and runs the task's k6.
 */
export function forDistributedLoadTesting(plan: ExportPlan): ExportedFiles {
  const { file } = plan;
  const testId = testIdOf(file.runId);
  // Its test script's lines that say `filename` tell whose kind is uploaded from where k6 has run.
  const script = `// filename: points.gz\n${plan.script}`;
  return {
    'test.zip': zipSync(
      {
        'load.js': strToU8(script),
        k6: [strToU8(wrapperOf(plan)), { os: 3, attrs: (0o100755 << 16) >>> 0 }],
      },
      { mtime: '1980-01-01T00:00:00' },
    ),
    'scenario.json': `${JSON.stringify(scenarioOf(plan, testId), null, 2)}\n`,
    'README.md': `# ${file.profile} of ${file.stage} by Distributed Load Testing on AWS

Run \`${file.runId}\`. ${sizeInWords(plan)}

Made for version 4.2 of the solution, from its sources; its authors have not run it there. The task role of the solution
must also be allowed what \`policy.json\` says: the tasks take its credentials when they start, and write them nowhere.

Taurus, which runs k6 in each task, puts users and a duration in place of a script's scenarios, and all tasks are alike.
So \`test.zip\` brings \`k6\`, a shell script that the task finds first: it claims one of ${file.instances} parts in the solution's
bucket, starts all of them ${headStartSeconds} s after the first claim, and runs the task's own k6 with that part.

\`BUCKET\` is the solution's scenarios bucket, \`API\` the URL of its API; \`dlt\` is its command line. The load begins when the
tasks run.

\`\`\`
aws s3 cp test.zip s3://BUCKET/public/test-scenarios/k6/${testId}.zip
curl --aws-sigv4 aws:amz:REGION:execute-api --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" -H "x-amz-security-token: $AWS_SESSION_TOKEN" -H content-type:application/json --data @scenario.json API/scenarios
dlt scenarios start ${testId} --wait
aws s3 cp --recursive s3://BUCKET/results/${testId}/K6_Result/ results
${collectCommand}
npx headroom gate
\`\`\`

A task that was lost leaves no file, and is named by \`collect\`.
`,
  };
}

/** Ten letters and digits, of the run. */
const testIdOf = (runId: string): string => runId.replaceAll(/[^a-zA-Z0-9]/g, '').slice(-10);

/** The body of `POST /scenarios`. */
function scenarioOf(plan: ExportPlan, testId: string): object {
  const { file } = plan;
  const region = file.environment['HEADROOM_REGION'] ?? '';
  const minutes = Math.ceil((plan.runSeconds + 2 * headStartSeconds) / 60);
  return {
    testId,
    testName: file.runId,
    testDescription: `Headroom: ${file.profile} of ${file.stage}, run ${file.runId}`,
    testType: 'k6',
    fileType: 'zip',
    // Saved, and started once its archive is there.
    saveOnly: true,
    showLive: false,
    testTaskConfigs: [{ region, taskCount: file.instances, concurrency: 1 }],
    regionalTaskDetails: { [region]: { dltAvailableTasks: file.instances } },
    testScenario: {
      execution: [{ scenario: file.runId, executor: 'k6', 'ramp-up': '0s', 'hold-for': `${minutes}m` }],
      scenarios: { [file.runId]: { script: `${testId}.zip` } },
      // Of Taurus: the tasks' environment.
      settings: {
        env: {
          PATH: '/bzt-configs:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
          ...file.environment,
          HEADROOM_CREDENTIALS: 'role',
        },
      },
    },
  };
}

function wrapperOf(plan: ExportPlan): string {
  const { instances } = plan.file;
  const { segments, sequence } = evenSegments(instances);
  const cases = segments.map((segment, index) => `  ${index + 1}) segment=${segment} ;;`);
  return `#!/bin/sh
# Runs the task's own k6 (in its home) with one part of the load, whatever users and duration it is given.
set -eu
k6="$HOME/k6"
[ "\${1-}" = run ] || exec "$k6" "$@"

# The first to write an object has its part.
claims="results/$TEST_ID/headroom/$PREFIX"
claim() {
  aws s3api put-object --bucket "$S3_BUCKET" --region "$MAIN_STACK_REGION" --key "$claims/$1" --if-none-match '*'
}
instance=1
until claim "$instance" > /dev/null; do
  instance=$((instance + 1))
  [ "$instance" -le ${instances} ] || { echo "no part of ${instances} is free, or S3 refuses" >&2; exit 1; }
done
case "$instance" in
${cases.join('\n')}
esac
first=$(aws s3api head-object --bucket "$S3_BUCKET" --region "$MAIN_STACK_REGION" --key "$claims/1" \\
  --query LastModified --output text)
HEADROOM_START_AT=$(date -u -d "@$(($(date -d "$first" +%s) + ${headStartSeconds}))" +%Y-%m-%dT%H:%M:%SZ)
export HEADROOM_START_AT

shift
left=$#
while [ "$left" -gt 0 ]; do
  case "$1" in
    --vus | --duration | --iterations | --stage) shift 2; left=$((left - 2)) ;;
    *) set -- "$@" "$1"; shift; left=$((left - 1)) ;;
  esac
done
exec "$k6" run ${k6Flags(plan).join(' ')} --tag "instance_id=$instance" \\
  --execution-segment "$segment" --execution-segment-sequence ${sequence} \\
  --out "json=points-$instance.json.gz" "$@"
`;
}
