// SPDX-License-Identifier: Apache-2.0
import type { StdinRecording } from './decision.ts';
import type { ParsedPolicy } from './engine.ts';

/** What the annotations of one rule say. */
export interface Annotations {
  readonly id: string | undefined;
  readonly reason: string | undefined;
  readonly reveal: boolean;
  /** Of an exec or attach: whether what is typed into it is recorded; undefined where it is as configured. */
  readonly stdin: StdinRecording | undefined;
  readonly approval:
    | {
        readonly group: string;
        readonly quorum: number;
        readonly ttlSeconds: number | undefined;
        /** Whether the agent's owner may countersign, as any other member of the group. */
        readonly ownerMay: boolean;
      }
    | undefined;
}

type Found = ReadonlyMap<string, string>;

const known = new Set(['id', 'reason', 'reveal', 'stdin', 'approval', 'quorum', 'ttl', 'owner']);
const OWNER_MAY = 'may-approve';
const idPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const secondsPerUnit: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };
const maxTtlSeconds = 24 * 3600;
const maxReasonCharacters = 500;
const maxGroupCharacters = 128;
// biome-ignore lint/suspicious/noControlCharactersInRegex: a reason is printed on terminals
const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/**
 * Reads `@id("a-z.0-9")`, `@reason("…")`, on a permit `@reveal` and `@stdin("unrecorded")` or
 * `@stdin("recorded")`, on a forbid `@approval("group")` with
 * `@quorum("1…9")` (default 1), `@ttl("15m")` (s, m or h; at most 24h) and `@owner("may-approve")`. Anything else is a
 * problem: a misspelt annotation must not turn into a rule that says something different.
 */
export function parseAnnotations(policy: ParsedPolicy): {
  readonly annotations: Annotations;
  readonly problems: readonly string[];
} {
  const found = policy.annotations;
  const problems: string[] = [];
  for (const name of found.keys()) {
    if (!known.has(name))
      problems.push(`unknown annotation @${name}; known: ${[...known].map((k) => `@${k}`).join(', ')}`);
  }
  const annotations = {
    id: parseId(found, problems),
    reason: parseReason(found, problems),
    reveal: parseReveal(policy, problems),
    stdin: parseStdin(policy, problems),
    approval: parseApproval(policy, problems),
  };
  return { annotations, problems };
}

function parseId(found: Found, problems: string[]): string | undefined {
  const id = found.get('id');
  if (id !== undefined && !idPattern.test(id)) {
    problems.push('@id is 1 to 128 letters, digits, ".", "_" and "-", and starts with a letter or digit');
  }
  return id;
}

function parseReason(found: Found, problems: string[]): string | undefined {
  const reason = found.get('reason');
  if (reason === undefined) return undefined;
  if (reason.trim() === '' || reason.length > maxReasonCharacters || control.test(reason)) {
    problems.push(`@reason is one line of 1 to ${maxReasonCharacters} characters`);
  }
  return reason;
}

function parseReveal({ annotations, effect }: ParsedPolicy, problems: string[]): boolean {
  const reveal = annotations.get('reveal');
  if (reveal === undefined) return false;
  if (effect !== 'permit') problems.push('@reveal stands on a permit only');
  if (reveal !== '') problems.push('@reveal takes no value');
  return true;
}

function parseStdin({ annotations, effect }: ParsedPolicy, problems: string[]): StdinRecording | undefined {
  const stdin = annotations.get('stdin');
  if (stdin === undefined) return undefined;
  if (effect !== 'permit') problems.push('@stdin stands on a permit only');
  if (stdin === 'recorded' || stdin === 'unrecorded') return stdin;
  problems.push('@stdin says "recorded" or "unrecorded"');
  return undefined;
}

function parseApproval({ annotations, effect }: ParsedPolicy, problems: string[]): Annotations['approval'] {
  const group = annotations.get('approval');
  const quorum = parseQuorum(annotations.get('quorum'), problems);
  const ttlSeconds = parseTtl(annotations.get('ttl'), problems);
  const ownerMay = parseOwner(annotations.get('owner'), problems);
  if (group === undefined) {
    if (['quorum', 'ttl', 'owner'].some((name) => annotations.has(name)))
      problems.push('@quorum, @ttl and @owner refine an @approval; there is none');
    return undefined;
  }
  if (effect !== 'forbid') problems.push('@approval stands on a forbid only');
  if (group.trim() !== group || group === '' || group.length > maxGroupCharacters || control.test(group)) {
    problems.push('@approval names the group that countersigns, as in @approval("operators")');
  }
  return { group, quorum, ttlSeconds, ownerMay };
}

function parseOwner(text: string | undefined, problems: string[]): boolean {
  if (text !== undefined && text !== OWNER_MAY) problems.push(`@owner says "${OWNER_MAY}", or is left out`);
  return text === OWNER_MAY;
}

function parseQuorum(text: string | undefined, problems: string[]): number {
  if (text === undefined) return 1;
  if (!/^[1-9]$/.test(text)) problems.push('@quorum is a number from "1" to "9"');
  return Number(text);
}

function parseTtl(text: string | undefined, problems: string[]): number | undefined {
  if (text === undefined) return undefined;
  const [, digits, unit] = /^([1-9][0-9]{0,4})([smh])$/.exec(text) ?? [];
  const seconds = Number(digits) * (secondsPerUnit[unit ?? ''] ?? Number.NaN);
  if (!(seconds <= maxTtlSeconds)) problems.push('@ttl is a duration such as "30s", "15m" or "2h", at most "24h"');
  return seconds;
}
