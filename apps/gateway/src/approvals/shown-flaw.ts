// SPDX-License-Identifier: Apache-2.0
import { isDeepStrictEqual } from 'node:util';
import type { ApprovalDocument, PlanMember, Requirement, ShownEffect } from './approval.ts';
import { planCard } from './planned-request.ts';

const OTHER_REQUEST = 'it is of another request';
const OTHER_EFFECT = 'people were shown something else than it does';
const OTHER_FACTS = 'people were shown another request, agent or rule than it is';

/** What an exchange knows itself of what it wants countersigned, whatever the store says. */
export type Wanted = Pick<
  ApprovalDocument,
  'digest' | 'cluster' | 'requester' | 'action' | 'target' | 'requirements' | 'effect'
> & {
  /** Of a plan: which of its members this is, by digest, and which it was found among. */
  readonly member?: { readonly digest: string; readonly among: readonly string[] };
};

/** What people were shown of one request. */
type Shown = Pick<PlanMember, 'action' | 'requirements' | 'effect'>;

/**
 * Why what people were shown of an approval is not what an exchange wants, told from the exchange itself and not from
 * anything that is stored. Undefined where nothing speaks against it. Of a plan it tells of the request's own part, and of
 * what is said of the whole.
 */
export function shownFlaw(document: ApprovalDocument, wanted: Wanted): string | undefined {
  const shown = shownFor(document, wanted);
  if (shown === undefined) return OTHER_REQUEST;
  if (document.members !== undefined && !isPlanAsShown(document, document.members)) return OTHER_FACTS;
  const isMember = wanted.member !== undefined;
  const isSameRequest =
    document.cluster === wanted.cluster &&
    shown.action === wanted.action &&
    (isMember || document.target === wanted.target) &&
    isDeepStrictEqual(agentOf(document), agentOf(wanted)) &&
    isDeepStrictEqual(rulesOf(shown), rulesOf(wanted));
  if (!isSameRequest) return OTHER_FACTS;
  return isSameEffect(shown.effect, wanted.effect, isMember) ? undefined : OTHER_EFFECT;
}

/** What people were shown of a request: all that there is, or its part of a plan, which is what it was when it was found. */
function shownFor(document: ApprovalDocument, { member }: Wanted): Shown | undefined {
  const { members } = document;
  if (members === undefined || member === undefined) return members === member ? document : undefined;
  const isSame = isDeepStrictEqual(
    members.map(({ digest }) => digest),
    member.among,
  );
  return isSame ? members.find(({ digest }) => digest === member.digest) : undefined;
}

function isPlanAsShown({ action, requirements, effect }: ApprovalDocument, members: readonly PlanMember[]): boolean {
  const card = planCard(members);
  const { summary, changes, omitted } = effect;
  return isDeepStrictEqual(
    [action, rulesOf({ requirements }), summary, changes, omitted],
    [card.action, rulesOf(card), card.effect.summary, card.effect.changes, card.effect.omitted],
  );
}

function agentOf({ requester: { id, owner, purpose, act } }: Pick<Wanted, 'requester'>) {
  return { id, owner, purpose, act: act.map(({ issuer, subject }) => ({ issuer, subject })) };
}

/** In one order, whichever the rules are found in. */
function rulesOf({ requirements }: { readonly requirements: readonly Requirement[] }): readonly string[] {
  const lineOf = ({ rule: { set, id }, group, quorum, ownerMay, reason }: Requirement) =>
    JSON.stringify([set, id, group, quorum, ownerMay, reason ?? null]);
  return requirements.map(lineOf).sort();
}

/**
 * Of an object that is there, all that was shown. Of what is made, the API server adds something else each time, names,
 * addresses, ports: there it is what the request's own body names.
 */
function isSameEffect(shown: ShownEffect, wanted: ShownEffect, isMember: boolean): boolean {
  const isRepeatable = wanted.object !== undefined || wanted.objects !== undefined;
  const fields = isRepeatable ? undefined : namedPaths(wanted);
  const told = ({ summary, changes }: ShownEffect) => {
    const counted = fields === undefined ? changes : changes.filter(({ path }) => fields.has(path));
    return [summary, counted.map(({ path, before, after }) => [path, before, after])];
  };
  // An annotation that kubectl adds to what was planned takes the place of another field that would be shown.
  const mayLack = isMember && !isRepeatable ? 1 : 0;
  const lacking = wanted.omitted - shown.omitted;
  return lacking >= 0 && lacking <= mayLack && isDeepStrictEqual(told(shown), told(wanted));
}

function namedPaths({ changes, named = [] }: ShownEffect): ReadonlySet<string> {
  return new Set(named.flatMap((at) => changes[at]?.path ?? []));
}
