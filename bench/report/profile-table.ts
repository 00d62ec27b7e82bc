// SPDX-License-Identifier: Apache-2.0

/** A CPU profile as V8 writes it: what was on top of the stack at each sample, and how long before the sample after it. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
  }[];
  /** Microseconds of the monotonic clock. */
  readonly startTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** A time of the monotonic clock, in microseconds, as profiles of other processes of the machine have it. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export function monotonicMicros(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}

/** Part of the time, from 0 to 1, that was spent in a module itself, not in what it calls. */
export interface SelfTime {
  readonly module: string;
  readonly share: number;
}

const SOURCE = /\/(packages\/[^/]+|apps\/[^/]+)\/src\/(?:([^/]+)\/)?[^/]+$/;
const DEPENDENCY = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//;

/** `apps/gateway/log`, `packages/kube`, `zod`, `node:internal/http2`, or what V8 names that has no source. */
function moduleOf({ functionName, url }: CpuProfile['nodes'][number]['callFrame']): string {
  if (url === '') return functionName.startsWith('(') ? functionName : `(native) ${functionName}`;
  if (url.startsWith('node:')) return url.split('/').slice(0, 2).join('/');
  const [, workspace, folder] = SOURCE.exec(url) ?? [];
  if (workspace !== undefined) return folder === undefined ? workspace : `${workspace}/${folder}`;
  return DEPENDENCY.exec(url)?.[1] ?? url;
}

/** Where the time went within the spans, idle time apart, most first; what is below `least` is summed up last. */
export function selfTimes(profile: CpuProfile, spans: readonly Span[], least = 0.01): SelfTime[] {
  const modules = new Map(profile.nodes.map(({ id, callFrame }) => [id, moduleOf(callFrame)]));
  const spent = new Map<string, number>();
  let at = profile.startTime;
  let whole = 0;
  profile.samples.forEach((node, index) => {
    const delta = profile.timeDeltas[index] ?? 0;
    at += delta;
    const module = modules.get(node) ?? '(unknown)';
    if (module === '(idle)' || !spans.some(({ from, to }) => from <= at && at < to)) return;
    spent.set(module, (spent.get(module) ?? 0) + delta);
    whole += delta;
  });
  const all = [...spent].map(([module, micros]) => ({ module, share: micros / whole }));
  const named = all.filter(({ share }) => share >= least).sort((one, other) => other.share - one.share);
  const rest = 1 - named.reduce((sum, { share }) => sum + share, 0);
  return whole === 0 ? [] : [...named, { module: `(${all.length - named.length} more)`, share: rest }];
}

/** The table as text. */
export function formatSelfTimes(times: readonly SelfTime[]): string {
  const lines = times.map(({ module, share }) => `  ${(100 * share).toFixed(1).padStart(5)} %  ${module}`);
  return ['Where the time of the gateway goes, by module, without what it calls', ...lines, ''].join('\n');
}
