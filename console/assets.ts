import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export interface Asset {
  contentType: string;
  body: string;
}

const web = (file: string): URL => new URL(`./web/${file}`, import.meta.url);

/** The page's files by path: its TypeScript and styles bundled with uPlot's, and nothing from elsewhere. */
export async function buildAssets(): Promise<ReadonlyMap<string, Asset>> {
  const [page, icon, bundle] = await Promise.all([
    readFile(web('index.html'), 'utf8'),
    readFile(web('icon.svg'), 'utf8'),
    build({
      entryPoints: { console: fileURLToPath(web('main.ts')), style: fileURLToPath(web('style.css')) },
      outdir: '/',
      bundle: true,
      write: false,
      format: 'esm',
      target: 'es2023',
      logLevel: 'silent',
    }),
  ]);
  const text = (path: string): string => bundle.outputFiles.find((file) => file.path === path)?.text ?? '';
  return new Map([
    ['/', { contentType: 'text/html; charset=utf-8', body: page }],
    ['/icon.svg', { contentType: 'image/svg+xml', body: icon }],
    ['/console.js', { contentType: 'text/javascript; charset=utf-8', body: text('/console.js') }],
    ['/style.css', { contentType: 'text/css; charset=utf-8', body: text('/style.css') }],
  ]);
}
