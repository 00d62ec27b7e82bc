// SPDX-License-Identifier: Apache-2.0
import { lengthWords } from './grant-words.ts';

/** A rule as far as its words go. */
export interface RuleLike {
  readonly effect: 'permit' | 'forbid';
  readonly reveal?: boolean;
  readonly stdin?: 'recorded' | 'unrecorded';
  readonly approval?: {
    readonly group: string;
    readonly quorum: number;
    readonly ttlSeconds?: number;
    readonly ownerMay: boolean;
  };
}

/** What a rule does where it matches, in a word that the list has a colour for. */
export function ruleEffect({ effect, approval }: RuleLike): 'allow' | 'ask' | 'deny' {
  if (effect === 'permit') return 'allow';
  return approval === undefined ? 'deny' : 'ask';
}

/** What the annotations of a rule add to that, each in a phrase. */
export function annotationWords({ effect, reveal, stdin, approval }: RuleLike): readonly string[] {
  if (effect === 'permit')
    return [
      ...(reveal ? ['shows values in the clear'] : []),
      ...(stdin === undefined ? [] : [`what is typed is ${stdin === 'recorded' ? 'recorded' : 'not recorded'}`]),
    ];
  if (!approval) return [];
  const { group, quorum, ttlSeconds, ownerMay } = approval;
  return [
    `wants ${quorum === 1 ? 'one' : quorum} of ${group}`,
    ...(ttlSeconds === undefined ? [] : [`good for ${lengthWords(ttlSeconds)}`]),
    ...(ownerMay ? ['the owner may countersign'] : []),
  ];
}
