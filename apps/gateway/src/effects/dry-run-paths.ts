// SPDX-License-Identifier: Apache-2.0
import { isJsonArray, isJsonObject, type JsonValue, jsonAt, KubeError, parseJson, type Write } from '@countersign/kube';
import { Fault } from '../faults.ts';

/** More than any object: schemas of a whole group, which are read for one word. */
const LIMITS = { maxBytes: 8 * 1024 * 1024, maxValues: 1_000_000 };

/** One path of an OpenAPI document, in parts, and which methods of it take `dryRun`. */
export interface DryRunPath {
  readonly parts: readonly string[];
  readonly methods: ReadonlySet<string>;
}

function isOf({ parts }: DryRunPath, segments: readonly string[]): boolean {
  return (
    parts.length === segments.length &&
    parts.every((part, index) => part === segments[index] || /^\{[^/{}]+\}$/.test(part))
  );
}

function takesIt(operation: JsonValue): boolean {
  const list = jsonAt(operation, 'parameters');
  return isJsonArray(list) && list.some((one) => jsonAt(one, 'name') === 'dryRun');
}

/** What an OpenAPI v3 document says of dry runs. */
export function dryRunsIn(document: JsonValue): readonly DryRunPath[] {
  const paths = jsonAt(document, 'paths');
  if (!isJsonObject(paths)) return [];
  return [...paths].map(([template, item]) => {
    const methods = isJsonObject(item) ? [...item].filter(([, operation]) => takesIt(operation)) : [];
    return { parts: template.split('/').slice(1), methods: new Set(methods.map(([method]) => method)) };
  });
}

/** Whether those paths say that a request takes `dryRun`. */
export function takesDryRun(paths: readonly DryRunPath[], { method, segments }: Write['request']): boolean {
  const meant = paths.filter((path) => isOf(path, segments));
  return meant.length > 0 && meant.every(({ methods }) => methods.has(method.toLowerCase()));
}

/** So much of what a group says is kept, and brought from one thread to another. */
const MAX_KEPT_PARTS = 16_384;
const MAX_KEPT_CHARACTERS = 262_144;

/** Whether they are few and short enough to be kept. */
export function mayBeKept(paths: readonly DryRunPath[]): boolean {
  const parts = paths.flatMap((path) => path.parts);
  const characters = parts.reduce((sum, part) => sum + part.length, 0);
  return parts.length <= MAX_KEPT_PARTS && characters <= MAX_KEPT_CHARACTERS;
}

/** What a group says of itself, and which path of it is meant. Plain data: it may go to another thread. */
export interface DryRunPathsQuestion {
  /** An OpenAPI v3 document. */
  readonly document: Uint8Array;
  readonly group: string;
  readonly segments: readonly string[];
}

export interface DryRunPaths {
  readonly paths: readonly DryRunPath[];
  /** Whether these are all; if not, those that are meant. */
  readonly isWhole: boolean;
}

/** Which paths of a group take `dryRun`. Takes time in proportion to the length of the document. */
export function dryRunPathsOf({ document, group, segments }: DryRunPathsQuestion): DryRunPaths | Fault {
  try {
    const paths = dryRunsIn(parseJson(document, LIMITS));
    return mayBeKept(paths)
      ? { paths, isWhole: true }
      : { paths: paths.filter((path) => isOf(path, segments)), isWhole: false };
  } catch (cause) {
    if (!(cause instanceof KubeError)) throw cause;
    return new Fault('ERR_EFFECT_UNKNOWN', `what ${group} takes could not be read`, { cause });
  }
}
