// SPDX-License-Identifier: Apache-2.0
import { KubeError } from '../error.ts';
import { isJsonObject, JsonNumber } from '../json.ts';
import { parseJson } from '../parse-json.ts';
import { WatchSplitter } from '../watch-splitter.ts';

/** In characters; 0 where the terminal doesn't know. */
export interface TerminalSize {
  readonly width: number;
  readonly height: number;
}

const MAX_DOCUMENT_BYTES = 256;

/**
 * Reads a resize channel: `{"Width":80,"Height":24}` again and again, back to back. Chunk borders carry no meaning.
 * @throws KubeError `ERR_KUBE_RESIZE`
 */
export class TerminalSizeDecoder {
  readonly #documents = new WatchSplitter({ maxEventBytes: MAX_DOCUMENT_BYTES });

  push(data: Uint8Array): TerminalSize[] {
    try {
      return this.#documents.push(data).map(readSize);
    } catch (cause) {
      throw cause instanceof KubeError && cause.code === 'ERR_KUBE_RESIZE' ? cause : badSize(cause);
    }
  }
}

/** Writes one size as the clients of the API server do. */
export function encodeTerminalSize({ width, height }: TerminalSize): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ Width: width, Height: height }));
}

function readSize(document: Uint8Array): TerminalSize {
  const value = parseJson(document);
  if (!isJsonObject(value) || value.size !== 2) throw badSize();
  const read = (name: string): number => {
    const number = value.get(name);
    if (!(number instanceof JsonNumber) || !/^\d{1,5}$/.test(number.text) || Number(number.text) > 0xffff)
      throw badSize();
    return Number(number.text);
  };
  return { width: read('Width'), height: read('Height') };
}

function badSize(cause?: unknown): KubeError {
  return new KubeError('ERR_KUBE_RESIZE', 'a resize is not {"Width":…,"Height":…} with sizes up to 65535', { cause });
}
