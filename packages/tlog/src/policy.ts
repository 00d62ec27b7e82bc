// SPDX-License-Identifier: Apache-2.0
import type { Hash } from './crypto.ts';
import { TlogError } from './error.ts';
import { COSIGNATURE_V1, ED25519, parseVerifierKey, type VerifierKey } from './vkey.ts';

const MAX_LINES = 1_000;

export interface PolicyWitness {
  /** As the policy calls it. */
  readonly name: string;
  readonly key: VerifierKey;
}

interface PolicyGroup {
  readonly name: string;
  readonly threshold: number;
  readonly members: readonly string[];
}

/** Which logs are trusted, and which witnesses must have cosigned. */
export interface TlogPolicy {
  readonly logs: readonly VerifierKey[];
  readonly witnesses: readonly PolicyWitness[];
  readonly groups: readonly PolicyGroup[];
  /** A witness or a group, or `none`. */
  readonly quorum: string;
}

/**
 * A trust policy:
 * ```
 * log <vkey> [<url>]
 * witness <name> <vkey> [<url>]
 * group <name> all|any|<k> <member>…
 * quorum <name>|none
 * ```
 * A log's key is for note signatures, a witness's for cosignatures v1. Names are compared as they are spelled.
 * At most 1,000 lines.
 * @throws TlogError `ERR_TLOG_POLICY` naming the line
 * @see https://c2sp.org/tlog-policy
 */
export function parsePolicy(hash: Hash, text: string): TlogPolicy {
  const reader = new PolicyReader(hash);
  const lines = text.split('\n');
  if (lines.length > MAX_LINES) throw new TlogError('ERR_TLOG_POLICY', `over ${MAX_LINES} lines`);
  lines.forEach((line, i) => {
    reader.read(line, i + 1);
  });
  return reader.finish();
}

/** Whether the witnesses that cosigned, by their names in the policy, are enough. */
export function meetsQuorum(policy: TlogPolicy, cosigned: ReadonlySet<string>): boolean {
  if (policy.quorum === 'none') return true;
  const met = new Set(policy.witnesses.map(({ name }) => name).filter((name) => cosigned.has(name)));
  // A group names only what stands before it.
  for (const { name, threshold, members } of policy.groups) {
    if (members.filter((member) => met.has(member)).length >= threshold) met.add(name);
  }
  return met.has(policy.quorum);
}

class PolicyReader {
  readonly #hash: Hash;
  readonly #logs: VerifierKey[] = [];
  readonly #witnesses: PolicyWitness[] = [];
  readonly #groups: PolicyGroup[] = [];
  readonly #names = new Set<string>();
  readonly #members = new Set<string>();
  #quorum: string | undefined;
  #line = 0;

  constructor(hash: Hash) {
    this.#hash = hash;
  }

  read(line: string, number: number): void {
    this.#line = number;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
    if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(line)) throw this.#problem('a control character');
    const [keyword, ...items] = line.split(/[ \t]+/).filter((item) => item !== '');
    if (keyword === undefined || keyword.startsWith('#')) return;
    if (keyword === 'log') this.#log(items);
    else if (keyword === 'witness') this.#witness(items);
    else if (keyword === 'group') this.#group(items);
    else if (keyword === 'quorum') this.#setQuorum(items);
    else throw this.#problem('it begins with none of log, witness, group, quorum');
  }

  finish(): TlogPolicy {
    if (this.#quorum === undefined) throw new TlogError('ERR_TLOG_POLICY', 'no quorum line');
    return { logs: this.#logs, witnesses: this.#witnesses, groups: this.#groups, quorum: this.#quorum };
  }

  #log(items: string[]): void {
    const [vkey, , ...more] = items;
    if (vkey === undefined || more.length > 0) throw this.#problem('it is not «log <vkey> [<url>]»');
    const key = this.#key(vkey, ED25519);
    if (this.#logs.some((log) => sameKey(log, key))) throw this.#problem('the same log twice');
    this.#logs.push(key);
  }

  #witness(items: string[]): void {
    const [name, vkey, , ...more] = items;
    if (name === undefined || vkey === undefined || more.length > 0) {
      throw this.#problem('it is not «witness <name> <vkey> [<url>]»');
    }
    const key = this.#key(vkey, COSIGNATURE_V1);
    if (this.#witnesses.some((witness) => sameKey(witness.key, key))) throw this.#problem('the same witness twice');
    this.#define(name);
    this.#witnesses.push({ name, key });
  }

  #group(items: string[]): void {
    const [name, rule, ...members] = items;
    if (name === undefined || rule === undefined || members.length === 0) {
      throw this.#problem('it is not «group <name> all|any|<k> <member>…»');
    }
    for (const member of members) {
      if (!this.#names.has(member)) throw this.#problem('a member is not defined on a line before');
      if (this.#members.has(member)) throw this.#problem('a member is in a group already');
      this.#members.add(member);
    }
    this.#define(name);
    this.#groups.push({ name, threshold: this.#threshold(rule, members.length), members });
  }

  #threshold(rule: string, members: number): number {
    if (rule === 'all') return members;
    if (rule === 'any') return 1;
    const threshold = /^[1-9]\d{0,3}$/.test(rule) ? Number(rule) : 0;
    if (threshold < 1 || threshold > members) throw this.#problem('the threshold is not all, any or 1 to the members');
    return threshold;
  }

  #setQuorum(items: string[]): void {
    const [name, ...more] = items;
    if (name === undefined || more.length > 0) throw this.#problem('it is not «quorum <name>|none»');
    if (this.#quorum !== undefined) throw this.#problem('a second quorum');
    if (name !== 'none' && !this.#names.has(name)) throw this.#problem('the quorum is not defined on a line before');
    this.#quorum = name;
  }

  #define(name: string): void {
    if (name === 'none' || this.#names.has(name)) throw this.#problem('the name is taken');
    this.#names.add(name);
  }

  #key(vkey: string, type: VerifierKey['type']): VerifierKey {
    let key: VerifierKey;
    try {
      key = parseVerifierKey(this.#hash, vkey);
    } catch (cause) {
      throw this.#problem(`not a verifier key (${cause instanceof TlogError ? cause.message : 'unreadable'})`, cause);
    }
    if (key.type !== type) throw this.#problem(`a key of type ${key.type} where type ${type} belongs`);
    return key;
  }

  #problem(why: string, cause?: unknown): TlogError {
    return new TlogError('ERR_TLOG_POLICY', `policy line ${this.#line}: ${why}`, { cause });
  }
}

function sameKey(a: VerifierKey, b: VerifierKey): boolean {
  return a.publicKey.every((byte, i) => byte === b.publicKey[i]);
}
