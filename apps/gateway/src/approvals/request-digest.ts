// SPDX-License-Identifier: Apache-2.0
import type { Json } from '@countersign/evidence';
import { serializeTarget } from '@countersign/kube';
import type { Hmac } from '@countersign/mask';
import { policyAction } from '@countersign/policy';
import { bodyDigest } from '../bodies/body-digest.ts';
import type { Effect } from '../effects/effect.ts';
import type { Decided } from '../exchange.ts';
import { keyedDigest } from '../keyed-digest.ts';
import type { Requirement } from './approval.ts';

/** Nothing else that is made with the same key begins so. */
const PURPOSE = 'countersign approval v1\n';

type AskingExchange = Pick<Decided, 'principal' | 'cluster' | 'request'>;
type BoundExchange = AskingExchange & {
  readonly body: Pick<NonNullable<Decided['body']>, 'bytes' | 'contentType' | 'judged'> | undefined;
};

/** Rules, what they want and why, which people are shown: in any order of rules the same. */
function boundRules(requirements: readonly Requirement[]): Json {
  const rules = requirements.map(({ rule, group, quorum, ownerMay, reason = null }) => ({
    ...{ set: rule.set, id: rule.id, group, quorum, ownerMay },
    reason: reason === null ? null : reason.toWellFormed(),
  }));
  return rules.sort((one, other) => (`${one.set} ${one.id}` < `${other.set} ${other.id}` ? -1 : 1));
}

/** What an approval is bound to beside where a request goes, and with which body. */
export function boundFacts(
  { principal, cluster, request }: AskingExchange,
  effect: Pick<Effect, 'digest' | 'object'> | undefined,
  requirements: readonly Requirement[],
) {
  const { kind, id, act, owner, purpose } = principal;
  // By what it is known again before that is found out, it is whoever answers for its agent by now.
  const shown = effect ? { owner, purpose } : {};
  return {
    principal: { kind, id, act: act.map((actor) => ({ ...actor })), ...shown },
    cluster,
    verb: policyAction(request),
    uid: effect?.object?.uid ?? null,
    effect: effect ? Buffer.from(effect.digest).toString('hex') : null,
    rules: boundRules(requirements),
  };
}

/**
 * All that an approval is bound to: who asks, for whom, where, for what, with which body, what that would do, and which
 * rules want it countersigned by whom. The verb is policy's, not HTTP's; target and body are those that go upstream. Where
 * policy wants more than it did, it is another approval: who countersigned the one has not said yes to the other. Without
 * an effect it is what is known before that is found out.
 */
export function boundRequest(
  exchange: BoundExchange,
  effect: Pick<Effect, 'digest' | 'object'> | undefined,
  requirements: readonly Requirement[],
): Json {
  return {
    ...boundFacts(exchange, effect, requirements),
    ...boundContent(exchange, exchange.body && bodyDigest(exchange.body)),
  };
}

function boundContent({ request }: BoundExchange, body: ReturnType<typeof bodyDigest> | undefined) {
  return { target: serializeTarget(request), body: body ?? null };
}

/** The digest of a request, as it stands in the log. */
export function requestDigest(hmac: Hmac, bound: Json): string {
  return keyedDigest(hmac, PURPOSE, bound);
}

/**
 * By which a request is known again, whatever it would do, whoever must countersign it, and whether its object is there by
 * now: what made that is the same as before. It stands in the store alone.
 */
export function requestKey(hmac: Hmac, exchange: BoundExchange): string {
  const { body } = exchange;
  const content = boundContent(exchange, body && (body.judged ?? bodyDigest(body)));
  return requestDigest(hmac, { ...boundFacts(exchange, undefined, []), ...content });
}
