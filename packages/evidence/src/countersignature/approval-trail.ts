// SPDX-License-Identifier: Apache-2.0
import type { Json } from '../canonical-json.ts';
import { EvidenceError } from '../evidence-error.ts';
import { openSealed } from '../open-sealed.ts';
import type { ReadRecord } from '../read-log.ts';
import type { Leaf } from '../record.ts';
import type { SealedFields } from '../sealed-fields.ts';
import type { SealedKeys } from '../verify-records.ts';
import { decodeBase64url } from './base64url.ts';
import {
  type CountersignatureProblem,
  countersignatureProblem,
  type PasskeyCrypto,
  type PasskeyKey,
} from './check-countersignature.ts';
import { parseSaid, parseShown } from './opened-statement.ts';
import { type Said, saidDigest, shownDigest } from './statement.ts';

type Verdict = Extract<Leaf, { type: 'approval.approved' | 'approval.denied' }>;
type Asked = Extract<Leaf, { type: 'approval.asked' }>;
type Registered = Extract<Leaf, { type: 'passkey.registered' }>;

/** Where in the log something stands. */
export interface At {
  readonly entry: number;
  readonly time: string;
}

/** What was asked for. */
export interface AskedReport extends At {
  readonly exchange: string;
  readonly digest: string;
  readonly rules: Asked['rules'];
  readonly groups: readonly string[];
  /** Of a plan: the digests of its requests. */
  readonly members?: readonly string[] | undefined;
  /** What people are shown of it; absent where it was not opened. */
  readonly card?: Json | undefined;
}

/** One yes or no, and what there is for it. */
export interface VerdictReport extends At {
  readonly verdict: 'approve' | 'deny';
  /** As the log calls them. */
  readonly by: string;
  /** Whether there is something that a passkey signed; a token alone says who they are where there is not. */
  readonly isSigned: boolean;
  /** Absent where nothing of that holds. */
  readonly passkey?: { readonly id: string; readonly registered: At & { readonly origin: string } } | undefined;
  /** Who it is and why; absent where it was not opened. */
  readonly said?: Said | undefined;
}

/** Any other step. */
export interface StepReport extends At {
  readonly type:
    | 'approval.reasoned'
    | 'approval.seen'
    | 'approval.expired'
    | 'approval.withdrawn'
    | 'approval.used'
    | 'refusal';
  readonly by?: string | undefined;
  /** In the requester's words; absent where they were not opened. */
  readonly reason?: string | undefined;
  /** The request that used it. */
  readonly exchange?: string | undefined;
  /** Of a plan: which of its requests that was. */
  readonly member?: string | undefined;
  /** Why an attempt was refused. */
  readonly fault?: string | undefined;
}

/** What a log says of one approval, and how far that holds. */
export interface ApprovalReport {
  readonly asked: AskedReport | undefined;
  readonly verdicts: readonly VerdictReport[];
  readonly steps: readonly StepReport[];
  /** What does not hold: something was altered. */
  readonly problems: readonly { readonly entry: number; readonly problem: string }[];
  /** What would have to be there, and is not in this log. */
  readonly missing: readonly string[];
}

const PROBLEMS: Readonly<Record<CountersignatureProblem, string>> = {
  malformed: 'what was signed is not what an authenticator signs',
  'other-statement': 'what was signed is not this verdict on this approval',
  'other-site': 'it was signed for another site than the passkey was registered at',
  'unverified-user': 'the authenticator did not check who used it',
  signature: 'the signature is not one of the registered key',
};

/**
 * Follows one approval through the records of a log, in index order, and checks each verdict's signature against the
 * passkey that was registered before it. It holds all registered passkeys. That the records are genuine is for `verifyLog`
 * to say.
 */
export class ApprovalTrail {
  readonly #crypto: PasskeyCrypto;
  readonly #approval: string;
  readonly #keys: SealedKeys | undefined;
  readonly #passkeys = new Map<string, At & { readonly leaf: Registered }>();
  readonly #verdicts: VerdictReport[] = [];
  readonly #steps: StepReport[] = [];
  readonly #problems: { entry: number; problem: string }[] = [];
  readonly #missing: string[] = [];
  #asked: { readonly report: AskedReport; readonly shown: string | undefined } | undefined;

  constructor(crypto: PasskeyCrypto, approval: string, keys: SealedKeys | undefined) {
    this.#crypto = crypto;
    this.#approval = approval;
    this.#keys = keys;
  }

  take(record: ReadRecord): void {
    const { leaf, index: entry } = record;
    if (leaf.type === 'passkey.registered') this.#passkeys.set(nameOf(leaf), { entry, time: leaf.ts, leaf });
    if (leaf.type === 'passkey.removed') this.#passkeys.delete(nameOf(leaf));
    if (!('approval' in leaf) || leaf.approval !== this.#approval) return;
    const at = { entry, time: leaf.ts };
    switch (leaf.type) {
      case 'approval.asked':
        this.#takeAsked(leaf, at, this.#open(record));
        break;
      case 'approval.approved':
      case 'approval.denied':
        this.#takeVerdict(leaf, at, this.#open(record));
        break;
      case 'approval.used':
        this.#takeUsed(leaf, at);
        break;
      case 'approval.reasoned':
        this.#steps.push({ ...at, type: leaf.type, by: leaf.by, reason: this.#open(record)?.reason });
        break;
      case 'approval.seen':
      case 'approval.withdrawn':
        this.#steps.push({ ...at, type: leaf.type, by: leaf.by });
        break;
      case 'approval.expired':
        this.#steps.push({ ...at, type: leaf.type });
        break;
      case 'refusal':
        this.#steps.push({ ...at, type: leaf.type, by: leaf.principal?.id, fault: leaf.fault });
        break;
      default:
    }
  }

  report(): ApprovalReport {
    const isThere = this.#asked !== undefined;
    const missing = isThere ? this.#missing : ['that it was asked for is not in this log', ...this.#missing];
    return {
      asked: this.#asked?.report,
      verdicts: this.#verdicts,
      steps: this.#steps,
      problems: this.#problems,
      missing,
    };
  }

  #takeAsked(leaf: Asked, at: At, opened: SealedFields | undefined): void {
    if (this.#asked) this.#fail(at, 'it was asked for twice under one id');
    const { exchange, digest, rules, groups, shown, members } = leaf;
    const made = parseShown(opened?.shown);
    if (made && this.#keys) {
      const found = shownDigest(this.#keys.crypto.hmacSha256, made.salt, made.card);
      if (found !== shown) this.#fail(at, 'the card beside it is not the one that it commits to');
    }
    const plan = members === undefined ? {} : { members };
    this.#asked ??= { report: { ...at, exchange, digest, rules, groups, ...plan, card: made?.card }, shown };
  }

  #takeVerdict(leaf: Verdict, at: At, opened: SealedFields | undefined): void {
    if (this.#asked && leaf.digest !== this.#asked.report.digest)
      this.#fail(at, 'its digest is not of what was asked for');
    const { shown } = leaf;
    if (this.#asked && shown !== undefined && shown !== this.#asked.shown)
      this.#fail(at, 'the card that was shown is not the one that was asked');
    const verdict = leaf.type === 'approval.approved' ? 'approve' : 'deny';
    const said = this.#saidOf(leaf, at, opened);
    const [isSigned, passkey] = [leaf.countersignature !== undefined, this.#passkeyOf(leaf, verdict, at)];
    this.#verdicts.push({ ...at, verdict, by: leaf.by, isSigned, passkey, said });
  }

  /** The passkey that signed a verdict, where it did and that holds. */
  #passkeyOf(leaf: Verdict, verdict: 'approve' | 'deny', at: At): VerdictReport['passkey'] {
    const { countersignature: signed, digest, by } = leaf;
    if (signed === undefined) return undefined;
    const { passkey: id, shown, said } = signed;
    if (this.#asked && shown !== this.#asked.shown)
      this.#fail(at, 'the card that was signed is not the one that was asked');
    const registered = this.#passkeys.get(nameOf({ by, passkey: id }));
    const key = registered && keyOf(registered.leaf);
    if (registered === undefined || key === undefined) {
      this.#missing.push(`the passkey of entry ${at.entry} is not registered in this log: elsewhere, or by nobody`);
      return undefined;
    }
    const statement = { approval: this.#approval, digest, shown, verdict, said };
    const problem = countersignatureProblem(this.#crypto, statement, signed, key);
    if (problem) {
      this.#fail(at, PROBLEMS[problem]);
      return undefined;
    }
    const { entry, time, leaf: registration } = registered;
    return { id, registered: { entry, time, origin: registration.origin } };
  }

  /** Who said it and why, where that is opened and is what the verdict commits to. */
  #saidOf({ countersignature }: Verdict, at: At, opened: SealedFields | undefined): Said | undefined {
    const made = parseSaid(opened?.countersignature);
    if (!made || !countersignature || !this.#keys) return undefined;
    const found = saidDigest(this.#keys.crypto.hmacSha256, made.nonce, made);
    if (found === countersignature.said) return { approver: made.approver, reason: made.reason };
    this.#fail(at, 'who said it, and why, is not what was signed');
    return undefined;
  }

  #takeUsed({ exchange, digest, member }: Extract<Leaf, { type: 'approval.used' }>, at: At): void {
    const before = this.#steps.filter(({ type }) => type === 'approval.used');
    this.#steps.push({ ...at, type: 'approval.used', exchange, ...(member === undefined ? {} : { member }) });
    if (before.some((one) => one.member === member)) this.#fail(at, 'it was used before, and is good for one use');
    const members = this.#asked?.report.members;
    const isOfIt = member === undefined ? members === undefined : members?.includes(member);
    if (this.#asked && !isOfIt) this.#fail(at, 'the request that used it is none of the plan');
    if (this.#asked && digest !== this.#asked.report.digest) this.#fail(at, 'what used it is not what was asked for');
    if (this.#verdicts.every(({ verdict }) => verdict !== 'approve'))
      this.#missing.push(`it was used in entry ${at.entry}, and nobody's yes is in this log: elsewhere, or nobody's`);
  }

  /** The sealed fields of a record, where there is a key to them. */
  #open({ leaf, sealed, index: entry }: ReadRecord): SealedFields | undefined {
    if (sealed === undefined || leaf.sealed === undefined) return undefined;
    const key = this.#keys?.find(leaf.sealed.key);
    if (this.#keys === undefined || key?.state !== 'there') return undefined;
    try {
      return openSealed(this.#keys.crypto, leaf, sealed, key.key);
    } catch (error) {
      if (!(error instanceof EvidenceError)) throw error;
      this.#fail({ entry }, error.message);
      return undefined;
    }
  }

  #fail({ entry }: { readonly entry: number }, problem: string): void {
    this.#problems.push({ entry, problem });
  }
}

function nameOf({ by, passkey }: { readonly by: string; readonly passkey: string }): string {
  return `${by} ${passkey}`;
}

function keyOf({ algorithm, publicKey, rpId }: Registered): PasskeyKey | undefined {
  const bytes = decodeBase64url(publicKey);
  return bytes && { algorithm, publicKey: bytes, rpId };
}
