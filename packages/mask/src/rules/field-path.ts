// SPDX-License-Identifier: Apache-2.0
import { utf8 } from '../json/bytes.ts';
import { isPluralOfSecrets, isSecretName } from '../text/secret-name.ts';
import { isCredentialHeader } from './credential-header.ts';
import { ALSO_VALUES } from './value-members.ts';

/** Of a longer path the end is enough. */
const MAX_PATH = 512;
/** Members whose values are secret or not by what stands beside them, which a path does not say. */
const BY_NEIGHBOUR: readonly string[] = ['value', ...ALSO_VALUES, 'args', 'command'];

const latin1 = new TextDecoder('latin1');

/**
 * Whether a field, as the API server names it in errors and selectors, may hold a secret: `spec.adminPassword`,
 * `spec.tokens[1]`, `data[DB_PASSWORD]`, `spec.containers[0].env[3].value`. Its last name says it.
 */
export function isSecretField(bytes: Uint8Array, from: number, to: number): boolean {
  const path = latin1.decode(bytes.subarray(Math.max(from, to - MAX_PATH), to));
  const name = path.split(/[.[\]"]+/).findLast((part) => part !== '' && !/^\d+$/.test(part));
  if (name === undefined) return false;
  const spelled = utf8(name);
  const { length } = spelled;
  return (
    BY_NEIGHBOUR.includes(name) ||
    isSecretName(spelled) ||
    isPluralOfSecrets(spelled, 0, length) ||
    isCredentialHeader(spelled, 0, length)
  );
}
