import { stringify } from 'yaml';
import {
  collectCommand,
  k6Flags,
  pointsGiB,
  sizeInWords,
  type ExportedFiles,
  type ExportPlan,
} from './exportPlan.ts';

/** As the operator's own image has it: what may write the results. */
const k6User = 12_345;
const serviceAccount = 'headroom-load';

/** For the k6-operator on Kubernetes: a TestRun with its script and a volume for what it measures. */
export function forK6Operator(plan: ExportPlan): ExportedFiles {
  const { file } = plan;
  // A service is named after it: it begins with a letter.
  const name = `headroom-${file.runId}`;
  const results = `${name}-results`;
  return {
    'testrun.yaml': yamlOf(testRunObjects(plan, name)),
    'results.yaml': yamlOf([readerOf(results)]),
    'README.md': `# ${file.profile} of ${file.stage} by the k6-operator

Run \`${file.runId}\`. ${sizeInWords(plan)}

The cluster has the k6-operator 1.6 or newer, and a storage class that several nodes write to (\`ReadWriteMany\`, such as
Amazon EFS): name it in \`testrun.yaml\` where it is not the default. The pods run as the service account
\`${serviceAccount}\`, with a role that \`policy.json\` is enough for: by EKS Pod Identity, or by the account's annotation
\`eks.amazonaws.com/role-arn\`. They take its credentials when they start, and write them nowhere.

\`\`\`
kubectl create serviceaccount ${serviceAccount}
aws eks create-pod-identity-association --cluster-name CLUSTER --namespace NAMESPACE --service-account ${serviceAccount} --role-arn ROLE
kubectl apply -f testrun.yaml
kubectl wait testrun/${name} --for=jsonpath='{.status.stage}'=finished --timeout=${plan.runSeconds + 900}s
kubectl apply -f results.yaml
kubectl wait pod/${results} --for=condition=Ready
kubectl cp ${results}:/results results
${collectCommand}
npx headroom gate
kubectl delete -f testrun.yaml -f results.yaml
\`\`\`

A pod that was lost leaves no file, and is named by \`collect\`. The starter begins one pod after the other, within a
second for some twenty of them; \`collect\` measures how far apart they were.
`,
  };
}

/** A ConfigMap, a volume claim and the TestRun (k6.io/v1alpha1). */
export function testRunObjects(plan: ExportPlan, name: string): object[] {
  const { file, script } = plan;
  const results = `${name}-results`;
  const environment = { ...file.environment, HEADROOM_CREDENTIALS: 'role' };
  return [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { 'load.js': script } },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: results },
      spec: {
        accessModes: ['ReadWriteMany'],
        resources: { requests: { storage: `${pointsGiB(plan)}Gi` } },
      },
    },
    {
      apiVersion: 'k6.io/v1alpha1',
      kind: 'TestRun',
      metadata: { name },
      spec: {
        parallelism: file.instances,
        script: { configMap: { name, file: 'load.js' } },
        // The operator adds execution segments and the tag instance_id.
        args: [...k6Flags(plan), '--out', 'json=/results/$(POD_NAME).json.gz'],
        // It would archive the script, and knows no flag that decides nothing there.
        initializer: { disabled: true },
        runner: {
          image: 'grafana/k6:2.2.0',
          serviceAccountName: serviceAccount,
          securityContext: { runAsUser: k6User, runAsGroup: k6User, fsGroup: k6User, runAsNonRoot: true },
          // No limit: a throttled generator's latencies are its own.
          resources: { requests: { cpu: '1', memory: '1Gi' } },
          env: [
            ...Object.entries(environment).map(([key, value]) => ({ name: key, value })),
            { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
          ],
          volumes: [{ name: 'results', persistentVolumeClaim: { claimName: results } }],
          volumeMounts: [{ name: 'results', mountPath: '/results' }],
        },
      },
    },
  ];
}

/** A pod through which the results are copied. */
const readerOf = (claimName: string): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: claimName },
  spec: {
    restartPolicy: 'Never',
    containers: [
      {
        name: 'reader',
        image: 'busybox:1.37',
        command: ['sleep', '3600'],
        volumeMounts: [{ name: 'results', mountPath: '/results', readOnly: true }],
      },
    ],
    volumes: [{ name: 'results', persistentVolumeClaim: { claimName } }],
  },
});

const yamlOf = (objects: readonly object[]): string =>
  objects.map((object) => stringify(object, { lineWidth: 0 })).join('---\n');
