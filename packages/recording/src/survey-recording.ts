// SPDX-License-Identifier: Apache-2.0
import { type Block, BlockReader, headerOf, type RecordingSource } from './block-reader.ts';
import { ChunkTree, decodeEnd, isSameCommitment, type RecordingCommitment } from './commitment.ts';
import type { RecordingHeader } from './header.ts';
import type { RecordingCrypto } from './recording-crypto.ts';
import { RecordingError } from './recording-error.ts';

/** What a recording's file holds, as far as it can be told without its key. */
export interface RecordingSurvey {
  /** Absent when not even the header is whole. */
  readonly header?: RecordingHeader;
  /** Of the chunks that are whole, up to the first damage. */
  readonly commitment: RecordingCommitment;
  /** Whether it has its end. */
  readonly isEnded: boolean;
  /** Bytes after the last whole block, of a write that was cut short. */
  readonly tornBytes: number;
  readonly damage?: RecordingError;
}

export interface SurveyOptions {
  /** Called with each block that is right and stands where it belongs, the tree being that up to and with it. */
  readonly onBlock?: (block: Block, tree: ChunkTree) => void;
}

/** Reads a whole recording, block by block; damage ends it. What `onBlock` throws is damage, when a RecordingError. */
export async function surveyRecording(
  source: RecordingSource,
  crypto: Pick<RecordingCrypto, 'hash' | 'crc32'>,
  { onBlock }: SurveyOptions = {},
): Promise<RecordingSurvey> {
  const reader = new BlockReader(source, crypto.crc32, { offset: 0, chunk: 0 });
  const tree = new ChunkTree(crypto.hash);
  let header: RecordingHeader | undefined;
  let damage: RecordingError | undefined;
  try {
    for (let block = await reader.next(); block !== undefined; block = await reader.next()) {
      header ??= headerOf(block);
      if (block.type === 'end') checkEnd(block, tree);
      else tree.append(block.bytes);
      onBlock?.(block, tree);
    }
  } catch (error) {
    if (!(error instanceof RecordingError)) throw error;
    damage = error;
  }
  return {
    ...(header && { header }),
    commitment: tree.commitment(),
    isEnded: reader.isEnded && damage === undefined,
    tornBytes: reader.tornBytes,
    ...(damage && { damage }),
  };
}

function checkEnd({ payload, number, offset }: Block, tree: ChunkTree): void {
  const end = decodeEnd(payload);
  if (end !== undefined && isSameCommitment(end, tree.commitment()) && end.indexOffset < tree.bytes) return;
  const place = { chunk: number, offset };
  throw new RecordingError('ERR_RECORDING_DAMAGED', 'the end does not follow from the chunks before it', { place });
}
