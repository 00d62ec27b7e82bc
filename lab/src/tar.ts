// SPDX-License-Identifier: Apache-2.0
import { LabError } from './lab-error.ts';

const BLOCK = 512;

/** One entry of a tar archive that the lab writes. */
export type TarEntry =
  | { readonly type: 'file'; readonly name: string; readonly mode: number; readonly content: Uint8Array }
  | { readonly type: 'directory'; readonly name: string; readonly mode: number }
  | { readonly type: 'link'; readonly name: string; readonly target: string };

const TYPE_FLAG = { file: '0', link: '2', directory: '5' } as const;

/**
 * A ustar archive of the entries, in order, owned by root and dated 1970, so that the same entries give the same bytes.
 * @throws LabError `ERR_LAB_RELEASE_FORMAT` for a name of more than 100 bytes
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06 (ustar)
 */
export function writeTar(entries: readonly TarEntry[]): Buffer {
  const parts: Uint8Array[] = [];
  for (const entry of entries) {
    const content = entry.type === 'file' ? entry.content : new Uint8Array(0);
    parts.push(header(entry, content.length), content, new Uint8Array(padding(content.length)));
  }
  return Buffer.concat([...parts, new Uint8Array(2 * BLOCK)]);
}

function header(entry: TarEntry, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, offset: number, length: number): void => {
    block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, offset, 'latin1');
  };
  if (Buffer.byteLength(entry.name) > 100)
    throw new LabError('ERR_LAB_RELEASE_FORMAT', `too long for tar: ${entry.name}`);
  block.write(entry.name, 0, 'utf8');
  octal(entry.type === 'link' ? 0o777 : entry.mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  block.fill(' ', 148, 156);
  block.write(TYPE_FLAG[entry.type], 156, 'latin1');
  if (entry.type === 'link') block.write(entry.target, 157, 100, 'utf8');
  block.write('ustar\u000000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

/** What a reader does with a file: a sink for its bytes, or undefined to pass over it. */
export type TarSink = { write(chunk: Uint8Array): Promise<void>; end(): Promise<void> };

/**
 * Reads a tar stream and hands each regular file for which `open` returns a sink to that sink, in constant memory.
 * Only names are offered; links, directories and long-name extensions are passed over.
 * @throws LabError `ERR_LAB_RELEASE_FORMAT` if the stream is no tar archive or ends within an entry
 */
export async function readTar(
  source: AsyncIterable<Uint8Array>,
  open: (name: string) => Promise<TarSink | undefined>,
): Promise<void> {
  const bytes = new ByteReader(source);
  for (;;) {
    const block = await bytes.take(BLOCK);
    if (block === undefined) return;
    // The end is marked by empty blocks; reading on lets the source check itself, as gunzip does.
    if (block.every((byte) => byte === 0)) continue;
    const { name, size, isFile } = parseHeader(block);
    const sink = isFile ? await open(name) : undefined;
    await bytes.copy(size, sink);
    await sink?.end();
    await bytes.copy(padding(size), undefined);
  }
}

function parseHeader(block: Buffer): { name: string; size: number; isFile: boolean } {
  const stored = Number.parseInt(text(block, 148, 8), 8);
  const sum = block.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
  const size = Number.parseInt(text(block, 124, 12), 8);
  if (stored !== sum || !Number.isSafeInteger(size) || size < 0) {
    throw new LabError('ERR_LAB_RELEASE_FORMAT', 'the archive holds a block that is no tar header');
  }
  const type = String.fromCharCode(block[156] ?? 0);
  const prefix = text(block, 345, 155);
  const name = text(block, 0, 100);
  return { name: prefix ? `${prefix}/${name}` : name, size, isFile: type === '0' || type === '\0' };
}

function text(block: Buffer, offset: number, length: number): string {
  const field = block.subarray(offset, offset + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? length : end).trim();
}

function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

/** Takes exact amounts of bytes out of chunks of any size. */
class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Exactly `length` bytes, or undefined at the end of the stream. */
  async take(length: number): Promise<Buffer | undefined> {
    const parts: Uint8Array[] = [];
    for (let missing = length; missing > 0; ) {
      const part = await this.#upTo(missing);
      if (part === undefined) {
        if (parts.length === 0) return undefined;
        throw new LabError('ERR_LAB_RELEASE_FORMAT', 'the archive ends within a header');
      }
      parts.push(part);
      missing -= part.length;
    }
    return Buffer.concat(parts);
  }

  /** Hands `length` bytes on, or drops them. */
  async copy(length: number, sink: TarSink | undefined): Promise<void> {
    for (let missing = length; missing > 0; ) {
      const part = await this.#upTo(missing);
      if (part === undefined) throw new LabError('ERR_LAB_RELEASE_FORMAT', 'the archive ends within a file');
      await sink?.write(part);
      missing -= part.length;
    }
  }

  async #upTo(length: number): Promise<Buffer | undefined> {
    while (this.#rest.length === 0) {
      const { value, done } = await this.#source.next();
      if (done) return undefined;
      this.#rest = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    }
    const part = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(part.length);
    return part;
  }
}
