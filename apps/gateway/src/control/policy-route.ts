// SPDX-License-Identifier: Apache-2.0
import type { Rule } from '@countersign/policy';
import type { Context } from 'hono';
import type { PolicyStore } from '../policies/policy-store.ts';

export interface PolicyRouteParts {
  readonly policies: PolicyStore;
}

/** A rule as people read it: what its annotations say, and its text. */
function shownRule({ ref, file, line, effect, reason, reveal, stdin, approval, text }: Rule) {
  return {
    ...{ id: ref.id, effect, file, line },
    ...(reason === undefined ? {} : { reason }),
    ...(reveal ? { reveal } : {}),
    ...(stdin === undefined ? {} : { stdin }),
    ...(approval === undefined ? {} : { approval }),
    text,
  };
}

/** The policies that are in force, since when, and under which digests records name them. */
export function policiesInForce(context: Context, { policies }: PolicyRouteParts): Response {
  const { epoch, digest, since, sets } = policies.inForce;
  return context.json({
    ...{ epoch, digest, since: since.toISOString() },
    sets: sets.map(({ rules, ...set }) => ({ ...set, rules: rules.map(shownRule) })),
  });
}
