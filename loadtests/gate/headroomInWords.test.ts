import { describe, expect, it } from 'vitest';
import type { ResourceHeadroom, SystemHeadroom } from './headroom/headroom.ts';
import { inWords } from './headroomInWords.ts';

const resource = (id: string, changes: Partial<ResourceHeadroom> = {}): ResourceHeadroom => ({
  id,
  atLeast: 4,
  basis: 'farthest',
  likely: null,
  beyondSeen: true,
  growsWithTime: false,
  ...changes,
});
const places = resource('API concurrency', {
  atLeast: 8.19,
  basis: 'law',
  likely: { value: 11.04, low: 8.19, high: 14.6 },
  beyondSeen: false,
});
const of = (
  resources: ResourceHeadroom[],
  changes: Partial<SystemHeadroom> & Pick<SystemHeadroom, 'boundBy' | 'bindsFirst'>,
): string =>
  inWords({
    seen: 1,
    useOverLoad: null,
    heldPeriods: 10,
    atLeast: Math.min(...resources.map(({ atLeast }) => atLeast)),
    resources,
    ...changes,
  });

describe('how much a system carries, in one sentence', () => {
  it('names what binds first, with its interval; a bound is rounded down', () => {
    const both = { boundBy: places.id, bindsFirst: places.id };
    expect(of([places], both)).toBe(
      'carries at least 8.1 × its peak; API concurrency binds first, at about 11 × (8.2 to 15)',
    );
    const open = { ...places, atLeast: 0.7, likely: { value: 0.7, low: 0.7, high: null } };
    expect(of([open], both)).toBe(
      'carries at least 0.7 × its peak; API concurrency binds first, at about 0.7 × (0.7 or more)',
    );
  });

  it('names what bounds it, where that is something else', () => {
    const memory = resource('Function memory', { atLeast: 1.5, basis: 'proportion', beyondSeen: false });
    expect(of([places, memory], { boundBy: memory.id, bindsFirst: places.id })).toBe(
      'carries at least 1.5 × its peak (no more is proven for function memory); ' +
        'API concurrency binds first, at about 11 × (8.2 to 15)',
    );
    expect(of([memory], { boundBy: memory.id, bindsFirst: null })).toBe(
      'carries at least 1.5 × its peak (no more is proven for function memory); ' +
        'the run does not show which limit comes first',
    );
  });

  it('where what is proven least may come before the nearest known limit, does not say which is first', () => {
    const kept = resource('Database connections', { atLeast: 0.997, basis: 'carried', beyondSeen: false });
    expect(of([places, kept], { boundBy: kept.id, bindsFirst: null })).toBe(
      'carries its peak (no more is proven for database connections); the run does not show which limit comes first: ' +
        'that of API concurrency is at about 11 × (8.2 to 15)',
    );
    expect(of([{ ...kept, atLeast: 1.996 }], { boundBy: kept.id, bindsFirst: null })).toContain(
      'carries at least 2 × its peak (no more',
    );
  });

  it('blames a short hold, not a resource, for a bound below the load that it carried', () => {
    const memory = resource('Function memory', { atLeast: 0.63, basis: 'law' });
    const bound = { boundBy: memory.id, bindsFirst: null };
    expect(of([memory], { ...bound, heldPeriods: 3 })).toBe(
      'carries at least 0.63 × its peak (3 held periods prove no more; 5 would); no resource grew towards its limit',
    );
    expect(of([memory], { ...bound, heldPeriods: 1 })).toContain('(1 held period proves no more; 5 would)');
  });

  it('says that no limit came near, and what was over it', () => {
    const disk = resource('Database disk');
    expect(of([disk], { boundBy: disk.id, bindsFirst: null })).toBe(
      'carries at least 4 × its peak, as far as this run shows; no limit came near',
    );
    const full = resource('Database CPU', { atLeast: 0.66, basis: 'overLimit', beyondSeen: false });
    expect(of([full, disk], { boundBy: full.id, bindsFirst: full.id })).toBe(
      'carries at least 0.66 × its peak; database CPU binds first: it was over its limit',
    );
  });

  it('names what grew by itself, and what nothing is known about', () => {
    const leak = resource('Database connections', {
      atLeast: 1.2,
      basis: 'proportion',
      beyondSeen: false,
      growsWithTime: true,
    });
    const blind = resource('Database CPU', { atLeast: 0, basis: 'noData', beyondSeen: false });
    expect(of([leak, blind], { atLeast: 1.2, boundBy: leak.id, bindsFirst: null })).toBe(
      'carries at least 1.2 × its peak (no more is proven for database connections); ' +
        'the run does not show which limit comes first; grew under constant load: database connections; ' +
        'nothing is known about database CPU',
    );
    expect(of([blind], { boundBy: null, bindsFirst: null })).toBe(
      'no load was shown to keep the reserve; nothing was measured under its load; nothing is known about database CPU',
    );
  });
});
