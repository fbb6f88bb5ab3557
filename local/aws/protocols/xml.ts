import type { Wire, WireDocument } from '../wire.ts';

/** Members in order; a list is one element with an `<item>` for each entry, as EC2 writes them. */
export const toXml = (document: WireDocument): string =>
  Object.entries(document)
    .map(([name, value]) => element(name, value))
    .join('');

function element(name: string, value: Wire): string {
  if (value === undefined || value === null) return '';
  if (value instanceof Date) return `<${name}>${value.toISOString()}</${name}>`;
  if (Array.isArray(value))
    return `<${name}>${value.map((entry) => element('item', entry)).join('')}</${name}>`;
  if (typeof value === 'object') return `<${name}>${toXml(value as WireDocument)}</${name}>`;
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
