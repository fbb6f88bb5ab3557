import type { Wire, WireDocument } from '../wire.ts';

/**
 * Members in order; a list is one element with one for each entry: an `<item>`, as EC2 writes them, or as named. A
 * map, whose keys are data, has an `<entry>` for each.
 */
export const toXml = (document: WireDocument, entryName: EntryName = () => 'item'): string =>
  Object.entries(document)
    .map(([name, value]) => element(name, value, entryName))
    .join('');

/** The element of a list's entries, told the list's. */
type EntryName = (list: string) => string;

function element(name: string, value: Wire, entryName: EntryName): string {
  if (value === undefined || value === null) return '';
  if (value instanceof Date) return `<${name}>${value.toISOString()}</${name}>`;
  if (Array.isArray(value))
    return `<${name}>${value.map((entry) => element(entryName(name), entry, entryName)).join('')}</${name}>`;
  if (value instanceof Map) {
    const entries = [...value].map(([key, each]) =>
      element('entry', { key: String(key), value: each as Wire }, entryName),
    );
    return `<${name}>${entries.join('')}</${name}>`;
  }
  if (typeof value === 'object') return `<${name}>${toXml(value as WireDocument, entryName)}</${name}>`;
  return `<${name}>${escapeXml(String(value))}</${name}>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

export const escapeXml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
