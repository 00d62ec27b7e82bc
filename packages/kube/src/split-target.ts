// SPDX-License-Identifier: Apache-2.0
import { KubeError } from './error.ts';
import type { QueryParameter } from './request.ts';
import { serializeTarget } from './serialize-target.ts';

/**
 * The longest request target that is read or written again, in bytes: an exec carries its whole command line in the
 * query. HTTP/2 libraries end the whole connection when one field is longer (nghttp2's HPACK decoder).
 */
export const maxTargetBytes = 65_536;

/** Escapes make a target at most this much longer when it is written again. */
const maxGrowth = 3;

/** Printable ASCII from the first slash on, without "#" and "\". */
const originForm = /^\/[!"$-[\]-~]*$/;

/** Unreserved characters and sub-delimiters of RFC 3986 without ";", and ":" and "@". */
const plainSegment = /^[A-Za-z0-9\-._~:@!$&'()*+,=]+$/;

/** A request target in its decoded parts. */
export interface SplitTarget {
  readonly segments: readonly string[];
  readonly trailingSlash: boolean;
  readonly query: readonly QueryParameter[];
}

/**
 * Splits an origin-form target, `/api/v1/pods?limit=5`, and decodes each part once.
 * Refuses whatever another parser could read differently: other forms, empty and dot segments, encoded slashes,
 * backslashes and percent signs, ";", bad escapes and text that is not UTF-8.
 * @throws KubeError `ERR_KUBE_TARGET_FORM`, `ERR_KUBE_TARGET_TOO_LONG`, `ERR_KUBE_PATH_NOT_CANONICAL`, `ERR_KUBE_QUERY`
 * @see RFC 9112 §3.2.1
 */
export function splitTarget(rawTarget: string): SplitTarget {
  if (rawTarget.length > maxTargetBytes) throw tooLong();
  if (!originForm.test(rawTarget)) {
    throw new KubeError(
      'ERR_KUBE_TARGET_FORM',
      'the request target must be a path of printable ASCII that starts with "/" and has no "#" and no "\\"',
    );
  }
  const mark = rawTarget.indexOf('?');
  const rawPath = mark === -1 ? rawTarget : rawTarget.slice(0, mark);
  const rawQuery = mark === -1 ? '' : rawTarget.slice(mark + 1);
  const trailingSlash = rawPath.length > 1 && rawPath.endsWith('/');
  const inner = rawPath.slice(1, trailingSlash ? -1 : undefined);
  const segments = rawPath === '/' ? [] : inner.split('/').map(decodeSegment);
  const query = rawQuery
    .split('&')
    .filter((pair) => pair !== '')
    .map(decodePair);
  const mayGrow = rawTarget.length * maxGrowth > maxTargetBytes;
  if (mayGrow && serializeTarget({ segments, query }).length > maxTargetBytes) throw tooLong();
  return { segments, trailingSlash, query };
}

function tooLong(): KubeError {
  return new KubeError(
    'ERR_KUBE_TARGET_TOO_LONG',
    `the request target is longer than ${maxTargetBytes} bytes, as it stands or with everything escaped`,
  );
}

function decodeSegment(raw: string): string {
  const segment = decodeEscapes(raw);
  if (segment === undefined || !plainSegment.test(segment) || segment === '.' || segment === '..') {
    throw new KubeError(
      'ERR_KUBE_PATH_NOT_CANONICAL',
      'the path has an empty segment, a dot segment, a bad escape, or a character that no Kubernetes path needs',
    );
  }
  return segment;
}

function decodePair(pair: string): QueryParameter {
  const equals = pair.indexOf('=');
  const name = decodeEscapes(equals === -1 ? pair : pair.slice(0, equals), true);
  const value = decodeEscapes(equals === -1 ? '' : pair.slice(equals + 1), true);
  if (name === undefined || value === undefined || pair.includes(';') || value.includes('\0')) {
    throw new KubeError(
      'ERR_KUBE_QUERY',
      'the query has a raw ";", a bad escape, a NUL, or text that is not UTF-8; write ";" as %3B',
    );
  }
  return { name, value };
}

function decodeEscapes(raw: string, plusIsSpace = false): string | undefined {
  try {
    return decodeURIComponent(plusIsSpace ? raw.replaceAll('+', ' ') : raw);
  } catch {
    return undefined;
  }
}
