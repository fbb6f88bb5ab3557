import { escapeHtml } from './markdown.ts';

/** A page of text in the console's style, for what is read and not watched. */
export const textPage = (title: string, html: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} – Headroom</title>
<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/style.css">
</head>
<body class="text-page">
<nav><a href="/">Console</a></nav>
<main class="prose">
${html}
</main>
</body>
</html>
`;
