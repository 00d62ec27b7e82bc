// SPDX-License-Identifier: Apache-2.0
import { isJsonArray, isJsonObject, type JsonValue, jsonAt, KubeError, parseJson, type Write } from '@countersign/kube';
import type { Decided } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { askAsAgent, type QuestionParts } from '../own-question.ts';

/** Groups that kube-apiserver serves itself: of these a dry run is one. */
const ownGroups = new Set([
  '',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'apps',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'flowcontrol.apiserver.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'resource.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
]);

/** More than any object: schemas of a whole group, which are read for one word. */
const LIMITS = { maxBytes: 8 * 1024 * 1024, maxValues: 1_000_000 };

/** One path of an OpenAPI document, in parts, and which methods of it take `dryRun`. */
interface DryRunPath {
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

/** What is said of a group is asked again after a minute; of so many groups, and so much of each. */
const KEPT_MS = 60_000;
const MAX_GROUPS = 64;
const MAX_KEPT_PARTS = 16_384;
const MAX_KEPT_CHARACTERS = 262_144;

interface Kept {
  readonly paths: readonly DryRunPath[];
  readonly untilMs: number;
}

/** What groups of clusters say of dry runs, for a while: to read it takes longer than all else of an effect. */
export class KnownDryRuns {
  readonly #kept = new Map<string, Kept>();
  readonly #nowMs: () => number;

  /** `nowMs` is of a clock that never goes back. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  get(key: string): readonly DryRunPath[] | undefined {
    const kept = this.#kept.get(key);
    return kept && this.#nowMs() < kept.untilMs ? kept.paths : undefined;
  }

  keep(key: string, paths: readonly DryRunPath[]): void {
    this.#kept.delete(key);
    const parts = paths.flatMap((path) => path.parts);
    const characters = parts.reduce((sum, part) => sum + part.length, 0);
    if (parts.length > MAX_KEPT_PARTS || characters > MAX_KEPT_CHARACTERS) return;
    this.#kept.set(key, { paths, untilMs: this.#nowMs() + KEPT_MS });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_GROUPS && oldest !== undefined) this.#kept.delete(oldest);
  }
}

function unknown(why: string, cause?: unknown): Fault {
  return new Fault('ERR_EFFECT_UNKNOWN', why, { cause });
}

/**
 * Makes sure that a write that is asked for as a dry run is not carried out: an aggregated API server may know nothing of dry
 * runs, and does the write then. Those that do say so in their OpenAPI, as the API server does for custom resources.
 * @throws Fault, TunnelError, LogError
 */
export async function honoursDryRun(
  exchange: Decided,
  { request }: Write,
  parts: QuestionParts,
  known: KnownDryRuns,
): Promise<Fault | undefined> {
  const { group, version } = request;
  if (ownGroups.has(group)) return undefined;
  const key = JSON.stringify([exchange.cluster, group, version]);
  const kept = known.get(key);
  const paths = kept ?? (await askedPaths(exchange, request, parts));
  if (paths instanceof Fault) return paths;
  if (kept === undefined) known.keep(key, paths);
  return takesDryRun(paths, request) ? undefined : unknown(`the API of ${group} does not say that it knows dry runs`);
}

async function askedPaths(
  exchange: Decided,
  { group, version }: Write['request'],
  parts: QuestionParts,
): Promise<readonly DryRunPath[] | Fault> {
  const target = `/openapi/v3/apis/${encodeURIComponent(group)}/${encodeURIComponent(version)}`;
  const question = { purpose: 'discovery', target, accept: 'application/json' } as const;
  const { status, bytes } = await askAsAgent(exchange, question, parts);
  if (status !== 200) return unknown(`the API server answered ${status} for what ${group} takes`);
  try {
    return dryRunsIn(parseJson(bytes, LIMITS));
  } catch (cause) {
    if (!(cause instanceof KubeError)) throw cause;
    return unknown(`what ${group} takes could not be read`, cause);
  }
}
