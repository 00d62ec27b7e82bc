// SPDX-License-Identifier: Apache-2.0
import type { Hmac } from '@countersign/mask';
import type { TokenFacts } from '../identity/authentication.ts';
import type { Log } from '../log/log.ts';
import { beforeUuidv7, RandomPool } from '../log/random-bytes.ts';
import { Turns } from '../no-overlap.ts';
import { approvalRecord } from '../records/approval-records.ts';
import type { OpenApprovalDocument, Store, Versioned, VersionsOf } from '../store/store.ts';
import { StoreError } from '../store/store-error.ts';
import { type Admission, AgentRoom, type ApprovalLimits, type TooMany } from './agent-room.ts';
import { type ApprovalDocument, deniedUntil, isAsked, isDue, isOpen, mayTake, type Step } from './approval.ts';
import { ApprovalBells } from './approval-bells.ts';
import { cardDigest, isAsAsked, isOfKey } from './card.ts';
import { flawOf, lacksPasskey, type Vouching } from './flaw-of.ts';
import { knownAs } from './one-person.ts';
import { inOrder, OpenPointers, placeOf } from './open-pointers.ts';
import type { Wanted } from './shown-flaw.ts';
import { type Approval, type ApprovalRecord, Transitions } from './transitions.ts';
import { type Verdict, type VerdictProblem, verdictProblem } from './verdict.ts';
import { verdictStep } from './vouched.ts';

/** What of a new approval its exchange says. */
export type Asking = Omit<
  ApprovalDocument,
  'state' | 'reason' | 'signatures' | 'salt' | 'card' | 'askedAt' | 'expiresAt'
> & {
  readonly ttlSeconds: number;
  /** Digest of the request without what it would do. */
  readonly request: string;
};

/** What its requester may say of an approval. */
export type OwnStep = Extract<Step, { readonly type: 'reasoned' | 'withdrawn' }>;

/** Why an approval can't be used: it has ended, or what is stored of it does not hold. */
export type NotUsed = { readonly ended: Approval } | { readonly flaw: string };

/** Which of those that are open. */
interface OpenQuery {
  readonly after: string;
  readonly limit: number;
  /** Of one agent alone. */
  readonly agent?: string | undefined;
}

/** Some of them, and after which there are more. */
export interface ApprovalPage {
  readonly items: readonly Approval[];
  readonly next?: string;
}

export interface RegisterParts extends Vouching {
  readonly store: Store;
  readonly log: Log;
  /** The log's key, which no other gateway has. */
  readonly logKey: string;
  /** Of a key that all gateways of the store have. */
  readonly hmac: Hmac;
  readonly limits: () => ApprovalLimits;
  readonly now: () => Date;
}

/** Another gateway's doings are seen this often by those who wait. */
const POLL_MS = 1_000;
/** How long an approval can still be looked at here: a day, which is the longest that it may be open, and a week. */
const KEPT_MS = 8 * 24 * 3_600_000;
const ATTEMPTS = 20;
/** Approvals, of up to 100 KB each, that are read at once. */
const READ_AT_ONCE = 8;
const MAX_OPEN_PLANS = 4;
/** So long that nobody tries them. */
const SALT_BYTES = 32;

/**
 * All approvals, over the store, which other gateways may share. A step is on record before it is taken, and taken
 * before anybody is told.
 */
export class ApprovalRegister {
  readonly #parts: RegisterParts;
  readonly #transitions: Transitions;
  readonly #bells = new ApprovalBells();
  readonly #turns = new Turns();
  readonly #pointers: OpenPointers;
  readonly #room: AgentRoom;
  readonly #random = new RandomPool();

  constructor(parts: RegisterParts) {
    const { store, log, logKey, limits, now } = parts;
    this.#parts = parts;
    this.#pointers = new OpenPointers(store.openApprovals);
    this.#room = new AgentRoom({ pointers: this.#pointers, limits, nowMs: () => performance.now() });
    const onTaken = (approval: Approval) => this.#announce(approval);
    this.#transitions = new Transitions({ approvals: store.approvals, log, logKey, now, onTaken });
  }

  get limits(): ApprovalLimits {
    return this.#parts.limits();
  }

  /** Room for what an agent asks, to be taken before it is found out what that would do. @throws StoreError */
  admit(agent: string, request: string): Promise<Admission | TooMany> {
    return this.#turns.run(agent, () => this.#room.admit(agent, request));
  }

  /**
   * The open approval of a request: one that is there, or a new one, on record, for which its agent must have room; or one
   * that was denied a moment ago.
   * @throws StoreError, LogError
   */
  ask(
    asking: Asking,
    { leave }: Pick<Admission, 'leave'>,
    recordOf: (approval: string, document: ApprovalDocument) => ApprovalRecord,
  ): Promise<Approval | TooMany> {
    // By agent, so that what is asked at once can't exceed what one agent may have.
    return this.#turns.run(asking.requester.id, async () => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        const place = placeOf(asking.requester.id, asking.digest);
        const pointer = await this.#parts.store.openApprovals.get(place);
        const present = pointer && (await this.#joined(pointer.value.approval));
        if (present === 'changed') continue;
        if (present) return present;
        const refusal = await this.#refusal(asking);
        if (refusal) return refusal;
        const begun = await this.#begin(asking, pointer, recordOf);
        if (!begun) continue;
        // In this turn, so that it is not counted twice by who comes next.
        leave();
        return begun;
      }
      throw new StoreError('ERR_STORE_UNAVAILABLE', 'an approval could not be begun');
    });
  }

  /** An approval as it is now: one that is due has expired. */
  async get(id: string): Promise<Approval | undefined> {
    const found = await this.#transitions.settled(id);
    if (found === undefined || !isOpen(found.value) || !isDue(found.value, this.#parts.now())) return found;
    await this.#take(id, { type: 'expired' });
    return this.#transitions.settled(id);
  }

  /** As `get`, for who only looks: before a step that another gateway is at, or died at, which nobody waits for. */
  async shown(id: string): Promise<Approval | undefined> {
    const found = await this.#parts.store.approvals.get(id);
    if (found === undefined || !this.#transitions.isClaimed(found.value)) return this.get(id);
    return isAsked(found.value) ? found : undefined;
  }

  /** By what whoever signs is known again whose subject is another one. */
  knownAs(token: Pick<TokenFacts, 'addresses'>): readonly string[] {
    return knownAs(this.#parts.hmac, token);
  }

  /** Whether what is stored of an approval is what was asked. */
  isAsAsked(approval: Approval): boolean {
    return isAsAsked(this.#parts.vouch, approval);
  }

  /** Whether an approval was asked under the key of now: any other one is asked anew. */
  isOfKey({ value }: Approval): boolean {
    return isOfKey(this.#parts.vouch, value);
  }

  /** Some of those that are open, of one agent or of all, in order of time; `after` is exclusive. */
  async open({ after, limit, agent }: OpenQuery): Promise<ApprovalPage> {
    const pointers = agent === undefined ? await this.#pointers.all() : inOrder(await this.#pointers.ofAgent(agent));
    const ids = pointers.map(({ value }) => value.approval).filter((id) => id > after);
    const page = ids.slice(0, limit);
    const items = await this.#openOf(page);
    const next = ids.length > limit ? page.at(-1) : undefined;
    return { items, ...(next === undefined ? {} : { next }) };
  }

  /** As it is stored, before a step that somebody is at: for who looks at many, which one of them must not keep waiting. */
  async look(id: string): Promise<Approval | undefined> {
    const found = await this.#parts.store.approvals.get(id);
    return found && isAsked(found.value) ? found : undefined;
  }

  /** The ids of those that are open, or were denied a moment ago, of all agents, in order of time. */
  async openIds(): Promise<readonly string[]> {
    return (await this.#pointers.all()).map(({ value }) => value.approval);
  }

  /** The versions of those that are there, and of those that come after an id, without reading them. */
  versions(of: VersionsOf): Promise<ReadonlyMap<string, number>> {
    return this.#parts.store.approvals.versions(of);
  }

  /** An agent's plans that are open, each as it is before a step that somebody is at: who uses one waits for that. */
  async plansOf(agent: string): Promise<readonly Approval[]> {
    const own = (await this.#pointers.ofAgent(agent)).filter(({ value }) => value.isPlan);
    return (await this.#openOf(own.map(({ value }) => value.approval))).filter((one) => this.isOfKey(one));
  }

  async hasRoomForPlan(agent: string): Promise<boolean> {
    return (await this.plansOf(agent)).length < MAX_OPEN_PLANS;
  }

  /** Some of all that there were, in order of time; `after` is exclusive. */
  async page(after: string, limit: number): Promise<ApprovalPage> {
    const items: Approval[] = [];
    let next: string | undefined = after;
    while (next !== undefined && items.length < limit) {
      const room = Math.min(READ_AT_ONCE, limit - items.length);
      const part: readonly Approval[] = await this.#parts.store.approvals.list({ after: next, limit: room });
      items.push(...part);
      next = part.at(-1)?.id;
    }
    return { items: items.filter(({ value }) => isAsked(value)), ...(next === undefined ? {} : { next }) };
  }

  /** Takes what a person says of an approval, or returns why not; undefined where there is no such approval. */
  say(id: string, verdict: Verdict): Promise<Approval | VerdictProblem | undefined> {
    const { vouch, now } = this.#parts;
    return this.#turns.run(id, () =>
      this.#transitions.take<VerdictProblem>(id, (approval) => {
        const problem = verdictProblem({ id, value: approval }, verdict, this.#parts);
        if (problem) return problem;
        const step = verdictStep(vouch, { id, value: approval }, verdict);
        if (!mayTake(approval, step, now())) return 'ERR_APPROVAL_STATE';
        return { step, record: approvalRecord(id, approval, step) };
      }),
    );
  }

  /** Why something that a person may say of an approval would not be taken; undefined where nothing speaks against it. */
  problemOf(approval: Approval, verdict: Verdict): VerdictProblem | undefined {
    return verdictProblem(approval, verdict, this.#parts);
  }

  /** Takes what its requester says of it, whom others have told from everybody else; or says that it is too late. */
  sayAsRequester(id: string, said: OwnStep): Promise<Approval | 'ERR_APPROVAL_STATE' | undefined> {
    return this.#turns.run(id, () =>
      this.#transitions.take<'ERR_APPROVAL_STATE'>(id, (approval) =>
        mayTake(approval, said, this.#parts.now())
          ? { step: said, record: approvalRecord(id, approval, said) }
          : 'ERR_APPROVAL_STATE',
      ),
    );
  }

  /** Uses an approval up for what an exchange wants, or says why not. */
  async use(id: string, exchange: string, wanted: Wanted, record: ApprovalRecord): Promise<Approval | NotUsed> {
    const member = wanted.member?.digest;
    const step = { type: 'used', exchange, ...(member === undefined ? {} : { member }) } as const;
    let flaw: string | undefined;
    const taken = await this.#turns.run(id, () =>
      this.#transitions.take<'no'>(id, (approval) => {
        if (!mayTake(approval, step, this.#parts.now())) return 'no';
        flaw = flawOf({ id, value: approval }, wanted, this.#parts);
        return flaw === undefined ? { step, record } : 'no';
      }),
    );
    if (taken !== undefined && taken !== 'no') return taken;
    if (flaw !== undefined) return { flaw };
    const ended = await this.get(id);
    const isGone = ended?.value.members?.some(({ digest, usedBy }) => digest === member && usedBy !== undefined);
    // Of the plan others may wait; this one has been used.
    if (ended && isGone) return { ended: { ...ended, value: { ...ended.value, state: 'used' } } };
    return ended && !isOpen(ended.value) ? { ended } : { flaw: 'it is not there, or not countersigned' };
  }

  /**
   * The approval once it is no longer pending, or after `ms` as it is then.
   * @throws StoreError, or the signal's reason
   */
  async decided(id: string, ms: number, signal: AbortSignal): Promise<Approval> {
    const end = performance.now() + ms;
    for (;;) {
      const left = end - performance.now();
      const rung = this.#bells.next(id, Math.max(0, Math.min(left, POLL_MS)), signal);
      // Awaited below; until then nobody hears of an abort.
      rung.catch(() => undefined);
      const found = await this.get(id);
      if (found === undefined) throw new StoreError('ERR_STORE_CORRUPT', `the approval ${id} is gone`);
      if (found.value.state !== 'pending' || left <= 0) return found;
      await rung;
    }
  }

  /** Ends those whose time has come, each whatever becomes of the others, and forgets where those stood that have ended. */
  async expireDue(): Promise<void> {
    const { store, now } = this.#parts;
    const nowMs = now().getTime();
    const problems: unknown[] = [];
    for (const { id, version, value } of await this.#pointers.all()) {
      if (nowMs < Date.parse(value.expiresAt)) continue;
      try {
        const found = await this.get(value.approval);
        if (!found || !isOpen(found.value)) await store.openApprovals.remove(id, version);
      } catch (error) {
        problems.push(error);
      }
    }
    if (problems.length > 0) throw problems[0];
  }

  /** Forgets those that ended a week ago or more, by their ids, which are in order of time: the log has what there was. */
  async forgetOld(): Promise<void> {
    const { store, now } = this.#parts;
    await store.approvals.removeBefore(beforeUuidv7(now().getTime() - KEPT_MS));
  }

  /** After a crash: settles what this gateway had begun, by what is on record. */
  async reconcile(areOnRecord: (transitions: readonly string[]) => Promise<ReadonlySet<string>>): Promise<void> {
    const { store, logKey } = this.#parts;
    const pointers = await this.#pointers.all();
    const found = await Promise.all(pointers.map(({ value }) => store.approvals.get(value.approval)));
    const own = found.filter((one) => one?.value.claim?.log === logKey) as Approval[];
    if (own.length === 0) return;
    const recorded = await areOnRecord(own.flatMap(({ value }) => value.claim?.transition ?? []));
    for (const one of own) await this.#transitions.reconcile(one, recorded.has(one.value.claim?.transition ?? ''));
  }

  /**
   * An approval that is open, without the claim that somebody left on it: passed over with it, it would never end. Or one
   * that has just been denied.
   */
  async #joined(id: string): Promise<Approval | undefined | 'changed'> {
    const found = await this.get(id);
    const stands = found?.value.state === 'denied' ? deniedUntil(found.value) : 0;
    if (this.#parts.now().getTime() < stands) return found;
    const { needsPasskey } = this.#parts;
    if (!found || !this.isOfKey(found) || lacksPasskey(found.value.signatures, needsPasskey())) return undefined;
    return isOpen(found.value) ? ((await this.#transitions.unclaimed(found)) ?? 'changed') : undefined;
  }

  /** Those of some ids that are open, which are looked at a few at once. */
  async #openOf(ids: readonly string[]): Promise<readonly Approval[]> {
    const found: (Approval | undefined)[] = [];
    for (let at = 0; at < ids.length; at += READ_AT_ONCE)
      found.push(...(await Promise.all(ids.slice(at, at + READ_AT_ONCE).map((id) => this.look(id)))));
    const now = this.#parts.now();
    return found.filter((one) => one !== undefined).filter(({ value }) => isOpen(value) && !isDue(value, now));
  }

  async #take(id: string, step: Extract<Step, { type: 'expired' }>): Promise<void> {
    await this.#turns.run(id, () =>
      this.#transitions.take<'no'>(id, (approval) =>
        mayTake(approval, step, this.#parts.now()) ? { step, record: approvalRecord(id, approval, step) } : 'no',
      ),
    );
  }

  async #refusal({ requester: { id }, digest, members }: Asking): Promise<TooMany | undefined> {
    const refusal = await this.#room.refusal(id, digest);
    if (refusal || members === undefined) return refusal;
    return (await this.hasRoomForPlan(id)) ? undefined : 'open';
  }

  /** Begins an approval in the place of one that has ended; undefined where another gateway was quicker. */
  async #begin(
    { ttlSeconds, request, ...asking }: Asking,
    old: Versioned<unknown> | undefined,
    recordOf: (approval: string, document: ApprovalDocument) => ApprovalRecord,
  ): Promise<Approval | undefined> {
    const { store, now } = this.#parts;
    const at = now();
    const id = this.#random.uuidv7(at.getTime());
    const expiresAt = new Date(at.getTime() + ttlSeconds * 1_000).toISOString();
    const claim = this.#transitions.claim({ type: 'asked' });
    const salt = this.#random.take(SALT_BYTES).toString('hex');
    const asked = { ...asking, salt, askedAt: at.toISOString(), expiresAt };
    const card = cardDigest(this.#parts.vouch, id, asked);
    const document = { ...asked, card, state: 'pending', signatures: [], claim } as const;
    this.#room.begun(asking.requester.id);
    if (!(await store.approvals.insert(id, document))) return undefined;
    const isPlan = asking.members === undefined ? {} : ({ isPlan: true } as const);
    const pointer = { approval: id, agent: asking.requester.id, request, expiresAt, ...isPlan };
    const place = placeOf(asking.requester.id, asking.digest);
    const won = old
      ? await store.openApprovals.replace(place, old.version, pointer)
      : await store.openApprovals.insert(place, pointer);
    if (won) return this.#transitions.finish({ id, version: 1, value: document }, claim, recordOf(id, document));
    await store.approvals.remove(id, 1);
    return undefined;
  }

  async #announce({ id, value }: Approval): Promise<void> {
    if (!isOpen(value)) {
      const { openApprovals } = this.#parts.store;
      const pointer = await openApprovals.get(placeOf(value.requester.id, value.digest));
      if (pointer?.value.approval === id) await this.#leave(pointer, value);
    }
    this.#bells.ring(id);
  }

  /** Nothing stands under its digest any more, but a no, for a while. */
  async #leave({ id, version, value }: Versioned<OpenApprovalDocument>, ended: ApprovalDocument): Promise<void> {
    const { openApprovals } = this.#parts.store;
    if (ended.state !== 'denied') await openApprovals.remove(id, version);
    else
      await openApprovals.replace(id, version, {
        ...value,
        expiresAt: new Date(deniedUntil(ended)).toISOString(),
      });
  }
}
