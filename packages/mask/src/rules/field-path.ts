// SPDX-License-Identifier: Apache-2.0
import { utf8 } from '../json/bytes.ts';
import { isPluralOfSecrets, isSecretName } from '../text/secret-name.ts';
import { isCredentialHeader } from './credential-header.ts';
import { pairRole } from './pair-member.ts';

/** Of a longer path the end is enough. */
const MAX_PATH = 512;
/** Members whose values are secret or not by what stands beside them, which a path does not say. */
const BY_NEIGHBOUR: readonly string[] = ['args', 'command'];

/** The key of a map at the end of a path, but for indices of lists. */
const KEY = /\[(?!\d+\])([^[\]]*)\](?:\[\d+\])*$/;

const latin1 = new TextDecoder('latin1');

/**
 * Whether a field, as the API server names it in errors and selectors, may hold a secret: `spec.adminPassword`,
 * `spec.tokens[1]`, `data[DB_PASSWORD]`, `spec.containers[0].env[3].value`. Its last name says it; of a key of a map that is
 * all that stands in the brackets, each part of it, or the name of the map.
 */
export function isSecretField(bytes: Uint8Array, from: number, to: number): boolean {
  const path = latin1.decode(bytes.subarray(Math.max(from, to - MAX_PATH), to));
  const key = KEY.exec(path);
  const map = key === null ? undefined : lastName(path.slice(0, key.index));
  return (
    [lastName(path), key?.[1], map].some((name) => name !== undefined && isSecretPart(name)) || isByNeighbour(path)
  );
}

/** Of a key with dots the last part. */
function lastName(path: string): string | undefined {
  return path.split(/[.[\]"]+/).findLast((part) => part !== '' && !/^\d+$/.test(part));
}

function isByNeighbour(path: string): boolean {
  const name = utf8(lastName(path) ?? '');
  return BY_NEIGHBOUR.includes(lastName(path) ?? '') || pairRole(name, 0, name.length) === 'value';
}

function isSecretPart(name: string): boolean {
  const spelled = utf8(name);
  const { length } = spelled;
  return isSecretName(spelled) || isPluralOfSecrets(spelled, 0, length) || isCredentialHeader(spelled, 0, length);
}
