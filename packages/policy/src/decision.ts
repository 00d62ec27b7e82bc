// SPDX-License-Identifier: Apache-2.0

/** Who stands behind an exchange. Ids are pseudonyms: they go into leaves; e-mails and names do not. */
export interface Principal {
  readonly kind: 'agent' | 'human';
  readonly id: string;
  /** The human who answers for an agent; for a human, the id itself. */
  readonly owner: string;
  readonly purpose: string;
  /** Policy groups, from the token of this very request. */
  readonly groups: readonly string[];
  readonly issuer: string;
  readonly subject: string;
  /** The `act` chain of the token (RFC 8693 §4.1), outermost first; empty when the caller acts for nobody. */
  readonly act: readonly { readonly issuer: string; readonly subject: string }[];
}

/** A rule that took part in a decision: the policy's `@id`, else its position in its file. */
export interface RuleRef {
  readonly id: string;
  /** The set it stands in: `organisation`, or a cluster's name. */
  readonly set: string;
}

/** What a countersignature must satisfy. */
export interface ApprovalRequirement {
  readonly rule: RuleRef;
  readonly group: string;
  readonly quorum: number;
  readonly ttlSeconds: number | undefined;
  /** Whether the agent's owner may countersign too. */
  readonly ownerMay: boolean;
  readonly reason: string | undefined;
}

/** What permits say of what is typed into a session: whether it is in the recording. */
export type StdinRecording = 'recorded' | 'unrecorded';

interface Decided {
  readonly policyDigest: string;
  readonly rules: readonly RuleRef[];
}

interface Opened extends Decided {
  readonly reveal: boolean;
  /** What the permits that opened it say; where several do, `recorded` counts. */
  readonly stdin?: StdinRecording;
}

/** Never thrown and never a boolean. `undecided` is a deny that says that policy could not be evaluated. */
export type Decision =
  | (Opened & { readonly effect: 'allow' })
  | (Opened & { readonly effect: 'ask'; readonly approvals: readonly ApprovalRequirement[] })
  | (Decided & { readonly effect: 'deny'; readonly reason: 'no-permit' | 'forbidden' })
  | (Decided & { readonly effect: 'undecided'; readonly problem: string });
