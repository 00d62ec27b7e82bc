// SPDX-License-Identifier: Apache-2.0
import type { Write } from '@countersign/kube';
import { askerOf } from '../apart/asker-of.ts';
import type { Decided } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { askAsAgent } from '../own-question.ts';
import type { EffectParts } from './ask-dry-run.ts';
import { type DryRunPath, type DryRunPaths, mayBeKept, takesDryRun } from './dry-run-paths.ts';

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

/** What is said of a group is asked again after a minute; of so many groups. */
const KEPT_MS = 60_000;
const MAX_GROUPS = 64;

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
    if (!mayBeKept(paths)) return;
    this.#kept.set(key, { paths, untilMs: this.#nowMs() + KEPT_MS });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_GROUPS && oldest !== undefined) this.#kept.delete(oldest);
  }
}

export interface DryRunParts extends EffectParts {
  /** Shared by all that ask for dry runs. */
  readonly dryRuns: KnownDryRuns;
}

function unknown(why: string): Fault {
  return new Fault('ERR_EFFECT_UNKNOWN', why);
}

/**
 * Makes sure that a write that is asked for as a dry run is not carried out: an aggregated API server may know nothing of dry
 * runs, and does the write then. Those that do say so in their OpenAPI, as the API server does for custom resources.
 * @throws Fault, TunnelError, LogError
 */
export async function honoursDryRun(
  exchange: Decided,
  { request }: Pick<Write, 'request'>,
  parts: DryRunParts,
): Promise<Fault | undefined> {
  const { group, version } = request;
  if (ownGroups.has(group)) return undefined;
  const key = JSON.stringify([exchange.cluster, group, version]);
  const kept = parts.dryRuns.get(key);
  const asked = kept ? { paths: kept, isWhole: false } : await askedPaths(exchange, request, parts);
  if (asked instanceof Fault) return asked;
  const { paths, isWhole } = asked;
  if (isWhole) parts.dryRuns.keep(key, paths);
  return takesDryRun(paths, request) ? undefined : unknown(`the API of ${group} does not say that it knows dry runs`);
}

async function askedPaths(
  exchange: Decided,
  { group, version, segments }: Write['request'],
  parts: EffectParts,
): Promise<DryRunPaths | Fault> {
  const target = `/openapi/v3/apis/${encodeURIComponent(group)}/${encodeURIComponent(version)}`;
  const question = { purpose: 'discovery', target, accept: 'application/json' } as const;
  const { status, bytes } = await askAsAgent(exchange, question, parts);
  if (status !== 200) return unknown(`the API server answered ${status} for what ${group} takes`);
  return parts.effects.find('dry-run-paths', { document: bytes, group, segments }, askerOf(exchange));
}
