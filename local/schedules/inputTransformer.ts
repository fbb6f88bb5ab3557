/**
 * EventBridge's input transformer, as far as the fleet's schedules use it: a JSON template in which `<name>`
 * outside a text stands for a top-level member of the event.
 * @throws Error naming the path or the template that this stage does not transform.
 */
export function inputTransformer(
  template: string,
  paths: Readonly<Record<string, string>>,
): (event: Readonly<Record<string, unknown>>) => unknown {
  const members = new Map(
    Object.entries(paths).map(([name, path]) => {
      const member = /^\$\.([\w-]+)$/.exec(path)?.[1];
      if (member === undefined) throw new Error(`InputPathsMap ${name}: expected $.member, got "${path}"`);
      return [name, member];
    }),
  );
  const transform = (event: Readonly<Record<string, unknown>>): unknown =>
    JSON.parse(
      template.replace(/<([\w-]+)>/g, (whole, name: string) => {
        const member = members.get(name);
        return member === undefined ? whole : JSON.stringify(event[member] ?? null);
      }),
    );
  try {
    transform({});
  } catch (error) {
    throw new Error(`InputTemplate: expected JSON with <name> for values, got "${template.slice(0, 80)}"`, {
      cause: error,
    });
  }
  return transform;
}
