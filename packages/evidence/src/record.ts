// SPDX-License-Identifier: Apache-2.0
import * as z from 'zod';
import * as exchanges from './record/exchanges.ts';
import * as notifications from './record/notifications.ts';
import * as operations from './record/operations.ts';
import * as passkeys from './record/passkeys.ts';
import { SealedFields, type SealedFieldsInput } from './sealed-fields.ts';

/**
 * Leaf v1: every record that a log may hold, told apart by `type`. Strict: a member that is not named here makes the
 * record invalid. Leaves hold pseudonyms, closed words and what names things in a cluster; the rest is sealed beside.
 */
export const Leaf = z
  .discriminatedUnion('type', [
    operations.logOpened,
    operations.logClosed,
    operations.recovery,
    operations.keyRotate,
    operations.heartbeat,
    operations.clockSkew,
    operations.auditWarn,
    operations.auditDrain,
    operations.auditStopped,
    operations.anchor,
    exchanges.decisionMade,
    exchanges.refusal,
    exchanges.refusals,
    exchanges.intent,
    exchanges.outcome,
    exchanges.answer,
    exchanges.answerStart,
    exchanges.answerEnd,
    exchanges.streamStart,
    exchanges.streamPort,
    exchanges.streamEnd,
    exchanges.recordingChunk,
    exchanges.recordingStart,
    exchanges.recordingProgress,
    exchanges.recordingEnd,
    exchanges.recordingOpened,
    exchanges.sessionStart,
    exchanges.sessionEnd,
    operations.approvalAsked,
    operations.approvalReasoned,
    operations.approvalSeen,
    operations.approvalApproved,
    operations.approvalDenied,
    operations.approvalExpired,
    operations.approvalUsed,
    operations.approvalWithdrawn,
    passkeys.passkeyRegistered,
    passkeys.passkeyRemoved,
    operations.grantAsked,
    operations.grantApproved,
    operations.grantDenied,
    operations.grantExpired,
    operations.grantRevoked,
    operations.grantWithdrawn,
    operations.lock,
    operations.unlock,
    operations.breakglass,
    operations.agentRegistered,
    operations.agentChanged,
    operations.agentEnabled,
    operations.agentDisabled,
    operations.agentExpired,
    operations.agentRemoved,
    operations.ownerGone,
    operations.ownerReturned,
    operations.clusterRegistered,
    operations.clusterChanged,
    operations.clusterEnabled,
    operations.clusterDisabled,
    operations.clusterExpired,
    operations.clusterRemoved,
    operations.connectorToken,
    operations.connectorEnrolled,
    operations.connectorRefused,
    operations.connectorConnected,
    operations.connectorDisconnected,
    operations.connectorRenewed,
    operations.connectorRevoked,
    operations.policyLoaded,
    operations.policyRejected,
    operations.configLoaded,
    operations.configRejected,
    operations.upkeep,
    operations.control,
    operations.consoleLogin,
    operations.consoleLogout,
    notifications.notificationSent,
    notifications.notificationGivenUp,
    operations.exported,
    operations.dataShredded,
  ])
  .meta({ id: 'Record', description: 'A record of the evidence log, version 1' });

export type Leaf = z.infer<typeof Leaf>;

/** Every `type` that a record may have. */
export const recordTypes: readonly Leaf['type'][] = Leaf.options.map(({ shape }) => shape.type.value);

/** What the driver adds to a record, and the sealed fields' reference, which it makes of the fields themselves. */
type DriverOwned = 'v' | 'id' | 'ts' | 'gateway' | 'epoch' | 'sealed';

/** A decision as it is handed in: its input goes into `sealed.input`, and the driver commits to it. */
export type DecisionInput = Omit<
  NonNullable<Extract<Leaf, { type: 'intent' }>['decision']>,
  'inputCommitment' | 'rulesOmitted' | 'approvalsOmitted'
>;

type Input<L> = L extends Leaf
  ? { [K in keyof Omit<L, DriverOwned>]: K extends 'decision' ? DecisionInput | Extract<L[K], undefined> : L[K] } & {
      readonly sealed?: SealedFieldsInput;
    }
  : never;

/**
 * A record as it is appended. Ids of people (`principal.id`, `principal.owner`, subjects of `act`, `by`, …) may be given as
 * they are: those that are no plain identifiers are replaced by pseudonyms, and kept among the sealed fields. Texts of
 * `request` that are too long for a leaf are cut there and kept whole among the sealed fields, and so are the rules of a
 * decision that are too many for one.
 */
export type LogRecord = Input<Leaf>;

/** The JSON Schema of a record; `$defs` has each type of record under its name, and the `SealedFields`. */
export function recordJsonSchema(): Record<string, unknown> {
  const both = z.strictObject({ record: Leaf, sealedFields: SealedFields });
  const { $schema, $defs } = z.toJSONSchema(both, { target: 'draft-2020-12' });
  return { $schema, title: 'Countersign record, version 1', $ref: '#/$defs/Record', $defs };
}
