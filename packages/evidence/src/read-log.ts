// SPDX-License-Identifier: Apache-2.0

import type { Crc32 } from '@countersign/recording';
import { EvidenceError } from './evidence-error.ts';
import type { LogDirectory } from './log-directory.ts';
import { LogFaultError } from './log-fault.ts';
import { parseLeaf } from './parse-leaf.ts';
import type { Leaf } from './record.ts';
import { MAX_SEGMENT_BYTES } from './segment-header.ts';
import { type Batch, SegmentReader } from './segment-reader.ts';
import { findSegments } from './verify-survey.ts';

export interface ReadRecord {
  readonly index: number;
  readonly leaf: Leaf;
  /** Payload of the sealed fields. */
  readonly sealed?: Uint8Array;
}

/**
 * The records of a log from index `from` on, in order, batch by batch. They are whole and of the schema, and nothing
 * more: no root and no signature is verified.
 * `waitForWriter` is as in `VerifyLogOptions`; a log whose end looks damaged throws only after all that came before.
 * @throws LogFaultError
 */
export async function* readLog(
  directory: LogDirectory,
  crc32: Crc32,
  options: { readonly from?: number; readonly waitForWriter?: () => Promise<boolean> } = {},
): AsyncGenerator<ReadRecord> {
  const { from = 0, waitForWriter } = options;
  const segments = await findSegments(directory);
  for (const [i, segment] of segments.entries()) {
    const next = segments[i + 1];
    if (next !== undefined && next.first <= from) continue;
    if (segment.bytes > MAX_SEGMENT_BYTES) {
      const values = { expected: `at most ${MAX_SEGMENT_BYTES} bytes`, found: `${segment.bytes} bytes` };
      throw new LogFaultError({
        file: segment.path,
        entry: segment.first,
        problem: 'too long for a segment',
        ...values,
      });
    }
    const reader = new SegmentReader(directory, segment, crc32);
    await reader.header(segment.first);
    let index = segment.first;
    for (;;) {
      const batch = await nextBatch(reader, index, { isLast: next === undefined, waitForWriter });
      if (batch === undefined) break;
      yield* recordsOf(segment.path, batch, from);
      index += batch.entries.length;
    }
  }
}

/**
 * The next batch. In the last segment, where a batch may be on its way, it is read again as long as `waitForWriter`
 * says so.
 */
export async function nextBatch(
  reader: SegmentReader,
  index: number,
  {
    isLast,
    waitForWriter,
  }: { readonly isLast: boolean; readonly waitForWriter?: (() => Promise<boolean>) | undefined },
): Promise<Batch | undefined> {
  for (;;) {
    try {
      return await reader.nextBatch(index);
    } catch (cause) {
      if (!(cause instanceof LogFaultError) || !isLast) throw cause;
      if ((await waitForWriter?.()) !== true)
        throw new LogFaultError({ ...cause.fault, isUnfinished: true }, { cause });
      reader.forget();
    }
  }
}

function* recordsOf(file: string, batch: Batch, from: number): Generator<ReadRecord> {
  for (const { index, offset, bytes, sealed } of batch.entries) {
    if (index >= from) yield { index, leaf: leafOf(bytes, { file, offset, entry: index }), ...(sealed && { sealed }) };
  }
}

function leafOf(bytes: Uint8Array, at: { file: string; offset: number; entry: number }): Leaf {
  try {
    return parseLeaf(bytes);
  } catch (cause) {
    if (!(cause instanceof EvidenceError)) throw cause;
    throw new LogFaultError({ ...at, problem: cause.message }, { cause });
  }
}
