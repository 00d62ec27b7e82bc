// SPDX-License-Identifier: Apache-2.0
// JSON as a text that need not be JSON: keys may stand twice, and leaves are whatever bytes they are.
import type { Random } from '../random.ts';

/** An object, in whose members a key may stand twice; a list; or the raw text of anything else. */
export type JsonNode =
  | { readonly members: readonly (readonly [rawKey: string, value: JsonNode])[] }
  | { readonly items: readonly JsonNode[] }
  | string;

export function treeOf(value: unknown): JsonNode {
  if (Array.isArray(value)) return { items: value.map(treeOf) };
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return { members: Object.entries(value).map(([key, member]) => [JSON.stringify(key), treeOf(member)] as const) };
}

export function textOf(node: JsonNode): string {
  if (typeof node === 'string') return node;
  if ('items' in node) return `[${node.items.map(textOf).join(',')}]`;
  return `{${node.members.map(([key, value]) => `${key}:${textOf(value)}`).join(',')}}`;
}

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

/** Leaves that parsers differ on: numbers past 2^53, texts that are none in UTF-8 or UTF-16, depth. */
const LEAVES: readonly string[] = [
  ...['9007199254740993', '-9007199254740993', '18446744073709551615', '1e999', '-0', '0.1', '1.0', '1E2', '01', '.5'],
  ...[
    '0x10',
    'NaN',
    'Infinity',
    '+1',
    '1e-400',
    '123456789012345678901234567890',
    'true',
    'null',
    '0',
    '""',
    '{}',
    '[]',
  ],
  ...[
    '"\\ud800"',
    '"\\ud83d\\ude00"',
    '"\\u0000"',
    '"\\u2028"',
    '"\xff"',
    '"\xc0\xaf"',
    '"\xed\xa0\x80"',
    '"\xc3\xa9"',
  ],
  ...['"\\/"', '"\\x41"', '"\t"', "'x'", '"9007199254740993"', '{"a":1,"a":2}', '{"a":1,"A":2}', 'undefined'],
  ...[40, 200, 255, 257, 1_200].map(nested),
];

/** Members that rules look at, and ones that no type has. */
const MEMBERS: readonly (readonly [rawKey: string, text: string])[] = [
  ['"image"', '"example.invalid/x"'],
  ['"hostPID"', 'true'],
  ['"serviceAccountName"', '"admin"'],
  ['"secretName"', '"database"'],
  ['"containers"', '[{"name":"c","image":"y","securityContext":{"privileged":true}}]'],
  ['"\\u0069mage"', '"escaped"'],
  ['"Image"', '"upper"'],
  ['"kind"', '"Secret"'],
  ['"KIND"', '"Secret"'],
  ['"apiVersion"', '"v2"'],
  ['"metadata"', '{"name":"other"}'],
  ['"labels"', '{"a":"b"}'],
  ['"namespace"', '"kube-system"'],
  ['"__proto__"', '{"image":"proto"}'],
  ['"constructor"', '1'],
  ['""', '1'],
  ['"zzz"', '9007199254740993'],
  ['"\xff"', '1'],
  ['"\\ud800"', '1'],
  ['"a\\u0000b"', '1'],
  ['zzz', '1'],
];

type Change = (node: JsonNode, random: Random) => JsonNode;

function withMember(node: JsonNode, random: Random): JsonNode {
  if (typeof node === 'string' || 'items' in node) return random.pick(LEAVES);
  const member = random.pick(MEMBERS);
  return { members: random.below(2) === 0 ? [...node.members, member] : [member, ...node.members] };
}

/** A member again: the same, another value, or its key in another case or spelling. */
function memberAgain(node: JsonNode, random: Random): JsonNode {
  if (typeof node === 'string') return random.pick(LEAVES);
  if ('items' in node) return { items: [...node.items, ...node.items] };
  const [key, value] = node.members[random.below(node.members.length)] ?? ['"a"', '1'];
  const keys = [key, key, key.toUpperCase(), `"\\u00${key.charCodeAt(1).toString(16)}${key.slice(2)}`];
  const again = [random.pick(keys), random.below(2) === 0 ? value : random.pick(LEAVES)] as const;
  return { members: random.below(2) === 0 ? [...node.members, again] : [again, ...node.members] };
}

const CHANGES: readonly Change[] = [withMember, withMember, memberAgain, (_node, random) => random.pick(LEAVES)];

/** The tree with one change somewhere in it. */
export function changedTree(node: JsonNode, random: Random): JsonNode {
  const inner = typeof node === 'string' ? 0 : 'items' in node ? node.items.length : node.members.length;
  if (typeof node === 'string' || inner === 0 || random.below(4) === 0) return random.pick(CHANGES)(node, random);
  const at = random.below(inner);
  if ('items' in node) return { items: node.items.map((item, i) => (i === at ? changedTree(item, random) : item)) };
  return {
    members: node.members.map(([key, value], i) => (i === at ? [key, changedTree(value, random)] : [key, value])),
  };
}
