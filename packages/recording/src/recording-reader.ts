// SPDX-License-Identifier: Apache-2.0
import { type Block, BlockReader, findEnd, headerOf, type SizedSource } from './block-reader.ts';
import { ChunkOpener } from './chunk-opener.ts';
import type { RecordingFacts } from './facts.ts';
import type { RecordedFrame } from './frame.ts';
import type { RecordingHeader } from './header.ts';
import type { RecordingCrypto } from './recording-crypto.ts';
import { RecordingError } from './recording-error.ts';
import type { IndexEntry } from './time-index.ts';

export interface OpenRecordingOptions {
  readonly source: SizedSource;
  readonly crypto: RecordingCrypto;
  /** The key of the recording's session. */
  readonly keyOf: (header: RecordingHeader) => Uint8Array;
}

export interface FramesOptions {
  /** Microseconds after its beginning: what came before is left out. */
  readonly from?: number;
  /** Chunks, the header among them, after which nothing more is read: those that the log commits to. */
  readonly chunks?: number;
  /** Asked at the end of what is there, unless the recording has its end: whether to look again. */
  readonly waitForMore?: () => Promise<boolean>;
}

/** Reads what was recorded. Holds one chunk. */
export class RecordingReader {
  readonly header: RecordingHeader;
  readonly #options: OpenRecordingOptions;
  readonly #opener: ChunkOpener;

  private constructor(options: OpenRecordingOptions, header: Block) {
    this.#options = options;
    this.header = headerOf(header);
    this.#opener = new ChunkOpener(options.crypto, options.keyOf(this.header), header);
  }

  /**
   * @throws RecordingError `ERR_RECORDING_CUT` when there is no whole header, `ERR_RECORDING_DAMAGED`, `ERR_RECORDING_KEY`
   */
  static async open(options: OpenRecordingOptions): Promise<RecordingReader> {
    const block = await new BlockReader(options.source, options.crypto.crc32, BEGINNING).next();
    if (block === undefined) throw new RecordingError('ERR_RECORDING_CUT', 'the file has no header');
    return new RecordingReader(options, block);
  }

  /** What the recording is of; undefined when nothing but the header was written. */
  async facts(): Promise<RecordingFacts | undefined> {
    const reader = this.#blocks(BEGINNING);
    await reader.next();
    const first = await reader.next();
    return first?.type === 'chunk' ? this.#opener.open(first).facts : undefined;
  }

  /**
   * The frames in their order. Bytes of a frame are its own.
   * @throws RecordingError `ERR_RECORDING_DAMAGED`
   */
  async *frames(options: FramesOptions = {}): AsyncGenerator<RecordedFrame> {
    const { from = 0 } = options;
    for await (const chunk of this.#chunks(options)) {
      for (const frame of this.#opener.open(chunk).frames) if (frame.at >= from) yield frame;
    }
  }

  async *#chunks({ from = 0, chunks = Infinity, waitForMore }: FramesOptions): AsyncGenerator<Block> {
    const reader = this.#blocks(from > 0 ? await this.#placeOf(from) : BEGINNING);
    while (!reader.isEnded) {
      const block = await reader.next();
      if (block === undefined && (await waitForMore?.()) !== true) return;
      if (block !== undefined && block.number >= chunks) return;
      if (block?.type === 'chunk') yield block;
      // What stands after it may be no block.
      if (block !== undefined && block.number + 1 >= chunks) return;
    }
  }

  /** Where to begin reading for frames from a time on: by the index, where there is one. */
  async #placeOf(at: number): Promise<{ readonly offset: number; readonly chunk: number }> {
    const index = await this.#index();
    // Frames of the same time may stand in the chunk before.
    return index.findLast((entry) => entry.at < at) ?? BEGINNING;
  }

  /** The index is worth no more than a look: without it everything is read. */
  async #index(): Promise<readonly IndexEntry[]> {
    const { source, crypto } = this.#options;
    const end = await findEnd(source, crypto.crc32);
    if (end === undefined || end.indexOffset === 0) return [];
    const block = await this.#blocks({ offset: end.indexOffset, chunk: end.chunks - 1 }).next();
    return block?.type === 'chunk' ? (this.#opener.open(block).index ?? []) : [];
  }

  #blocks(start: { readonly offset: number; readonly chunk: number }): BlockReader {
    return new BlockReader(this.#options.source, this.#options.crypto.crc32, start);
  }
}

const BEGINNING = { offset: 0, chunk: 0 } as const;
