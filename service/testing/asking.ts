import { busiestMethod } from '../../fleet/service.ts';
import { lookUp } from '../load.ts';
import { service } from './service.ts';

/** The method that a load asks most, as API Gateway's settings name it. */
export const busiest = busiestMethod(service.definition).key;

/** Path and query by which an API is asked for what an id names. */
export function lookUpPath(id: number): string {
  const { path, query = {} } = lookUp(id);
  return `${path}?${new URLSearchParams(query).toString()}`;
}

const [idParameter = ''] = Object.keys(lookUp(1).query ?? {});

/** What such a request gives as the id; empty for none. */
export const idAsked = (url: string): string =>
  new URL(url, 'http://api').searchParams.get(idParameter) ?? '';
