// SPDX-License-Identifier: Apache-2.0
import type { Hmac } from '@countersign/mask';
import type { UrlOf } from '../approvals/approval-causes.ts';
import type { ApprovalRegister } from '../approvals/approval-register.ts';
import { changed, decideAgain, policyFault } from '../approvals/decide-again.ts';
import { doubtFault } from '../approvals/doubt-fault.ts';
import { endedFault } from '../approvals/ended-fault.ts';
import type { OpenWrites } from '../approvals/open-writes.ts';
import { requestKey } from '../approvals/request-digest.ts';
import type { Effect } from '../effects/effect.ts';
import { staleFault } from '../effects/stale-fault.ts';
import { type Binder, withPreconditions } from '../effects/with-preconditions.ts';
import type { Countersigned, Decided, Gathered, Looked, Negotiated, Used } from '../exchange.ts';
import { Fault } from '../faults.ts';
import type { AgentRegistry } from '../identity/agent-registry.ts';
import type { Stage } from '../lane-table.ts';
import type { Log } from '../log/log.ts';
import type { PolicyStore } from '../policies/policy-store.ts';
import { useDecisionRecord, usedRecord } from '../records/approval-records.ts';

export interface UseParts {
  readonly policies: PolicyStore;
  readonly register: ApprovalRegister;
  readonly openWrites: OpenWrites;
  readonly hmac: Hmac;
  readonly urlOf: UrlOf;
  readonly effectOf: (exchange: Decided) => Promise<Effect | Fault>;
  readonly bodies: Binder;
  /** Looks at the object that a rule looks at. */
  readonly look: Stage<Gathered, Looked>;
  readonly registry: Pick<AgentRegistry, 'catchUp'>;
  readonly log: Log;
  readonly now: () => Date;
}

/** A session goes on in the container that was looked up for policy; a write is bound elsewhere. */
function ofSession({ lane, request }: Looked): Partial<Pick<Looked, 'request'>> {
  return lane === 'exec' ? { request } : {};
}

/** Uses a countersignature up and notes, before its intent, what it lets through; or says why that may not be. */
async function spend(
  exchange: Decided,
  { approval, wanted }: Countersigned,
  parts: UseParts,
): Promise<Fault | undefined> {
  const { register, openWrites, hmac, urlOf } = parts;
  const record = usedRecord(exchange, approval.id, wanted);
  const spent = await register.use(approval.id, exchange.id, wanted, record);
  if ('ended' in spent) return endedFault(spent.ended, urlOf);
  if ('flaw' in spent) return changed(approval, spent.flaw, parts, 'ERR_APPROVAL_UNSOUND');
  const request = requestKey(hmac, exchange);
  if (await openWrites.begin(request, { approval: approval.id, exchange: exchange.id })) return undefined;
  return doubtFault(await openWrites.doubt(request), approval.id);
}

/**
 * Spends it and goes on. What policy says from the turn of the decision on concerns a session as one that goes on; a write
 * is told only once it is spent, and from then on is not cut.
 */
async function goOn(used: Used, spendIt: () => Promise<Fault | undefined>): Promise<Used | Fault> {
  const isWrite = used.lane === 'write';
  if (!isWrite) used.life.decided(used);
  const unused = await spendIt();
  if (unused) return unused;
  if (isWrite) used.life.decided(used);
  return used;
}

/** A collection is of what has been listed, and of nothing that comes later. */
function removalOf({ objects, answer }: Effect): Pick<Used, 'removal'> {
  if (objects === undefined) return {};
  if (answer === undefined) throw new TypeError('nobody knows what to answer');
  return { removal: { objects, answer } };
}

/** A write can be bound to what was seen of its object; a session only follows upon it. */
async function boundTo(exchange: Negotiated, effect: Effect, bodies: Binder): Promise<Decided | Fault> {
  return exchange.lane === 'write' ? withPreconditions(exchange, effect, bodies) : exchange;
}

/**
 * Uses a countersignature up, right before the intent: what it would do is looked at again, policy is asked again, and the
 * write is bound to the object as it was looked at. Policy comes last: of an object that changes after it has looked, the
 * write is refused upstream. Of all that have the countersignature, one exchange goes on.
 */
export function use(parts: UseParts): Stage<Negotiated, Used> {
  const run = async (exchange: Negotiated, countersigned: Countersigned): Promise<Used | Fault> => {
    const { approval, waited } = countersigned;
    // Of a collection also what the caller is answered, in the form that is settled by now.
    const isLate = waited || countersigned.effect.objects !== undefined;
    const effect = isLate ? await parts.effectOf(exchange) : countersigned.effect;
    if (effect instanceof Fault) return effect;
    const stale = staleFault(countersigned.effect, effect);
    if (stale) return changed(approval, stale.detail, parts, stale.code);
    const guarded = await boundTo(exchange, effect, parts.bodies);
    const looked = await parts.look(exchange);
    if (looked instanceof Fault) return looked;
    // A lock that was told at another gateway ends the exchange here.
    await parts.registry.catchUp();
    exchange.abort.signal.throwIfAborted();
    const made = await decideAgain(exchange, { live: looked.live, ...ofSession(looked) }, parts);
    // Policies that came into force meanwhile may want to see more of the object.
    if (looked.lookedUnder !== parts.policies.epoch) return run(exchange, countersigned);
    const decided = { ...exchange, ...ofSession(looked), made };
    const refusal = policyFault(exchange, made, countersigned, parts);
    if (refusal) {
      await parts.log.append([useDecisionRecord(exchange, made)]);
      return refusal;
    }
    if (guarded instanceof Fault) return guarded;
    exchange.abort.signal.throwIfAborted();
    const own = { made, lookedUnder: looked.lookedUnder, approval: approval.id, ...removalOf(effect) };
    const used = { ...exchange, ...guarded, ...ofSession(looked), ...own };
    return goOn(used, () => spend(decided, countersigned, parts));
  };
  return (exchange) =>
    exchange.countersigned ? run(exchange, exchange.countersigned) : { ...exchange, approval: undefined };
}
