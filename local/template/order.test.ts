import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CycleError, dependencyOrder } from './order.ts';

describe('dependencyOrder', () => {
  it('keeps the given order where nothing else is asked', () => {
    const dependencies = new Map([
      ['c', []],
      ['a', ['b']],
      ['b', []],
      ['d', ['elsewhere']],
    ]);
    expect(dependencyOrder(dependencies)).toEqual(['c', 'b', 'a', 'd']);
  });

  it('puts everything after what it depends on', () => {
    // An edge from a higher to a lower number only: no circle is possible.
    const graph = fc.array(fc.tuple(fc.nat({ max: 30 }), fc.nat({ max: 30 })), { maxLength: 80 });
    fc.assert(
      fc.property(graph, fc.array(fc.nat({ max: 30 })), (edges, shuffle) => {
        const keys = [...new Set([...shuffle, ...edges.flat()])].map(String);
        const dependencies = new Map(keys.map((key) => [key, [] as string[]]));
        for (const [a, b] of edges)
          if (a !== b) dependencies.get(String(Math.max(a, b)))?.push(String(Math.min(a, b)));
        const order = dependencyOrder(dependencies);
        expect([...order].sort()).toEqual([...keys].sort());
        for (const [key, needed] of dependencies) {
          for (const other of needed) expect(order.indexOf(other)).toBeLessThan(order.indexOf(key));
        }
      }),
    );
  });

  it('names the members of a circle, and no others', () => {
    const dependencies = new Map([
      ['outside', ['a']],
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['a']],
    ]);
    expect(() => dependencyOrder(dependencies)).toThrow(CycleError);
    expect(() => dependencyOrder(dependencies)).toThrow('a -> b -> c -> a');
  });
});
