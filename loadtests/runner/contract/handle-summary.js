import http from 'k6/http';
import { check, group } from 'k6';

export const options = {
  iterations: 2,
  thresholds: { http_reqs: ['count==2'], 'http_reqs{kind:none}': ['count>0'] },
  summaryTrendStats: ['max', 'p(99)', 'count'],
};

export default function () {
  group('outer', () => {
    group('inner', () => {
      check(http.get(`${__ENV.URL}/ok`), { fine: (r) => r.status === 200 });
    });
  });
}

export function handleSummary({ metrics, root_group: root, state, options: told }) {
  const [inner] = root.groups[0].groups;
  const lines = [
    `http_reqs ${metrics.http_reqs.type} ${metrics.http_reqs.values.count}`,
    `threshold ${metrics.http_reqs.thresholds['count==2'].ok}`,
    `submetric ${metrics['http_reqs{kind:none}'].thresholds['count>0'].ok}`,
    `trend ${metrics.http_req_duration.contains} ${Object.keys(metrics.http_req_duration.values).sort().join(' ')}`,
    `checks ${metrics.checks.values.passes} of ${metrics.checks.values.passes + metrics.checks.values.fails}`,
    `group ${inner.path} ${inner.checks[0].path} ${inner.checks[0].passes}`,
    `run ${state.testRunDurationMs > 0} ${told.summaryTrendStats.length}`,
  ];
  return { stdout: lines.map((line) => `${line}\n`).join('') };
}
