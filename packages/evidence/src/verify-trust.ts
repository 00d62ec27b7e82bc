// SPDX-License-Identifier: Apache-2.0
import {
  type Checkpoint,
  cosignatureVerifier,
  equalBytes,
  formatVerifierKey,
  keyOf,
  meetsQuorum,
  type NoteVerifier,
  noteVerifier,
  parseCosignature,
  TlogError,
  type TlogPolicy,
  toHex,
  type VerifiedCheckpoint,
  verifyCheckpoint,
} from '@countersign/tlog';
import type { LogCrypto } from './evidence-crypto.ts';
import { LogFaultError } from './log-fault.ts';

export interface WitnessReport {
  /** As the trust file calls it. */
  readonly name: string;
  readonly cosigned: boolean;
  /** Seconds since the Epoch, as the witness says. */
  readonly time?: bigint;
}

/** The checkpoint that the auditor kept, once its signatures hold. */
export interface SavedCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly witnesses: readonly WitnessReport[];
  readonly quorum: 'met' | 'not met';
}

/** What the auditor trusts about one log: nothing of it comes from beside the log. */
export class LogTrust {
  readonly origin: string;
  readonly vkeys: readonly string[];
  readonly #crypto: LogCrypto;
  readonly #policy: TlogPolicy;
  readonly #logKeys: readonly NoteVerifier[];

  /** @throws LogFaultError when the policy trusts no log of this origin */
  constructor(crypto: LogCrypto, policy: TlogPolicy, origin: string, at: { file: string; entry: number }) {
    const keys = policy.logs.filter(({ name }) => name === origin);
    if (keys.length === 0) {
      const expected = policy.logs.map(keyOf).join(' or ') || 'a log line in the trust file';
      throw new LogFaultError({ ...at, problem: 'the trust file does not name this log', expected, found: origin });
    }
    this.#crypto = crypto;
    this.#policy = policy;
    this.origin = origin;
    this.vkeys = keys.map(formatVerifierKey);
    this.#logKeys = keys.map((key) => noteVerifier(crypto.ed25519, key));
  }

  /**
   * A checkpoint of the log itself: signed by one line, of a trusted key, over exactly this tree.
   * @throws LogFaultError
   */
  checkOwn(
    bytes: Uint8Array,
    tree: { readonly size: bigint; readonly root: Uint8Array },
    at: { readonly file: string; readonly offset: number; readonly entry: number },
  ): void {
    const { checkpoint, note } = this.#verify(bytes, [], at);
    if (note.signatures.length !== 1 || note.ignored.length > 0 || (checkpoint.extensions ?? []).length > 0) {
      const problem = 'a checkpoint of the log has lines beside its origin, size, root and one signature';
      throw new LogFaultError({ ...at, problem });
    }
    if (checkpoint.size !== tree.size) {
      const problem = 'the checkpoint after the entry has another size than the log there';
      throw new LogFaultError({ ...at, problem, expected: `${checkpoint.size}`, found: `${tree.size}` });
    }
    if (!equalBytes(checkpoint.root, tree.root)) {
      const problem = 'the entries up to this one do not have the root that the log signed';
      throw new LogFaultError({ ...at, problem, expected: toHex(checkpoint.root), found: toHex(tree.root) });
    }
  }

  /** @throws LogFaultError */
  readSaved(bytes: Uint8Array): SavedCheckpoint {
    const witnesses = this.#policy.witnesses.map(({ name, key }) => ({
      name,
      verifier: cosignatureVerifier(this.#crypto.ed25519, key),
    }));
    const verifiers = witnesses.map(({ verifier }) => verifier);
    const { checkpoint, note } = this.#verify(bytes, verifiers, { file: 'saved checkpoint' });
    const reports = witnesses.map(({ name, verifier }): WitnessReport => {
      const line = note.signatures.find((s) => s.name === verifier.name && s.keyId === verifier.keyId);
      return line === undefined
        ? { name, cosigned: false }
        : { name, cosigned: true, time: parseCosignature(line.signature).time };
    });
    const cosigned = new Set(reports.filter((report) => report.cosigned).map(({ name }) => name));
    return { checkpoint, witnesses: reports, quorum: meetsQuorum(this.#policy, cosigned) ? 'met' : 'not met' };
  }

  #verify(
    bytes: Uint8Array,
    witnesses: readonly NoteVerifier[],
    at: { readonly file: string; readonly offset?: number; readonly entry?: number },
  ): VerifiedCheckpoint {
    try {
      const verified = verifyCheckpoint(bytes, this.#logKeys, witnesses);
      if (verified.checkpoint.origin === this.origin) return verified;
      const found = verified.checkpoint.origin;
      throw new LogFaultError({ ...at, problem: 'a checkpoint of another log', expected: this.origin, found });
    } catch (cause) {
      if (!(cause instanceof TlogError)) throw cause;
      throw new LogFaultError({ ...at, problem: `the checkpoint does not verify: ${cause.message}` }, { cause });
    }
  }
}
