// SPDX-License-Identifier: Apache-2.0
import { gunzipSync } from 'node:zlib';

/** What gzip compressed; `undefined` if it is damaged, or has more than `maxBytes`. */
export function boundedInflate(gzip: Uint8Array, maxBytes: number): Uint8Array | undefined {
  try {
    return gunzipSync(gzip, { maxOutputLength: maxBytes });
  } catch {
    return undefined;
  }
}
