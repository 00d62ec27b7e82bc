// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { LogRecord } from '@countersign/evidence';
import { goesOnBy } from '../approvals/is-covered.ts';
import type { Decided, MadeDecision } from '../exchange.ts';
import { Fault } from '../faults.ts';
import type { ActiveGrants } from '../grants/active-grants.ts';
import type { AgentRegistry } from '../identity/agent-registry.ts';
import { callerOf } from '../identity/caller-of.ts';
import { isRevealed } from '../is-revealed.ts';
import type { Log } from '../log/log.ts';
import type { PolicyStore } from '../policies/policy-store.ts';
import { refusalOf } from '../policies/refusal-of.ts';
import { redecisionRecord } from '../records/decision-record.ts';
import { faultOf } from '../respond/fault-of.ts';
import type { LiveDecided, LiveEntry, LiveExchanges } from './live-exchanges.ts';

const SWEEP_MS = 200;
const SLICE_MS = 4;
/** What is not decided again by then is cut. */
const DEADLINE_MS = 1_000;

export interface LiveEndOptions {
  readonly live: LiveExchanges;
  readonly registry: AgentRegistry;
  readonly policies: PolicyStore;
  readonly grants: ActiveGrants;
  readonly log: Log;
  readonly now: () => Date;
  readonly onProblem: (error: unknown) => void;
}

interface LiveEndParts extends LiveEndOptions {
  /** The grants of those that were decided again, or that they need none now. */
  readonly goingOnBy: WeakMap<LiveEntry, string | undefined>;
}

/** Ends what still runs when that by which it was let in ends: its token, its agent's registration, its policy. */
export function endWithTheirReasons(options: LiveEndOptions): Disposable {
  const parts: LiveEndParts = { ...options, goingOnBy: new WeakMap() };
  const { policies, registry, grants, onProblem } = parts;
  const run = (work: () => unknown) => () => void Promise.try(work).catch(onProblem);
  const sweep = setInterval(
    run(() => endExpired(parts)),
    SWEEP_MS,
  ).unref();
  const stopPolicies = policies.onEpoch(run(() => decideAgain(parts)));
  const stopGrants = grants.onEnded((ended) => run(() => endGranted(parts, ended))());
  const stopRegistry = registry.onChange(run(() => identifyAgain(parts, () => true)));
  return {
    [Symbol.dispose]() {
      clearInterval(sweep);
      stopPolicies();
      stopGrants();
      stopRegistry();
    },
  };
}

function endExpired(parts: LiveEndParts): void {
  const nowMs = parts.now().getTime();
  const expired = ({ mayBeCut, facts }: LiveEntry) => mayBeCut && nowMs >= facts.token.expiresAt;
  parts.live.end(expired, new Fault('ERR_TOKEN_EXPIRED'));
  const { registry } = parts;
  const hasRunOut = ({ facts: { principal, cluster } }: LiveEntry) =>
    registry.isExpired(principal.id, nowMs) || registry.isClusterExpired(cluster, nowMs);
  identifyAgain(parts, hasRunOut);
}

/** What goes on by a grant that is in force no more ends; a port of it is decided again by itself. */
function endGranted(parts: LiveEndParts, ended: ReadonlySet<string>): void {
  const isOver = (grant: string | undefined) => grant !== undefined && ended.has(grant);
  for (const entry of parts.live.entries()) {
    const { decided } = entry;
    if (!entry.mayBeCut || !decided) continue;
    try {
      if (isOver(grantOf(entry, decided, parts))) entry.end(new Fault('ERR_GRANT_ENDED'));
      else decidePartsAgain(entry, decided, parts, ({ grant }) => isOver(grant));
    } catch (cause) {
      entry.end(undecided('a grant ended', cause, parts));
    }
  }
}

/** The grant by which an exchange goes on now: that of its last decision, which a change of policy may have made. */
function grantOf(entry: LiveEntry, { made }: Decided, { goingOnBy }: LiveEndParts): string | undefined {
  return goingOnBy.has(entry) ? goingOnBy.get(entry) : made.grant;
}

function decidePartsAgain(
  entry: LiveEntry,
  decided: Decided,
  parts: LiveEndParts,
  concerns: (made: MadeDecision) => boolean,
): void {
  for (const part of [...entry.parts])
    if (concerns(part.made)) part.decidedAgain(decisionNow({ ...decided, made: part.made }, parts));
}

/** What could not be decided again can't go on, and must not keep the others from being decided. */
function undecided(what: string, cause: unknown, { onProblem }: LiveEndParts): Fault {
  onProblem(cause);
  return new Fault('ERR_POLICY_UNAVAILABLE', `${what}, and this could not be decided again`, { cause });
}

/** A caller that is another one now, or has other rights upstream, begins anew. */
function identifyAgain({ live, registry, now }: LiveEndParts, concerns: (entry: LiveEntry) => boolean): void {
  for (const entry of live.entries().filter((one) => one.mayBeCut && concerns(one))) {
    const { token, cluster, principal, upstreamGroups } = entry.facts;
    const caller = callerOf(token, cluster, registry, now().getTime());
    if (caller instanceof Fault) entry.end(caller);
    else if (!isDeepStrictEqual(caller, { principal, upstreamGroups })) {
      entry.end(new Fault('ERR_ENDED', 'the registration of its agent changed; ask again'));
    }
  }
}

/** What was decided again, on its way to be put on record. */
type Batch = { readonly entry: LiveEntry; readonly record: LogRecord }[];

/** Nothing goes on by a decision that is not on record. */
async function recordAll(batch: Batch, { log, onProblem }: LiveEndParts): Promise<void> {
  if (batch.length === 0) return;
  try {
    await log.append(batch.map(({ record }) => record));
  } catch (error) {
    for (const { entry } of batch) entry.end(faultOf(error));
    onProblem(error);
  }
}

async function decideAgain(parts: LiveEndParts): Promise<void> {
  const begun = performance.now();
  let sliceEnd = begun + SLICE_MS;
  let batch: Batch = [];
  const record = () => {
    void recordAll(batch, parts);
    batch = [];
  };
  for (const entry of parts.live.entries()) {
    if (!entry.mayBeCut || !entry.decided) continue;
    if (performance.now() > begun + DEADLINE_MS) {
      entry.end(new Fault('ERR_POLICY_UNAVAILABLE', 'policy changed, and this was not decided again in time'));
      continue;
    }
    const fault = decideOne(entry, entry.decided, batch, parts);
    if (fault) {
      record();
      entry.end(fault);
    }
    if (performance.now() < sliceEnd) continue;
    record();
    await nextTurn();
    sliceEnd = performance.now() + SLICE_MS;
  }
  record();
}

/** Decides one again. */
function decideOne(entry: LiveEntry, decided: LiveDecided, batch: Batch, parts: LiveEndParts): Fault | undefined {
  try {
    decidePartsAgain(entry, decided, parts, () => true);
    const made = decisionNow(decided, parts);
    batch.push({ entry, record: redecisionRecord(decided, made) });
    const { effect } = made.decision;
    const mayWaitOn = entry.isWaiting && (effect === 'ask' || effect === 'allow');
    if (mayWaitOn) return undefined;
    parts.goingOnBy.set(entry, made.grant);
    return endOf(decided, made, parts.policies);
  } catch (cause) {
    return undecided('policy changed', cause, parts);
  }
}

function decisionNow({ made, cluster }: Decided, { policies, grants, now }: LiveEndParts): MadeDecision {
  const input = { ...made.input, time: now().toISOString() };
  return grants.applyTo({ id: randomUUID(), input, decision: policies.forCluster(cluster).decide(input) });
}

/** Why an exchange can't go on as it began. */
function endOf(exchange: LiveDecided, made: MadeDecision, policies: PolicyStore): Fault | undefined {
  const isCountersigned = goesOnBy(exchange, made.decision);
  const refusal = isCountersigned ? undefined : refusalOf(made, policies.forCluster(exchange.cluster));
  if (refusal) return refusal;
  const isMaskedNow = isRevealed(exchange.made.decision) && !isRevealed(made.decision);
  return isMaskedNow ? new Fault('ERR_ENDED', 'values come masked from now on; ask again') : undefined;
}
