// SPDX-License-Identifier: Apache-2.0

/** A link below the text of a page. */
export interface PageLink {
  readonly href: string;
  readonly text: string;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}

/** What a page is told of a session that begins with it, and no other page can ask for. */
export interface Handover {
  /** The page's part of the session. */
  readonly page: string;
  /** Where it goes from here. */
  readonly to: string;
}

/** The page of the console with a session handed to it, in its head: it reads both, and takes them out. */
export function withHandover(index: string, { page, to }: Handover): string {
  const told = `<meta name="countersign-page" content="${escaped(page)}"><meta name="countersign-to" content="${escaped(to)}">`;
  return index.replace('</head>', () => `${told}</head>`);
}

/** A page of the gateway's own, for what the console itself can't say: without style or script. */
export function plainPage(title: string, text: string, link?: PageLink): string {
  const below = link ? `<p><a href="${escaped(link.href)}">${escaped(link.text)}</a></p>` : '';
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${escaped(title)} · Countersign</title></head>
<body><h1>${escaped(title)}</h1><p>${escaped(text)}</p>${below}</body>
</html>
`;
}
