// SPDX-License-Identifier: Apache-2.0
import { badSpdy, type SpdyHeaders, spdyTooLarge } from './frame.ts';

const MAX_HEADERS = 64;
const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z:]+$/;
/** Printable ASCII; a NUL stands between two values. */
const VALUE = /^[\t\x20-\x7e]*(?:\0[\t\x20-\x7e]*)*$/;

/**
 * Reads a header block: a count, then name and value of each header with their lengths before them, four bytes each.
 * Names are lower-case and stand once; nothing may be left over.
 * @throws KubeError `ERR_KUBE_SPDY`, `ERR_KUBE_SPDY_TOO_LARGE`
 * @see SPDY Protocol Draft 3, §2.6.10
 */
export function decodeHeaderBlock(block: Uint8Array): SpdyHeaders {
  const view = new DataView(block.buffer, block.byteOffset, block.length);
  let at = 0;
  const number = (): number => {
    if (block.length - at < 4) throw badSpdy('a header block is cut off');
    at += 4;
    return view.getUint32(at - 4);
  };
  const text = (): string => {
    const length = number();
    if (length > block.length - at) throw badSpdy('a header block is cut off');
    at += length;
    return String.fromCharCode(...block.subarray(at - length, at));
  };
  const count = number();
  if (count > MAX_HEADERS) throw spdyTooLarge(`more than ${MAX_HEADERS} headers of a stream`);
  const headers = new Map<string, readonly string[]>();
  for (let index = 0; index < count; index += 1) {
    const name = text();
    const value = text();
    if (!NAME.test(name) || headers.has(name)) throw badSpdy('a header has no proper name, or one that stood before');
    if (!VALUE.test(value)) throw badSpdy('the value of a header is not printable');
    headers.set(name, value.split('\0'));
  }
  if (at < block.length) throw badSpdy('a header block has bytes left over');
  return Array.from(headers, ([name, values]) => ({ name, values }));
}

/** Writes a header block. Names and values are those of a program, not of a peer: they are not checked again. */
export function encodeHeaderBlock(headers: SpdyHeaders): Uint8Array {
  const fields = headers.flatMap(({ name, values }) => [name, values.join('\0')]);
  const block = new Uint8Array(4 + fields.reduce((bytes, field) => bytes + 4 + field.length, 0));
  const view = new DataView(block.buffer);
  view.setUint32(0, headers.length);
  let at = 4;
  for (const field of fields) {
    view.setUint32(at, field.length);
    at += 4;
    for (let index = 0; index < field.length; index += 1) block[at++] = field.charCodeAt(index);
  }
  return block;
}
