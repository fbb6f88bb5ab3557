import exec from 'k6/execution';
import { fail } from 'k6';

export const options = { iterations: 5 };

export default function () {
  if (exec.scenario.iterationInTest % 2 === 0) throw new Error('an even one');
  if (exec.scenario.iterationInTest === 3) fail('the fourth');
}
