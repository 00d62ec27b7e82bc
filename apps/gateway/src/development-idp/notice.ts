// SPDX-License-Identifier: Apache-2.0

/** Said in the log, in the discovery document and on each page. */
export const NOTICE =
  'This is a development identity provider. It is for this machine only: use an OpenID provider of your own for anything else.';

/** A page of the provider; `html` is what stands below the notice. */
export function page(title: string, html: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title></head>
<body><h1>${title}</h1><p><strong>${NOTICE}</strong></p>${html}</body>
</html>
`;
}

/** A page for whoever opens the provider in a browser. */
export function noticePage(title: string, text: string): string {
  return page(title, `<p>${text}</p>`);
}
