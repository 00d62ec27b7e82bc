// SPDX-License-Identifier: Apache-2.0
import type { Hmac } from '@countersign/mask';
import type { Forwarded } from './exchange.ts';
import { errorMasker, type KnownValues } from './text-maskers.ts';
import type { HeaderLines } from './tunnel/clusters.ts';

/** `299 - "text"`, perhaps with a date behind it, perhaps as one of several. */
const WARNING = /(?:^|,)[ \t]*(\d{3} [^\s",]+) "((?:[^"\\]|\\.)*)"(?: "[^"\\]*")?[ \t]*/y;

/**
 * Headers with what warnings quote masked as in errors: what detectors find, and values that are known. What is no warning
 * as RFC 7234 writes it is left out, as clients do. Node gives headers as Latin-1.
 */
export function withMaskedWarnings(exchange: Forwarded, hmac: Hmac, known: KnownValues): HeaderLines {
  const maskWords = (words: string) => {
    const masker = errorMasker(exchange, hmac, known);
    const parts = [masker.write(Buffer.from(words, 'latin1')), masker.end()];
    return Buffer.concat(parts).toString('latin1').trimEnd();
  };
  return exchange.response.headers.flatMap((line) => {
    if (line[0] !== 'warning') return [line];
    return warningsIn(line[1]).map(({ from, words }) => ['warning', `${from} ${quoted(maskWords(words))}`] as const);
  });
}

/** The warnings of one header, without their dates, as far as they can be read. */
function warningsIn(value: string): readonly { readonly from: string; readonly words: string }[] {
  const found = [];
  const warning = new RegExp(WARNING);
  for (let match = warning.exec(value); match !== null; match = warning.exec(value)) {
    const [, from = '', words = ''] = match;
    found.push({ from, words: words.replace(/\\(.)/g, '$1') });
  }
  return found;
}

function quoted(words: string): string {
  return `"${words.replace(/["\\]/g, '\\$&')}"`;
}
