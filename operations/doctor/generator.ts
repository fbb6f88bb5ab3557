import { checkK6, findK6 } from '../../loadtests/runner/k6Launcher.ts';
import { whyLogUnread } from '../../loadtests/runner/k6Log.ts';
import { missing, ok, type Finding } from './check.ts';

/**
 * What runs the loads.
 * @param path where `k6` is looked for
 * @throws K6Error when it is too old, or does not run
 */
export async function checkGenerator(path: string): Promise<Finding[]> {
  const k6 = await findK6(path);
  if (k6 === null) return [ok('k6', 'not on PATH: the embedded engine runs the scripts, on one core')];
  const found = await checkK6(k6);
  const unread = await whyLogUnread(found);
  const text = `${found.version}, at ${k6}`;
  if (unread === null) return [ok('k6', text)];
  return [
    missing('k6', `${text}: ${unread}, so no load by it can pass; use another k6, or --engine embedded`),
  ];
}
