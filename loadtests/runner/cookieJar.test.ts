import { expect, test } from 'vitest';
import { CookieJar } from './cookieJar.ts';

const page = new URL('http://shop.example.test/cart/items');

/** Names that are sent to a URL after an answer of `page` has set one cookie. */
function sentTo(url: string, setCookie: string, nowMs = 0): string[] {
  const jar = new CookieJar();
  jar.take(page, setCookie, 0);
  return jar.for(new URL(url), nowMs).map(({ name }) => name);
}

test.each([
  ['the host that set it', 'http://shop.example.test/', 'a=1; Path=/', ['a']],
  ['a host below it', 'http://eu.shop.example.test/', 'a=1; Path=/', []],
  ['its domain', 'http://example.test/', 'a=1; Path=/; Domain=.example.test', ['a']],
  ['hosts of its domain', 'http://eu.example.test/', 'a=1; Path=/; Domain=example.test', ['a']],
  ['a host that only ends alike', 'http://badexample.test/', 'a=1; Path=/; Domain=example.test', []],
  ['a domain that the host has no part in', 'http://other.test/', 'a=1; Path=/; Domain=other.test', []],
  ['the path beside it, where it names none', 'http://shop.example.test/cart/x', 'a=1', ['a']],
  ['no path above that', 'http://shop.example.test/', 'a=1', []],
  ['no path that only begins alike', 'http://shop.example.test/cartoon', 'a=1; Path=/cart', []],
  ['no plain connection, where it is secure', 'http://shop.example.test/', 'a=1; Path=/; Secure', []],
  ['an encrypted one', 'https://shop.example.test/', 'a=1; Path=/; Secure', ['a']],
])('a cookie goes to %s', (_, url, setCookie, names) => {
  expect(sentTo(url, setCookie)).toEqual(names);
});

test.each([
  ['its age', 'a=1; Path=/; Max-Age=10', 9_999, 10_001],
  ['its date', 'a=1; Path=/; Expires=Thu, 01 Jan 1970 00:01:00 GMT', 59_999, 60_001],
  [
    'its age before its date',
    'a=1; Path=/; Max-Age=10; Expires=Thu, 01 Jan 1970 00:01:00 GMT',
    9_999,
    10_001,
  ],
])('a cookie ends by %s', (_, setCookie, beforeMs, afterMs) => {
  expect(sentTo('http://shop.example.test/', setCookie, beforeMs)).toEqual(['a']);
  expect(sentTo('http://shop.example.test/', setCookie, afterMs)).toEqual([]);
});

test('an age of nothing takes back what was set, and the same name anew takes its place', () => {
  const jar = new CookieJar();
  jar.take(page, 'a=1; Path=/', 0);
  jar.take(page, 'a=2; Path=/', 0);
  expect(jar.for(page, 0)).toMatchObject([{ name: 'a', value: '2' }]);
  jar.take(page, 'a=; Path=/; Max-Age=0', 0);
  expect(jar.for(page, 0)).toEqual([]);
});

test('what a script sets, deletes and clears', () => {
  const jar = new CookieJar();
  jar.set(page, 'a', '1', {}, 0);
  jar.set(page, 'b', '2', { path: '/' }, 0);
  jar.delete(page, 'a', 0);
  expect(jar.for(page, 0)).toMatchObject([{ name: 'b' }]);
  jar.clear(page, 0);
  expect(jar.for(page, 0)).toEqual([]);
});
