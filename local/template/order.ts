/** Things that need each other in a circle: none of them can be first. */
export class CycleError extends Error {
  override readonly name = 'CycleError';

  constructor(cycle: readonly string[]) {
    super(`these depend on each other in a circle: ${cycle.join(' -> ')}`);
  }
}

/**
 * Keys in an order in which everything comes after what it depends on; otherwise as they were given.
 * Dependencies on unknown keys are left to the caller to judge.
 * @throws CycleError
 */
export function dependencyOrder(dependencies: ReadonlyMap<string, Iterable<string>>): string[] {
  const ordered: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (key: string): void => {
    if (done.has(key)) return;
    if (path.includes(key)) throw new CycleError([...path.slice(path.indexOf(key)), key]);
    path.push(key);
    for (const dependency of dependencies.get(key) ?? []) {
      if (dependencies.has(dependency)) visit(dependency);
    }
    path.pop();
    done.add(key);
    ordered.push(key);
  };
  for (const key of dependencies.keys()) visit(key);
  return ordered;
}
