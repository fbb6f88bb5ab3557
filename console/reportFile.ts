import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { colorOf } from '../monitoring/dashboards/palette.ts';
import { escapeHtml } from './markdown.ts';
import type { RunReport } from './wire.ts';

const web = (file: string): string => fileURLToPath(new URL(`./web/${file}`, import.meta.url));

/**
 * The reports of a run's parts as one HTML file, with its plots: it needs nothing else, and asks nobody for
 * anything.
 */
export async function reportFile(title: string, reports: readonly RunReport[]): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: { script: web('reportFile.ts'), style: web('style.css') },
    outdir: '/',
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2023',
    logLevel: 'silent',
  });
  const text = (path: string): string => outputFiles.find((file) => file.path === path)?.text ?? '';
  const systems = [...new Set(reports.flatMap(({ run }) => run?.systems.map(({ system }) => system) ?? []))];
  const content = { reports, colors: systems.toSorted().map((system, index) => [system, colorOf(index)]) };
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} – Headroom</title>
<style>${text('/style.css').replaceAll('</style', '<\\/style')}</style>
</head>
<body>
<main id="main"></main>
<noscript>The report draws itself with the JavaScript in this file.</noscript>
<script type="application/json" id="content">${JSON.stringify(content).replaceAll('<', '\\u003c')}</script>
<script>${text('/script.js').replaceAll('</script', '<\\/script')}</script>
</body>
</html>
`;
}
