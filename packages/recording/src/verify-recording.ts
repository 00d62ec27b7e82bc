// SPDX-License-Identifier: Apache-2.0
import { equalBytes, toHex } from '@countersign/tlog';
import { type Block, headerOf, type RecordingSource } from './block-reader.ts';
import { ChunkOpener } from './chunk-opener.ts';
import { type ChunkTree, isSameCommitment, type RecordingCommitment } from './commitment.ts';
import type { RecordingHeader } from './header.ts';
import type { RecordingCrypto } from './recording-crypto.ts';
import { RecordingError } from './recording-error.ts';
import { surveyRecording } from './survey-recording.ts';

/** What the log says of a recording. */
export interface RecordingClaims {
  /** SHA-256 of the header's block. */
  readonly header?: Uint8Array;
  /** Commitments made while it was going on, in their order. */
  readonly progress: readonly RecordingCommitment[];
  /** The commitment of its end; absent while it is going on. */
  readonly end?: RecordingCommitment;
  /** Whether the log itself says that it was found damaged after that end. */
  readonly isDamaged?: boolean;
  /** Whether the block that says so was written, by the log, and on the disk: not where its disk failed. */
  readonly hasEndBlock?: boolean;
}

export interface VerifyRecordingOptions {
  readonly source: RecordingSource;
  readonly crypto: Pick<RecordingCrypto, 'hash' | 'crc32'>;
  readonly claims: RecordingClaims;
  /** Opens every chunk with the session's key; without it the commitments to plaintext stay unchecked. */
  readonly opening?: {
    readonly crypto: RecordingCrypto;
    readonly keyOf: (header: RecordingHeader) => Uint8Array | undefined;
  };
}

export interface VerifiedRecording {
  readonly header: RecordingHeader;
  /** Of all that is whole in the file: more than the log commits to, while it is going on or after a failed write. */
  readonly commitment: RecordingCommitment;
  /** Bytes after what the log commits to. */
  readonly unboundBytes: number;
  readonly isOpened: boolean;
}

/**
 * Checks a recording against what the log says of it, and every byte of it. Holds one chunk.
 * @throws RecordingError naming chunk and byte: `ERR_RECORDING_DAMAGED`, `ERR_RECORDING_MISMATCH`, `ERR_RECORDING_CUT`,
 * `ERR_RECORDING_KEY`
 */
export async function verifyRecording(options: VerifyRecordingOptions): Promise<VerifiedRecording> {
  const { source, crypto, claims } = options;
  const check = new ClaimCheck(claims, crypto);
  const opening = new Opening(options);
  const survey = await surveyRecording(source, crypto, {
    onBlock(block, tree) {
      opening.take(block);
      if (block.type !== 'end') check.at(block, tree);
    },
  });
  const isKnownDamage = claims.isDamaged === true && check.isMet;
  if (survey.damage !== undefined && !isKnownDamage) throw survey.damage;
  check.finish(survey.commitment);
  if (survey.header === undefined) throw cutAt(survey.commitment, 'the file has no header');
  if (claims.hasEndBlock === true && !survey.isEnded && !isKnownDamage) {
    throw cutAt(survey.commitment, 'its end is not there, and the log says that it was written');
  }
  const bound = claims.end ?? claims.progress.at(-1);
  const unboundBytes = survey.commitment.bytes - (bound?.bytes ?? 0) + survey.tornBytes;
  if (survey.isEnded && claims.end !== undefined && unboundBytes > 0) {
    throw mismatchAt(claims.end, 'the recording goes on after the end that the log has');
  }
  return { header: survey.header, commitment: survey.commitment, unboundBytes, isOpened: opening.isOpened };
}

/** Opens every chunk, where there is a key. */
class Opening {
  readonly #options: VerifyRecordingOptions;
  #opener: ChunkOpener | undefined;

  constructor(options: VerifyRecordingOptions) {
    this.#options = options;
  }

  get isOpened(): boolean {
    return this.#opener !== undefined;
  }

  take(block: Block): void {
    if (block.type === 'header') this.#begin(block);
    if (block.type === 'chunk') this.#opener?.open(block);
  }

  #begin(header: Block): void {
    const { opening } = this.#options;
    const key = opening?.keyOf(headerOf(header));
    if (opening !== undefined && key !== undefined) this.#opener = new ChunkOpener(opening.crypto, key, header);
  }
}

/** Compares the tree with each commitment when it has as many chunks. */
class ClaimCheck {
  readonly #header: Uint8Array | undefined;
  readonly #claims: RecordingCommitment[];
  readonly #crypto: Pick<RecordingCrypto, 'hash'>;

  constructor({ header, progress, end }: RecordingClaims, crypto: Pick<RecordingCrypto, 'hash'>) {
    this.#header = header;
    this.#claims = [...progress, ...(end === undefined ? [] : [end])];
    this.#crypto = crypto;
  }

  get isMet(): boolean {
    return this.#claims.length === 0;
  }

  at(block: Block, tree: ChunkTree): void {
    this.#checkHeader(block, tree);
    for (let claim = this.#claims[0]; claim !== undefined && claim.chunks <= tree.chunks; claim = this.#claims[0]) {
      const found = tree.commitment();
      if (!isSameCommitment(claim, found)) {
        const roots = `the log says ${toHex(claim.root)}, the file gives ${toHex(found.root)}`;
        throw mismatchAt(found, `the chunks up to here are not those that the log commits to: ${roots}`);
      }
      this.#claims.shift();
    }
  }

  #checkHeader({ type, bytes }: Block, tree: ChunkTree): void {
    if (type !== 'header' || this.#header === undefined) return;
    if (equalBytes(this.#crypto.hash.sha256(bytes), this.#header)) return;
    throw mismatchAt(tree.commitment(), 'the header is not the one that the log commits to');
  }

  finish(found: RecordingCommitment): void {
    const [claim] = this.#claims;
    if (claim === undefined || claim.chunks === 0) return;
    throw cutAt(found, `the file ends here, the log knows ${claim.chunks} chunks of ${claim.bytes} bytes`);
  }
}

function cutAt({ chunks, bytes }: RecordingCommitment, what: string): RecordingError {
  return new RecordingError('ERR_RECORDING_CUT', what, { place: { chunk: chunks, offset: bytes } });
}

function mismatchAt({ chunks, bytes }: RecordingCommitment, what: string): RecordingError {
  return new RecordingError('ERR_RECORDING_MISMATCH', what, {
    place: { chunk: Math.max(0, chunks - 1), offset: bytes },
  });
}
