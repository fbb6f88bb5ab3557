import { expect, it } from 'vitest';
import { systemDocumentSchema } from './systemDocument.ts';
import { documentOf } from './testing/systemDocument.ts';

it('reads a document of a system that was deployed before its queue was called by its role', () => {
  const document = documentOf('system-01', 'https://api.example');
  const { subscriber: items, ...others } = document.queues;
  expect(systemDocumentSchema.parse({ ...document, queues: { items, ...others } })).toEqual(document);
  expect(systemDocumentSchema.parse(document)).toEqual(document);
  expect(systemDocumentSchema.safeParse({ ...document, queues: null }).success).toBe(false);
  const { stage: _stage, ...api } = document.api;
  expect(systemDocumentSchema.parse({ ...document, api })).toEqual(document);
  // Whoever made it may call it as he likes.
  expect(systemDocumentSchema.parse({ ...document, api, adopted: true }).api).toEqual(api);
});
