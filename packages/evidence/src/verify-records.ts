// SPDX-License-Identifier: Apache-2.0

import type { SealedCrypto } from '@countersign/recording';
import { toHex } from '@countersign/tlog';
import type { LogCrypto } from './evidence-crypto.ts';
import { EvidenceError } from './evidence-error.ts';
import { LogFaultError } from './log-fault.ts';
import { openSealed } from './open-sealed.ts';
import { parseLeaf } from './parse-leaf.ts';
import type { Leaf } from './record.ts';
import { RecordSequence } from './record-sequence.ts';
import type { BatchEntry } from './segment-reader.ts';

/** A key of the key table. */
export type SealedKey =
  | { readonly state: 'there'; readonly key: Uint8Array }
  | { readonly state: 'destroyed'; readonly at: string; readonly rule: string };

/** The keys that the reader of a log was given. */
export interface SealedKeys {
  readonly crypto: SealedCrypto;
  find(id: string): SealedKey | undefined;
}

/** Of how many sealed payloads what could be said. The ciphertext of every one matches its record. */
export interface ContentReport {
  readonly sealed: number;
  /** Opened with the keys given; both commitments hold. */
  readonly opened: number;
  /** No key was given. */
  readonly unopened: number;
  /** The key was destroyed, and the log says so. */
  readonly destroyed: number;
  /** The key was destroyed, and the log does not say so. */
  readonly destroyedUnrecorded: number;
}

export interface PairsReport {
  readonly intents: number;
  /** Intents with an outcome. */
  readonly outcomes: number;
  /** Outcomes that nobody knows: the process was killed. */
  readonly unknown: number;
  /** Intents without an outcome, the first 100. */
  readonly open: readonly { readonly exchange: string; readonly entry: number }[];
  readonly openCount: number;
  /** Answers, streams and recordings that have begun and not ended. */
  readonly unfinished: number;
}

const MAX_LISTED = 100;

/**
 * Checks records in index order: schema, spelling, sequence, sealed payloads. Holds what is under way and the ids of
 * destroyed keys.
 */
export class RecordCheck {
  readonly sequence = new RecordSequence();
  readonly types = new Map<string, number>();
  readonly #crypto: LogCrypto;
  readonly #keys: SealedKeys | undefined;
  readonly #origin: string;
  readonly #vkeys: readonly string[];
  readonly #openIntents = new Map<string, number>();
  readonly #shredded = new Set<string>();
  readonly #destroyed = new Map<string, number>();
  readonly #content = { sealed: 0, opened: 0, unopened: 0 };
  #unknown = 0;
  #firstTime = '';

  constructor(
    crypto: LogCrypto,
    trusted: { readonly origin: string; readonly vkeys: readonly string[] },
    keys: SealedKeys | undefined,
  ) {
    this.#crypto = crypto;
    this.#origin = trusted.origin;
    this.#vkeys = trusted.vkeys;
    this.#keys = keys;
  }

  get firstTime(): string {
    return this.#firstTime;
  }

  /** @throws LogFaultError */
  check(file: string, entry: BatchEntry): Leaf {
    const at = { file, offset: entry.offset, entry: entry.index };
    try {
      const leaf = parseLeaf(entry.bytes);
      this.sequence.apply(leaf);
      this.#checkOpened(leaf, at);
      this.#checkSealed(leaf, entry.sealed, at);
      this.#count(leaf, entry.index);
      return leaf;
    } catch (cause) {
      if (cause instanceof EvidenceError) throw new LogFaultError({ ...at, problem: cause.message }, { cause });
      throw cause;
    }
  }

  content(): ContentReport {
    const report = { ...this.#content, destroyed: 0, destroyedUnrecorded: 0 };
    for (const [id, count] of this.#destroyed) {
      if (this.#shredded.has(id)) report.destroyed += count;
      else report.destroyedUnrecorded += count;
    }
    return report;
  }

  pairs(): PairsReport {
    const open = [...this.#openIntents].map(([exchange, entry]) => ({ exchange, entry }));
    return {
      intents: this.types.get('intent') ?? 0,
      outcomes: this.types.get('outcome') ?? 0,
      unknown: this.#unknown,
      open: open.slice(0, MAX_LISTED),
      openCount: open.length,
      unfinished: this.sequence.open.length - open.length,
    };
  }

  #checkOpened(leaf: Leaf, at: { file: string; offset: number; entry: number }): void {
    if (leaf.type !== 'log.opened') return;
    if (leaf.origin !== this.#origin) {
      const problem = 'the log was opened under another origin';
      throw new LogFaultError({ ...at, problem, expected: this.#origin, found: leaf.origin });
    }
    if (!this.#vkeys.includes(leaf.vkey)) {
      const problem = 'the log was opened with a key that is not in the trust file';
      throw new LogFaultError({ ...at, problem, expected: this.#vkeys.join(' or '), found: leaf.vkey });
    }
  }

  #checkSealed(leaf: Leaf, payload: Uint8Array | undefined, at: { file: string; offset: number; entry: number }): void {
    if (leaf.sealed === undefined && payload === undefined) return;
    if (leaf.sealed === undefined || payload === undefined) {
      const problem = 'the record and the frame after it disagree on whether it has sealed fields';
      throw new LogFaultError({ ...at, problem });
    }
    const ct = toHex(this.#crypto.hash.sha256(payload));
    if (ct !== leaf.sealed.ct || payload.length !== leaf.sealed.bytes) {
      const expected = `${leaf.sealed.bytes} bytes, ${leaf.sealed.ct}`;
      const found = `${payload.length} bytes, ${ct}`;
      throw new LogFaultError({ ...at, problem: 'the sealed fields are not what ct commits to', expected, found });
    }
    this.#content.sealed += 1;
    this.#open(leaf, payload, leaf.sealed.key);
  }

  #open(leaf: Leaf, payload: Uint8Array, id: string): void {
    const key = this.#keys?.find(id);
    if (this.#keys === undefined || key === undefined) {
      this.#content.unopened += 1;
    } else if (key.state === 'destroyed') {
      this.#destroyed.set(id, (this.#destroyed.get(id) ?? 0) + 1);
    } else {
      openSealed(this.#keys.crypto, leaf, payload, key.key);
      this.#content.opened += 1;
    }
  }

  #count(leaf: Leaf, index: number): void {
    this.types.set(leaf.type, (this.types.get(leaf.type) ?? 0) + 1);
    if (index === 0) this.#firstTime = leaf.ts;
    if (leaf.type === 'intent') this.#openIntents.set(leaf.exchange, index);
    if (leaf.type === 'outcome') this.#openIntents.delete(leaf.exchange);
    if (leaf.type === 'outcome' && leaf.result === 'unknown') this.#unknown += 1;
    if (leaf.type === 'data.shredded') for (const key of leaf.keys) this.#shredded.add(key);
  }
}
