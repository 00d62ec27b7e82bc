// SPDX-License-Identifier: Apache-2.0
import type { Hmac } from '@countersign/mask';
import { stillMay } from './approvals/still-may.ts';
import type { BodyJudge } from './bodies/body-judge.ts';
import { collectionEffect } from './effects/collection-effect.ts';
import type { EffectJudge } from './effects/effect-judge.ts';
import { effectOf } from './effects/effect-of.ts';
import type { KnownDryRuns } from './effects/honours-dry-run.ts';
import { sessionEffect } from './effects/session-effect.ts';
import type { Committed, Decided, Forwarded, Negotiated, Received, Recorded, Used } from './exchange.ts';
import type { ActiveGrants } from './grants/active-grants.ts';
import type { Authenticator } from './identity/authenticator.ts';
import { LaneTable, type Stage } from './lane-table.ts';
import type { Log } from './log/log.ts';
import type { PolicyStore } from './policies/policy-store.ts';
import type { Recordings } from './recordings/recordings.ts';
import { type AdmitParts, admit } from './stages/admit.ts';
import { type ApproveParts, approve } from './stages/approve.ts';
import { authenticate } from './stages/authenticate.ts';
import { commit } from './stages/commit.ts';
import { connect } from './stages/connect.ts';
import { cover } from './stages/cover.ts';
import { decide } from './stages/decide.ts';
import { forward } from './stages/forward.ts';
import { type BodyLimits, gather } from './stages/gather.ts';
import { type IdentifyParts, identify } from './stages/identify.ts';
import { look } from './stages/look.ts';
import { mask } from './stages/mask.ts';
import { negotiate } from './stages/negotiate.ts';
import { parse } from './stages/parse.ts';
import { type RecordParts, record } from './stages/record.ts';
import { recordable } from './stages/recordable.ts';
import { removeEach } from './stages/remove-each.ts';
import { review } from './stages/review.ts';
import { unmaskable } from './stages/unmaskable.ts';
import { unmasked } from './stages/unmasked.ts';
import { use } from './stages/use.ts';
import { recordedSession } from './streams/exec/recorded-session.ts';
import { recordedPortForward } from './streams/port-forward/recorded-port-forward.ts';
import type { RefusedUpgrades } from './streams/refused-upgrades.ts';
import type { Clusters } from './tunnel/clusters.ts';

export interface PipelineParts
  extends IdentifyParts,
    AdmitParts,
    RecordParts,
    Pick<ApproveParts, 'register' | 'openWrites' | 'holds' | 'holdMs' | 'waits' | 'urlOf'> {
  readonly authenticator: () => Authenticator;
  readonly policies: PolicyStore;
  readonly log: Log;
  readonly clusters: Clusters;
  readonly hmac: Hmac;
  readonly bodyLimits: BodyLimits;
  readonly refusedUpgrades: RefusedUpgrades;
  readonly bodies: BodyJudge;
  readonly effects: EffectJudge;
  readonly dryRuns: KnownDryRuns;
  readonly recordings: Pick<Recordings, 'assertReady' | 'open'>;
  readonly grants: ActiveGrants;
}

/**
 * The life of an exchange between `receive`, which makes it, and `respond`, which always answers: stages down in running
 * order, lanes across. A lane without a cell in `forward`'s row is refused.
 */
export function createPipeline(parts: PipelineParts) {
  const { authenticator, policies, log, clusters, hmac, bodyLimits, bodies, effects, refusedUpgrades, grants, now } =
    parts;
  const send: Stage<Committed, Forwarded> = forward(clusters);
  const asking = { hmac, clusters, log, effects };
  const trying = { ...asking, dryRuns: parts.dryRuns };
  const [ofWrite, ofSession, ofCollection] = [effectOf(trying), sessionEffect(asking), collectionEffect(trying)];
  const effect = (exchange: Decided) => {
    if (exchange.lane !== 'write') return ofSession(exchange);
    return exchange.request.verb === 'deletecollection' ? ofCollection(exchange) : ofWrite(exchange);
  };
  const lookAtLive = look({ policies, grants, clusters, log, bodies, now });
  const spend = use({ ...parts, effectOf: effect, look: lookAtLive }) as Stage<Negotiated, Used>;
  const keep = cover({ ...asking, bodies, effectOf: effect });
  const intend = commit(log, now) as Stage<Used, Committed>;
  const write = removeEach({ intend, send, stillMay: stillMay(parts), log, bodies, hmac, now });
  const mayRecord = recordable(parts.recordings);
  const pass = send;

  return (
    LaneTable.begin<Received>()
      .every('authenticate', authenticate(authenticator))
      .every('identify', identify(parts))
      .every('admit', admit(parts))
      .every('parse', parse(refusedUpgrades))
      .every('gather', gather(bodyLimits, bodies))
      .every('look', lookAtLive)
      .every('decide', decide({ policies, grants, now, look: lookAtLive }))
      .row('unmasked', { exec: unmasked, portforward: unmaskable }, {})
      .every('approve', approve({ ...parts, effectOf: effect }))
      .every('negotiate', negotiate)
      .row('recordable', { exec: mayRecord, portforward: mayRecord }, {})
      //                  discovery         read        watch        logs        write        exec        portforward        review
      .row<Pick<Used, 'approval'>>('use', { write: spend, exec: spend, portforward: spend }, { approval: undefined })
      .row('cover', { write: keep }, {})
      .row('commit', { write: intend, exec: intend, portforward: intend }, { intended: false })
      .row<Pick<Recorded, 'recorded'>>(
        'record',
        { exec: record(parts, recordedSession), portforward: record(parts, recordedPortForward) },
        {},
      )
      .required('forward', {
        discovery: pass,
        read: pass,
        watch: pass,
        logs: pass,
        write,
        exec: connect({ clusters, log }, 'exec'),
        portforward: connect({ clusters, log }, 'portforward'),
        review: review(send, { policies, grants, clusters, log }),
      })
      .every('mask', mask(hmac))
  );
}

export type Pipeline = ReturnType<typeof createPipeline>;
