// SPDX-License-Identifier: Apache-2.0

/** Said in the log, in the discovery document and on each page. */
export const NOTICE =
  'This is a development identity provider. It is for this machine only: use an OpenID provider of your own for anything else.';

/** A page for whoever opens the provider in a browser. */
export function noticePage(title: string, text: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${title}</title></head>
<body><h1>${title}</h1><p><strong>${NOTICE}</strong></p><p>${text}</p></body>
</html>
`;
}
