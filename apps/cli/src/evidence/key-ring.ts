// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EvidenceError, parseKeyTable, type SealedKey, type SealedKeys, unwrapKey } from '@countersign/evidence';
import { sealedCrypto } from '@countersign/gateway/sealed-crypto';
import { CliError } from '../cli-error.ts';
import { printable } from './printable.ts';

const KEK_BYTES = 32;

/**
 * The keys in a directory with a key table and its key-wrapping key; nothing there is changed. Keys are unwrapped when
 * they are first asked for.
 * @throws CliError exit code 2
 */
export async function loadKeyRing(dir: string): Promise<SealedKeys> {
  const { kek, lines } = await readTable(join(dir, 'table.jsonl'));
  const wrapping = await read(join(dir, `kek-${kek}.key`));
  if (wrapping.length !== KEK_BYTES)
    throw new CliError(2, `the key-wrapping key ${kek} is not ${KEK_BYTES} bytes long`);
  const byId = new Map(lines.map((line) => [line.id, line]));
  const found = new Map<string, SealedKey>();
  return {
    crypto: sealedCrypto,
    find(id) {
      const line = byId.get(id);
      if (line === undefined) return undefined;
      if ('destroyed' in line) return { state: 'destroyed', at: line.destroyed, rule: line.rule };
      const key = found.get(id) ?? { state: 'there', key: unwrap(wrapping, line) };
      found.set(id, key);
      return key;
    },
  };
}

function unwrap(kek: Uint8Array, { id, wrapped }: { readonly id: string; readonly wrapped: string }): Uint8Array {
  return orMissing(() => unwrapKey(sealedCrypto, kek, id, wrapped));
}

/** Keys that can't be used are missing keys: they say nothing about the log. */
function orMissing<T>(work: () => T, path = 'the key table'): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof EvidenceError)) throw cause;
    throw new CliError(2, `${printable(path)}: ${cause.message}`, { cause });
  }
}

async function readTable(path: string) {
  const text = (await read(path)).toString('utf8');
  return orMissing(() => parseKeyTable(text), path);
}

async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new CliError(2, `can't read ${printable(path)} (${(cause as NodeJS.ErrnoException).code})`, { cause });
  }
}
