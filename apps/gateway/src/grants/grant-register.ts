// SPDX-License-Identifier: Apache-2.0
import type { Hmac } from '@countersign/mask';
import type { Signature } from '../approvals/approval.ts';
import { isOnePerson } from '../approvals/one-person.ts';
import { separationOf } from '../approvals/separation.ts';
import { isRequester, isSame } from '../approvals/verdict.ts';
import type { Log } from '../log/log.ts';
import { RandomPool } from '../log/random-bytes.ts';
import { Turns } from '../no-overlap.ts';
import {
  breakGlassOpenedRecord,
  grantApprovedRecord,
  grantAskedRecord,
  grantEndRecord,
} from '../records/grant-records.ts';
import { everyDocument } from '../store/every-document.ts';
import type { Collection, Versioned } from '../store/store.ts';
import { StoreError } from '../store/store-error.ts';
import type { ActiveGrants } from './active-grants.ts';
import { type GrantDocument, type GrantScope, type GrantState, isGrantDue, isInForceBy, isOpenGrant } from './grant.ts';
import { boundGrant, grantDigest, grantSignature } from './grant-digest.ts';

export type Grant = Versioned<GrantDocument>;

/** What somebody asks for. */
export type GrantAsking = Pick<
  GrantDocument,
  'cluster' | 'requester' | 'askedBy' | 'scope' | 'seconds' | 'wanted' | 'reason'
> & {
  readonly scope: GrantScope;
};

/** What an operator opens: for the whole of an agent on a cluster, or for a scope. */
export type BreakGlass = Pick<GrantDocument, 'cluster' | 'requester' | 'scope' | 'seconds'>;

export interface GrantRegisterParts {
  readonly grants: Collection<GrantDocument>;
  readonly active: ActiveGrants;
  /** Of the key that all gateways of a store have, and that does not lie in it. */
  readonly vouch: Hmac;
  readonly log: Log;
  readonly now: () => Date;
}

/** Who says something of a grant, as their token names them. */
export interface Signer {
  readonly signature: Signature;
  readonly names: readonly string[];
  readonly allGroups: readonly string[];
}

/** Why something that was said of a grant is not taken. */
export type GrantProblem =
  | 'ERR_GRANT_STATE'
  | 'ERR_GRANT_SELF'
  | 'ERR_GRANT_OWNER'
  | 'ERR_GRANT_GROUP'
  | 'ERR_GRANT_TWICE'
  | 'ERR_GRANT_DIGEST';

type End = Extract<GrantState, 'denied' | 'expired' | 'revoked' | 'withdrawn'>;

/** More than people would look through. */
const MAX_OPEN_OF_AGENT = 8;
/** With those that have ended, which are kept for an hour. */
const MAX_KEPT_OF_AGENT = 32;
/** So long people may take to sign. */
const PENDING_MS = 15 * 60_000;
/** So long one that has ended can still be looked at here. */
const KEPT_MS = 3_600_000;
/** An end that is not on record after so long was left by a gateway that has died. */
const LEFT_MS = 30_000;
const ATTEMPTS = 20;

/**
 * All grants, over the store, which other gateways may share. What gives rights is on record before it is in force; an end
 * is in force first, and what a crash leaves unrecorded of it is put on record by whoever finds it.
 */
export class GrantRegister {
  readonly #parts: GrantRegisterParts;
  readonly #turns = new Turns();
  readonly #random = new RandomPool();

  constructor(parts: GrantRegisterParts) {
    this.#parts = parts;
  }

  /** A new grant that waits for signatures; undefined where its agent has too many. @throws StoreError, LogError */
  ask(asking: GrantAsking): Promise<Grant | undefined> {
    return this.#turns.run(asking.requester.id, async () => {
      const { grants, vouch, log, now } = this.#parts;
      const isOwn = ({ value }: Grant) => value.requester.id === asking.requester.id && !value.breakGlass;
      const own = (await everyDocument(grants)).filter(isOwn);
      const open = own.filter(({ value }) => isOpenGrant(value)).length;
      if (open >= MAX_OPEN_OF_AGENT || own.length >= MAX_KEPT_OF_AGENT) return undefined;
      const at = now().getTime();
      const id = this.#random.uuidv7(at);
      const bound = boundGrant(asking);
      const value: GrantDocument = {
        ...asking,
        state: 'pending',
        digest: grantDigest(vouch, bound),
        askedAt: new Date(at).toISOString(),
        expiresAt: new Date(at + PENDING_MS).toISOString(),
        signatures: [],
      };
      await log.append([grantAskedRecord(id, value, bound)]);
      if (!(await grants.insert(id, value))) throw new StoreError('ERR_STORE_UNAVAILABLE', `the id ${id} is taken`);
      return { id, version: 1, value };
    });
  }

  /**
   * Break-glass: a grant that is in force at once, by one operator's word, who MUST have said why; or why it is not.
   * @throws StoreError, LogError
   */
  open(opening: BreakGlass, signer: Signer): Promise<Grant | GrantProblem | 'too many'> {
    return this.#turns.run(opening.requester.id, async () => {
      const { grants, active, vouch, log, now } = this.#parts;
      const problem = partyProblem(opening, signer);
      if (problem) return problem;
      const own = (await everyDocument(grants)).filter(({ value }) => value.requester.id === opening.requester.id);
      if (own.filter(({ value }) => value.breakGlass && isOpenGrant(value)).length >= MAX_OPEN_OF_AGENT)
        return 'too many';
      const at = now().getTime();
      const id = this.#random.uuidv7(at);
      const { signature } = signer;
      const given = { ...opening, breakGlass: true } as const;
      const bound = boundGrant(given);
      const value: GrantDocument = {
        ...given,
        state: 'active',
        reason: signature.reason,
        digest: grantDigest(vouch, bound),
        askedAt: new Date(at).toISOString(),
        expiresAt: new Date(at + opening.seconds * 1_000).toISOString(),
        signatures: [],
      };
      const opened = { ...value, signatures: [grantSignature(vouch, id, value, signature)] };
      await log.append([breakGlassOpenedRecord(id, value, signature, bound)]);
      if (!(await grants.insert(id, opened))) throw new StoreError('ERR_STORE_UNAVAILABLE', `the id ${id} is taken`);
      await active.update(() => this.all());
      return { id, version: 1, value: opened };
    });
  }

  get(id: string): Promise<Grant | undefined> {
    return this.#parts.grants.get(id);
  }

  /** In order of time; those that have ended for an hour. */
  all(): Promise<readonly Grant[]> {
    return everyDocument(this.#parts.grants);
  }

  /** Some of them, in order of time. @throws StoreError */
  page(page: { readonly after: string; readonly limit: number }): Promise<readonly Grant[]> {
    return this.#parts.grants.list(page);
  }

  /**
   * Takes somebody's signature, or says why not; undefined where there is no such grant. It is in force as soon as all have signed whom
   * one kind of request in its scope takes. @throws StoreError, LogError
   */
  approve(id: string, signer: Signer, digest: string): Promise<Grant | GrantProblem | undefined> {
    return this.#change(id, async ({ version, value }) => {
      const { grants, active, vouch, log, now } = this.#parts;
      const problem = grantVerdictProblem('approve', value, signer, digest, now());
      if (problem) return problem;
      const signature = grantSignature(vouch, id, value, signer.signature);
      const signatures = [...value.signatures, signature];
      const opens = value.state === 'pending' && isInForceBy(value.wanted, signatures);
      const expiresAt = opens ? new Date(now().getTime() + value.seconds * 1_000).toISOString() : value.expiresAt;
      const state = opens ? 'active' : value.state;
      await log.append([grantApprovedRecord(id, { ...value, state }, signature, expiresAt)]);
      const signed: GrantDocument = { ...value, state, expiresAt, signatures };
      if (!(await grants.replace(id, version, signed))) return 'again';
      await active.update(() => this.all());
      return { id, version: version + 1, value: signed };
    });
  }

  /** Denies one that is not in force; undefined where there is no such grant. @throws StoreError, LogError */
  deny(id: string, signer: Signer, digest: string): Promise<Grant | GrantProblem | undefined> {
    return this.#change(id, async (grant) => {
      const { value } = grant;
      const problem = grantVerdictProblem('deny', value, signer, digest, this.#parts.now());
      if (problem) return problem;
      return (await this.#end(grant, 'denied', signer.signature)) ?? 'again';
    });
  }

  /** Ends one that is open: whoever may see it may, for that only takes rights away. @throws StoreError, LogError */
  stop(id: string, end: 'revoked' | 'withdrawn', signature: Signature): Promise<Grant | GrantProblem | undefined> {
    return this.#change(id, async (grant) => {
      if (!isOpenGrant(grant.value)) return 'ERR_GRANT_STATE';
      return (await this.#end(grant, end, signature)) ?? 'again';
    });
  }

  /** Reads what there is, ends those that are due, sees to what a crash left, and forgets the old. @throws StoreError, LogError */
  async refresh(): Promise<void> {
    const { active, now } = this.#parts;
    const found = await active.update(() => this.all());
    // What is wrong with one keeps no other from its end.
    const failed: unknown[] = [];
    for (const grant of found) await this.#keepUp(grant, now()).catch((error: unknown) => failed.push(error));
    if (failed.length > 0) throw failed[0];
  }

  async #keepUp(grant: Grant, now: Date): Promise<void> {
    const { value } = grant;
    const endedFor = value.endedAt === undefined ? 0 : now.getTime() - Date.parse(value.endedAt);
    if (isOpenGrant(value) && isGrantDue(value, now)) await this.#end(grant, 'expired', undefined);
    else if (value.unrecorded && endedFor >= LEFT_MS) await this.#putOnRecord(grant);
    else if (!value.unrecorded && endedFor >= KEPT_MS) await this.#parts.grants.remove(grant.id, grant.version);
  }

  /** An end, in force before it is on record; undefined where the grant was changed meanwhile. */
  async #end({ id, version, value }: Grant, state: End, endedBy: Signature | undefined): Promise<Grant | undefined> {
    const { grants, now } = this.#parts;
    const ended: GrantDocument = {
      ...value,
      state,
      ...(endedBy === undefined ? {} : { endedBy }),
      endedAt: now().toISOString(),
      unrecorded: true,
    };
    if (!(await grants.replace(id, version, ended))) return undefined;
    await this.#parts.active.update(() => this.all());
    return this.#putOnRecord({ id, version: version + 1, value: ended });
  }

  async #putOnRecord({ id, version, value }: Grant): Promise<Grant> {
    const { grants, log } = this.#parts;
    await log.append([grantEndRecord(id, value)]);
    const { unrecorded: _, ...recorded } = value;
    await grants.replace(id, version, recorded);
    return { id, version: version + 1, value: recorded };
  }

  async #change(
    id: string,
    change: (grant: Grant) => Promise<Grant | GrantProblem | 'again'>,
  ): Promise<Grant | GrantProblem | undefined> {
    return this.#turns.run(id, async () => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        const found = await this.get(id);
        if (found === undefined) return undefined;
        const changed = await change(found);
        if (changed !== 'again') return changed;
      }
      throw new StoreError('ERR_STORE_UNAVAILABLE', `the grant ${id} is being changed all the time`);
    });
  }
}

/** Why a yes or a no is not taken now, whatever is signed of it; undefined where it is. */
export function grantVerdictProblem(
  verdict: 'approve' | 'deny',
  document: GrantDocument,
  signer: Signer,
  digest: string,
  now: Date,
): GrantProblem | undefined {
  const problem = signerProblem(document, signer);
  if (problem) return problem;
  if (verdict === 'approve') return signingProblem(document, signer.signature, digest, now);
  if (document.state !== 'pending' || isGrantDue(document, now)) return 'ERR_GRANT_STATE';
  return document.digest === digest ? undefined : 'ERR_GRANT_DIGEST';
}

/** Who may have a say in a grant: nobody who asked, or may own who asked. */
function signerProblem(document: GrantDocument, signer: Signer): GrantProblem | undefined {
  // Nobody has asked for it, and nobody has anything to add.
  if (document.breakGlass) return 'ERR_GRANT_STATE';
  return partyProblem(document, signer) ?? (signer.signature.groups.length === 0 ? 'ERR_GRANT_GROUP' : undefined);
}

/** Whether somebody is the agent itself, or whom it acts for, or who asked for it, or owns it, or may. */
function partyProblem(
  { requester, askedBy }: Pick<GrantDocument, 'requester' | 'askedBy'>,
  { signature: { by }, names, allGroups }: Signer,
): GrantProblem | undefined {
  if (isRequester(requester, by, names) || (askedBy && isSame(askedBy, by))) return 'ERR_GRANT_SELF';
  if (separationOf(requester.owner, [by.subject, ...names], allGroups) !== 'other') return 'ERR_GRANT_OWNER';
  return undefined;
}

function signingProblem(
  document: GrantDocument,
  signature: Signature,
  digest: string,
  now: Date,
): GrantProblem | undefined {
  if (!isOpenGrant(document) || isGrantDue(document, now)) return 'ERR_GRANT_STATE';
  if (document.digest !== digest) return 'ERR_GRANT_DIGEST';
  return document.signatures.some((one) => isOnePerson(one, signature)) ? 'ERR_GRANT_TWICE' : undefined;
}
