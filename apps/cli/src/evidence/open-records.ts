// SPDX-License-Identifier: Apache-2.0
import {
  EvidenceError,
  type Leaf,
  LogFaultError,
  openSealed,
  type ReadRecord,
  readLog,
  type SealedFields,
  type SealedKeys,
} from '@countersign/evidence';
import { CliError } from '../cli-error.ts';
import { loadKeyRing } from './key-ring.ts';
import { describeFault, findLog, patience } from './log-input.ts';
import { nodeLogCrypto } from './node-crypto.ts';
import { nodeLogDirectory } from './node-log-directory.ts';
import { printable } from './printable.ts';

/** A record with its sealed fields, as far as they could be opened. */
export interface OpenedRecord {
  readonly index: number;
  readonly leaf: Leaf;
  /** Absent when the record has none, or no keys were given. */
  readonly sealed?: { readonly fields: SealedFields } | { readonly absent: string };
}

/**
 * The records of a log directory from an index on, one batch in memory at a time.
 * @throws CliError 1 naming what is damaged, 2 when the keys can't be read or there is no log
 */
export async function* openRecords(
  dir: string,
  options: { readonly from: number; readonly keys?: string },
): AsyncGenerator<OpenedRecord> {
  if (!(await findLog(dir))) throw new CliError(2, `${printable(dir)} is no log: it has no directory wal`);
  const keys = options.keys === undefined ? undefined : await loadKeyRing(options.keys);
  const { crc32 } = nodeLogCrypto();
  try {
    const waitForWriter = patience();
    for await (const record of readLog(nodeLogDirectory(dir), crc32, { from: options.from, waitForWriter })) {
      yield openRecord(record, keys);
    }
  } catch (cause) {
    if (!(cause instanceof LogFaultError)) throw cause;
    throw new CliError(1, `the log is damaged: ${describeFault(cause.fault)}`, { cause });
  }
}

function openRecord({ index, leaf, sealed }: ReadRecord, keys: SealedKeys | undefined): OpenedRecord {
  if (leaf.sealed === undefined || keys === undefined) return { index, leaf };
  const key = keys.find(leaf.sealed.key);
  if (sealed === undefined) return { index, leaf, sealed: { absent: 'not in the log' } };
  if (key === undefined) return { index, leaf, sealed: { absent: 'its key is not in the key table' } };
  if (key.state === 'destroyed') {
    return { index, leaf, sealed: { absent: `its key was destroyed at ${key.at} by rule ${key.rule}` } };
  }
  try {
    return { index, leaf, sealed: { fields: openSealed(keys.crypto, leaf, sealed, key.key) } };
  } catch (cause) {
    if (!(cause instanceof EvidenceError)) throw cause;
    return { index, leaf, sealed: { absent: cause.message } };
  }
}
