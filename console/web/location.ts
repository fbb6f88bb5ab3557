/** What the page shows, as its address says it: a page can be reloaded, marked and sent. */
export interface Place {
  /** `overview`, `oncall`, `alarms`, `runs`, `dashboard/NAME` or `runs/ID`. */
  path: string;
  /** Length of the range that ends now. */
  rangeMinutes: number;
  /** A fixed range instead. */
  zoom: { fromMs: number; toMs: number } | null;
  /** The system that is brought out everywhere. */
  system: string | null;
  /** What systems' names must contain to be listed; empty for all. */
  find: string;
  /** Long lists are whole. */
  all: boolean;
}

export const rangesMinutes = [5, 15, 60, 180];

export function readPlace(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const parameters = new URLSearchParams(query);
  const minutes = Number(parameters.get('minutes'));
  const [fromMs, toMs] = ['from', 'to'].map((name) => Number(parameters.get(name) ?? Number.NaN));
  return {
    path: path === '' ? 'overview' : decodeURIComponent(path),
    rangeMinutes: rangesMinutes.includes(minutes) ? minutes : 15,
    zoom: fromMs !== undefined && toMs !== undefined && fromMs < toMs ? { fromMs, toMs } : null,
    system: parameters.get('system'),
    find: parameters.get('find') ?? '',
    all: parameters.has('all'),
  };
}

/** The address of a place: that of another page keeps range and system. */
export function hrefOf(place: Place): string {
  const parameters = new URLSearchParams();
  if (place.rangeMinutes !== 15) parameters.set('minutes', String(place.rangeMinutes));
  if (place.system !== null) parameters.set('system', place.system);
  if (place.find !== '') parameters.set('find', place.find);
  if (place.all) parameters.set('all', '');
  if (place.zoom) {
    parameters.set('from', String(Math.round(place.zoom.fromMs)));
    parameters.set('to', String(Math.round(place.zoom.toMs)));
  }
  const query = parameters.size > 0 ? `?${parameters.toString()}` : '';
  return `#/${place.path.split('/').map(encodeURIComponent).join('/')}${query}`;
}
