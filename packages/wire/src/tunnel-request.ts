// SPDX-License-Identifier: Apache-2.0
import { TUNNEL_LIMITS } from './tunnel.ts';

/** Header lines in order, names in lower case; a name may repeat. */
export type TunnelHeaderLines = readonly (readonly [name: string, value: string])[];

/** A request as it crosses the tunnel, judged again on the connector's side. */
export interface TunnelRequestHead {
  readonly method: string;
  readonly target: string;
  readonly headers: TunnelHeaderLines;
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);

const SINGLE: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'audit-id',
  'content-length',
  'content-type',
  'if-modified-since',
  'if-none-match',
  'impersonate-uid',
  'impersonate-user',
  'kubectl-command',
  'kubectl-session',
  'traceparent',
  'tracestate',
  'user-agent',
]);
const REPEATED: ReadonlySet<string> = new Set(['impersonate-group']);
const UPGRADE_ONLY: ReadonlySet<string> = new Set([
  'sec-websocket-extensions',
  'sec-websocket-key',
  'sec-websocket-protocol',
  'sec-websocket-version',
  'x-stream-protocol-version',
]);
const EXTRA = /^impersonate-extra-[!#$%&'*+\-.^_`|~0-9a-z]+$/;

/** What a gateway may ask for as the connector itself: facts about the cluster that belong to no agent. */
const OWN_TARGETS: ReadonlySet<string> = new Set([
  '/.well-known/openid-configuration',
  '/openid/v1/jwks',
  '/readyz',
  '/version',
]);

const PLAIN_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const PLAIN_TARGET = /^\/[\x21\x22\x24-\x5b\x5d-\x7e]*$/;
/** What RFC 9113 §6.5.2 counts for a field beside its name and value. */
const FIELD_OVERHEAD_BYTES = 32;
/** Room for the pseudo-headers beside the target, and for what the tunnel adds. */
const HEAD_RESERVE_BYTES = 4 * 1024;
const DOT_SEGMENT = /^(?:\.|%2e){1,2}$/i;

/**
 * What is wrong with a request that is about to cross the tunnel, in words without its values, or undefined when it may
 * go. Gateway and connector both ask, so neither trusts the other's headers: exact names only, no credential, an
 * impersonated user in every request but a GET of `OWN_TARGETS`, nobody of `system:`, a target without other readings,
 * and a size that can't break the tunnel for all who share it.
 */
export function tunnelRequestProblem(head: TunnelRequestHead, kind: 'request' | 'upgrade'): string | undefined {
  if (!METHODS.has(head.method)) return 'method';
  return targetProblem(head.target) ?? headersProblem(head.headers, kind) ?? identityProblem(head) ?? sizeProblem(head);
}

function sizeProblem({ target, headers }: TunnelRequestHead): string | undefined {
  let bytes = target.length + HEAD_RESERVE_BYTES;
  let longest = target.length;
  for (const [name, value] of headers) {
    bytes += name.length + value.length + FIELD_OVERHEAD_BYTES;
    longest = Math.max(longest, value.length);
  }
  return longest > TUNNEL_LIMITS.maxFieldBytes || bytes > TUNNEL_LIMITS.maxHeaderListBytes ? 'size' : undefined;
}

function targetProblem(target: string): string | undefined {
  if (!PLAIN_TARGET.test(target)) return 'target';
  const path = target.split('?', 1)[0] ?? '';
  const segments = path.slice(1).split('/');
  const inner = segments.at(-1) === '' ? segments.slice(0, -1) : segments;
  return inner.some((segment) => segment === '' || DOT_SEGMENT.test(segment)) ? 'target' : undefined;
}

function headersProblem(headers: TunnelHeaderLines, kind: 'request' | 'upgrade'): string | undefined {
  const seen = new Set<string>();
  for (const [name, value] of headers) {
    const repeats = REPEATED.has(name) || EXTRA.test(name) || (kind === 'upgrade' && UPGRADE_ONLY.has(name));
    if (!repeats && !SINGLE.has(name)) return `header ${printable(name)}`;
    if (!repeats && seen.has(name)) return `repeated header ${name}`;
    if (!PLAIN_VALUE.test(value)) return `value of header ${name}`;
    if (name === 'sec-websocket-protocol' && value.includes('bearer.authorization')) return `value of header ${name}`;
    seen.add(name);
  }
  return undefined;
}

function identityProblem({ method, target, headers }: TunnelRequestHead): string | undefined {
  let impersonates = false;
  for (const [name, value] of headers) {
    if (!name.startsWith('impersonate-')) continue;
    impersonates = true;
    const who = name === 'impersonate-user' || name === 'impersonate-group';
    if (who && (value.trim() === '' || value.trim().toLowerCase().startsWith('system:')))
      return `value of header ${name}`;
  }
  if (headers.some(([name]) => name === 'impersonate-user')) return undefined;
  return !impersonates && method === 'GET' && OWN_TARGETS.has(target) ? undefined : 'missing impersonated user';
}

function printable(name: string): string {
  return /^[!-~]{1,64}$/.test(name) ? name : '(unprintable)';
}

const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * The header lines of an answer that may cross the tunnel, from Node's flat list of names and values: without
 * pseudo-headers, those that concern one connection only, and names that belong to the tunnel itself.
 */
export function responseHeaderLines(raw: readonly string[]): [name: string, value: string][] {
  const lines: [string, string][] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = (raw[i] ?? '').toLowerCase();
    if (!name.startsWith(':') && !name.startsWith('countersign-') && !HOP_BY_HOP.has(name)) {
      lines.push([name, raw[i + 1] ?? '']);
    }
  }
  return lines;
}
