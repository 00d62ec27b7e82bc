// SPDX-License-Identifier: Apache-2.0
import { createCipheriv, randomBytes, randomUUID } from 'node:crypto';
import { type FileHandle, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type KeyTableLine, NONCE_BYTES, parseKeyTable, type SealedKey, unwrapKey } from '@countersign/evidence';
import { syncDirectory, writeDurableFile } from './durable-file.ts';
import { LogError } from './log-error.ts';
import { sealedCrypto } from './sealed-crypto.ts';

const TABLE = 'table.jsonl';
const KEK_FILE = /^kek-(?<id>[0-9a-f-]{36})\.key$/;
const KEY_BYTES = 32;
/** Keys that are held unwrapped: beyond that the oldest is forgotten here, and its scope gets a further key. */
const MAX_HELD = 10_000;

/** A key of the table, unwrapped. */
export interface DataKey {
  readonly id: string;
  readonly key: Uint8Array;
}

/** What a key is for: all that is sealed under it is destroyed together. */
export type KeyScope = 'pseudonyms' | `day ${string}` | `session ${string}`;

/** A key that is not at hand: `KeyTable.obtain` makes it so. */
export class MissingKeyError extends Error {
  override readonly name = 'MissingKeyError';
  readonly scope: KeyScope;

  constructor(scope: KeyScope) {
    super(`the key of ${scope} is not at hand`);
    this.scope = scope;
  }
}

/**
 * The keys of sealed fields, wrapped in a file that lies outside the log and may forget. A key is durable before it is
 * handed out. One process at a time: the log's lock guards the table too.
 */
export class KeyTable {
  readonly #dir: string;
  readonly #held = new Map<string, DataKey>();
  readonly #creating = new Map<string, Promise<DataKey>>();
  #kek: DataKey;
  #file: FileHandle;
  #work: Promise<unknown> = Promise.resolve();

  private constructor(dir: string, kek: DataKey, file: FileHandle) {
    this.#dir = dir;
    this.#kek = kek;
    this.#file = file;
  }

  /**
   * `create` makes a table, for a log that has no records yet.
   * @throws LogError `ERR_LOG_KEY`
   */
  static async open(dir: string, create: boolean): Promise<KeyTable> {
    const path = join(dir, TABLE);
    const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT' && create) return undefined;
      throw new LogError('ERR_LOG_KEY', `the key table can't be read: ${path}`, { cause });
    });
    if (text === undefined) {
      const kek = await createKek(dir);
      await writeTable(dir, kek, []);
      return new KeyTable(dir, kek, await open(path, 'a'));
    }
    const { kek, lines, torn } = await readTable(dir, text);
    if (torn) await writeTable(dir, kek, lines);
    await removeOtherKeks(dir, kek.id);
    const table = new KeyTable(dir, kek, await open(path, 'a'));
    for (const line of lines) if ('wrapped' in line && line.scope === 'pseudonyms') table.#hold(line.scope, kek, line);
    return table;
  }

  /** The key in use for a scope, if it is at hand. */
  held(scope: KeyScope): DataKey | undefined {
    return this.#held.get(scope);
  }

  /** The key in use for a scope, a new one if need be. */
  async obtain(scope: KeyScope, now: string): Promise<DataKey> {
    const held = this.#held.get(scope);
    if (held !== undefined) return held;
    const creating = this.#creating.get(scope) ?? this.#inTurn(() => this.#create(scope, now));
    this.#creating.set(scope, creating);
    try {
      return await creating;
    } finally {
      this.#creating.delete(scope);
    }
  }

  /** The key with this id, or what is left of it; undefined where the table has none. */
  async find(id: string): Promise<SealedKey | undefined> {
    return await this.#inTurn(async () => {
      const line = (await this.#read()).find((one) => one.id === id);
      if (line === undefined) return undefined;
      if ('wrapped' in line) return { state: 'there', key: unwrap(this.#kek, line) };
      return { state: 'destroyed', at: line.destroyed, rule: line.rule };
    });
  }

  /** Ids of the keys of a scope that are not destroyed. */
  async idsOf(scope: KeyScope): Promise<readonly string[]> {
    const lines = await this.#inTurn(() => this.#read());
    return lines.filter((line) => line.scope === scope && 'wrapped' in line).map(({ id }) => id);
  }

  /**
   * Destroys keys: the table is written anew under a new key-wrapping key, and the old one removed, so that copies of
   * the old table are of no use. What was sealed under the keys can't be opened again. Should the process die in the
   * middle, the next `open` removes whichever key-wrapping key the table does not name.
   */
  async destroy(ids: readonly string[], rule: string, now: string): Promise<void> {
    await this.#inTurn(async () => {
      const doomed = new Set(ids);
      const old = this.#kek;
      const kek = await createKek(this.#dir);
      const lines = (await this.#read()).map((line): KeyTableLine => {
        if (!('wrapped' in line)) return line;
        const { id, scope, created } = line;
        if (doomed.has(id)) return { id, scope, created, destroyed: now, rule };
        return { id, scope, created, wrapped: wrap(kek, { id, key: unwrap(old, line) }) };
      });
      await writeTable(this.#dir, kek, lines);
      await this.#file.close();
      this.#file = await open(join(this.#dir, TABLE), 'a');
      this.#kek = kek;
      for (const [scope, { id }] of this.#held) if (doomed.has(id)) this.#held.delete(scope);
      await removeKek(this.#dir, old.id);
    });
  }

  async close(): Promise<void> {
    await this.#inTurn(() => this.#file.close());
  }

  async #create(scope: KeyScope, now: string): Promise<DataKey> {
    const key: DataKey = { id: randomUUID(), key: randomBytes(KEY_BYTES) };
    const line: KeyTableLine = { id: key.id, scope, created: now, wrapped: wrap(this.#kek, key) };
    await this.#file.appendFile(`${JSON.stringify(line)}\n`);
    await this.#file.sync();
    this.#keep(scope, key);
    return key;
  }

  async #read(): Promise<readonly KeyTableLine[]> {
    const { lines } = await readTable(this.#dir, await readFile(join(this.#dir, TABLE), 'utf8'));
    return lines;
  }

  #hold(scope: string, kek: DataKey, line: KeyTableLine): void {
    if ('wrapped' in line) this.#keep(scope, { id: line.id, key: unwrap(kek, line) });
  }

  #keep(scope: string, key: DataKey): void {
    this.#held.set(scope, key);
    if (this.#held.size <= MAX_HELD) return;
    for (const oldest of this.#held.keys()) {
      if (oldest === 'pseudonyms' || oldest === scope) continue;
      this.#held.delete(oldest);
      return;
    }
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#work.then(work);
    this.#work = done.catch(() => undefined);
    return await done;
  }
}

interface ReadTable {
  readonly kek: DataKey;
  readonly lines: readonly KeyTableLine[];
  /** Whether the last line was being written when the process died: its key was never handed out. */
  readonly torn: boolean;
}

async function readTable(dir: string, text: string): Promise<ReadTable> {
  try {
    const { kek: id, lines } = parseKeyTable(text);
    const key = await readFile(kekPath(dir, id));
    if (key.length !== KEY_BYTES) throw new LogError('ERR_LOG_KEY', 'the key-wrapping key is not 32 bytes long');
    return { kek: { id, key }, lines, torn: !text.endsWith('\n') };
  } catch (cause) {
    throw new LogError('ERR_LOG_KEY', `the key table in ${dir} can't be read`, { cause });
  }
}

async function writeTable(dir: string, kek: DataKey, lines: readonly KeyTableLine[]): Promise<void> {
  const rows = [{ v: 1, kek: kek.id }, ...lines].map((row) => `${JSON.stringify(row)}\n`);
  await writeDurableFile(join(dir, TABLE), Buffer.from(rows.join('')), { tmp: dir });
}

async function createKek(dir: string): Promise<DataKey> {
  const kek: DataKey = { id: randomUUID(), key: randomBytes(KEY_BYTES) };
  await writeDurableFile(kekPath(dir, kek.id), kek.key, { tmp: dir });
  return kek;
}

async function removeKek(dir: string, id: string): Promise<void> {
  const file = await open(kekPath(dir, id), 'r+');
  try {
    await file.write(Buffer.alloc(KEY_BYTES), 0, KEY_BYTES, 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await rm(kekPath(dir, id));
  await syncDirectory(dir);
}

/** A process that died while it destroyed keys left two: with the old one, copies of the old table could be read. */
async function removeOtherKeks(dir: string, id: string): Promise<void> {
  for (const name of await readdir(dir)) {
    const found = KEK_FILE.exec(name)?.groups?.id;
    if (found !== undefined && found !== id) await removeKek(dir, found);
  }
}

function kekPath(dir: string, id: string): string {
  return join(dir, `kek-${id}.key`);
}

function wrap(kek: DataKey, { id, key }: DataKey): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', kek.key, nonce).setAAD(Buffer.from(`countersign-key-v1 ${id}`));
  return Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()]).toString('base64');
}

function unwrap(kek: DataKey, { id, wrapped }: { readonly id: string; readonly wrapped: string }): Uint8Array {
  try {
    return unwrapKey(sealedCrypto, kek.key, id, wrapped);
  } catch (cause) {
    throw new LogError('ERR_LOG_KEY', `key ${id} can't be unwrapped`, { cause });
  }
}
