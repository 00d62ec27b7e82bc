// SPDX-License-Identifier: Apache-2.0
import { constants, inflateRawSync } from 'node:zlib';
import type { Inflate } from '@countersign/kube';

/** What `info` adds, which the types don't know. */
interface Inflated {
  readonly buffer: Uint8Array;
  readonly engine: { readonly bytesWritten: number };
}

/** Inflates header blocks by node:zlib, each in one go, with the window before them as its dictionary. */
export const inflate: Inflate = (blocks, window, maxBytes) => {
  try {
    const inflated: unknown = inflateRawSync(blocks, {
      dictionary: window,
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: maxBytes,
      info: true,
    });
    const { buffer, engine } = inflated as Inflated;
    return engine.bytesWritten === blocks.length ? buffer : undefined;
  } catch {
    return undefined;
  }
};
