// SPDX-License-Identifier: Apache-2.0
import { isPlainText, type JsonObject, member, objectMember } from './json-document.ts';

const MAX_GROUPS = 256;
const MAX_LENGTH = 256;

function isGroup(value: unknown): value is string {
  return isPlainText(value, MAX_LENGTH) && !value.includes(',');
}

/**
 * Reads the policy groups of a token: a list of strings, each once. Undefined (the token is refused) when the claim is
 * anything else, holds a comma or a control character, or was left out by the provider because it was too long
 * (`_claim_names`): with groups missing, a rule that forbids by group would not be met. Groups that begin with
 * `system:` are Kubernetes' own and give nothing.
 */
export function readGroups(payload: JsonObject, claim: string | undefined): readonly string[] | undefined {
  if (claim === undefined) return [];
  if (Object.hasOwn(objectMember(payload, '_claim_names') ?? {}, claim)) return undefined;
  if (!Object.hasOwn(payload, claim)) return [];
  const value = member(payload, claim);
  if (!Array.isArray(value) || value.length > MAX_GROUPS || !value.every(isGroup)) return undefined;
  return [...new Set(value)].filter((group) => !group.trim().toLowerCase().startsWith('system:'));
}
