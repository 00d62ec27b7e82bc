// SPDX-License-Identifier: Apache-2.0
import type { Workload } from './authentication.ts';
import { isPlainText, type JsonObject, member, objectMember } from './json-document.ts';

const MAX_LENGTH = 253;

function readReference(parent: JsonObject, name: string): { name: string; uid: string } | undefined {
  const reference = objectMember(parent, name);
  if (!reference) return undefined;
  const objectName = member(reference, 'name');
  const uid = member(reference, 'uid');
  return isPlainText(objectName, MAX_LENGTH) && isPlainText(uid, MAX_LENGTH) ? { name: objectName, uid } : undefined;
}

/**
 * Reads the `kubernetes.io` claim of a projected service-account token. Undefined (the token is refused) when it is
 * missing, as in the tokens of Secrets, or names another account than `sub` does.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-tokens
 */
export function readWorkload(payload: JsonObject, subject: string): Workload | undefined {
  const claim = objectMember(payload, 'kubernetes.io');
  if (!claim) return undefined;
  const namespace = member(claim, 'namespace');
  const serviceAccount = readReference(claim, 'serviceaccount');
  if (!isPlainText(namespace, MAX_LENGTH) || !serviceAccount) return undefined;
  if (subject !== `system:serviceaccount:${namespace}:${serviceAccount.name}`) return undefined;
  const pod = readReference(claim, 'pod');
  return Object.hasOwn(claim, 'pod') && !pod ? undefined : { namespace, serviceAccount, pod };
}
