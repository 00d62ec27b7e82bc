// SPDX-License-Identifier: Apache-2.0

const words =
  'options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow ' +
  'authorization cache-control connection content-base content-encoding content-language content-length ' +
  'content-location content-md5 content-range content-type date etag expect expires from host if-match ' +
  'if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards pragma ' +
  'proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding upgrade ' +
  'user-agent vary via warning www-authenticate method get status';

const text =
  '100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505203 Non-Authoritative ' +
  'Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden404 Not Found500 Internal ' +
  'Server Error501 Not Implemented503 Service UnavailableJan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, ' +
  'Tue, Wed, Thu, Fri, Sat, Sun, GMTchunked,text/html,image/png,image/jpg,image/gif,application/xml,' +
  'application/xhtml+xml,text/plain,text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8' +
  'charset=iso-8859-1,utf-,*,enq=0.';

const prefixed = [
  ...words.split(' '),
  '200 OK',
  'version',
  'HTTP/1.1',
  'url',
  'public',
  'set-cookie',
  'keep-alive',
  'origin',
];

/** Its Adler-32, as a zlib stream that was compressed with it says. */
export const dictionaryId = 0xe3c6a7c2;

/**
 * The 1,423 bytes that a SPDY/3 header stream is compressed with: words with their lengths in four bytes, as they stand in
 * a header block, then text.
 * @see SPDY Protocol Draft 3, §2.6.10.1
 */
export function spdyDictionary(): Uint8Array {
  const encoder = new TextEncoder();
  const parts = prefixed.map((word) => [0, 0, 0, word.length, ...encoder.encode(word)]);
  return Uint8Array.from([...parts.flat(), ...encoder.encode(text)]);
}
