import { ScriptError } from '../../errors.ts';
import { builtInMetrics, type MetricType } from '../points.ts';
import { metadataOf, requireIteration, tagsOf, type VirtualUserState } from '../virtualUser.ts';
import { k6Module } from './refuse.ts';

/** The module `k6/metrics`. `types` learns the metrics that the script defines, `times` which of them are durations. */
export function metrics(
  state: VirtualUserState,
  types: Map<string, MetricType>,
  times: Set<string>,
): Record<string, unknown> {
  const classOf = (type: MetricType) =>
    class {
      readonly name: string;

      constructor(name: string, isTime = false) {
        if (state.iteration >= 0)
          throw new ScriptError(`metric ${name}`, 'define metrics in the init context');
        if (!/^[a-zA-Z_][a-zA-Z0-9_]{0,127}$/.test(name))
          throw new ScriptError(
            `metric "${name}"`,
            'expected up to 128 letters, digits and _, no digit first',
          );
        const known = types.get(name) ?? builtInMetrics[name];
        if (known !== undefined && (known !== type || name in builtInMetrics)) {
          throw new ScriptError(`metric ${name}`, `there is a ${known} of that name already`);
        }
        types.set(name, type);
        if (isTime) times.add(name);
        this.name = name;
      }

      add(value: number | boolean, tags: Record<string, string> = {}): void {
        requireIteration(state, `${this.name}.add`);
        if (!Number.isFinite(Number(value)))
          throw new ScriptError(`metric ${this.name}`, `cannot add ${String(value)}: expected a number`);
        state.host.emit({
          metric: this.name,
          timeMs: state.host.now(),
          value: Number(value),
          tags: { ...tagsOf(state), ...tags },
          metadata: metadataOf(state),
        });
      }
    };
  return k6Module(
    'k6/metrics',
    { Counter: classOf('counter'), Gauge: classOf('gauge'), Rate: classOf('rate'), Trend: classOf('trend') },
    [],
  );
}
