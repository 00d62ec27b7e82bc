// SPDX-License-Identifier: Apache-2.0
import type { TokenClass } from '../token/token.ts';
import { MemberIndex } from './member-index.ts';

/** Facts of an object that its tokens and safe texts need; read on the way through. */
export type Fact = 'namespace' | 'name' | 'uid' | 'reason' | 'code' | 'details-name' | 'details-kind';

/**
 * What becomes of a value at a leaf. Each treatment is written for strings; any other value at a masking leaf, and an
 * object or array at any leaf, is malformed there and masked whole.
 * - `plain`: scalars stay.
 * - `fact`: scalars stay and are remembered for the object's identity.
 * - `column`: the name of a Table column, remembered with its position.
 * - `base64`: a token as base64; the value stands for its decoded bytes.
 * - `text`: a token as text.
 * - `embedded-json`: the same table is applied to the JSON inside; a text that is no JSON object is masked whole.
 * - `annotation`: like `embedded-json` if it is a JSON object in which the table finds a value (somebody's copy of a
 *   manifest), masked whole if it begins like an object and is none, else like `scan`.
 * - `scan`: masked if it contains a value that another rule masked in the same unit, or a learned one.
 * - `cell`: like `scan` in a column known to show no values, else masked whole.
 * - `status-text`, `cause-text`: replaced by a text made of the Status's own reason and name, or by a fixed one, unless
 *   this is a plain read's error.
 */
export type Treatment =
  | 'plain'
  | 'fact'
  | 'column'
  | 'base64'
  | 'text'
  | 'embedded-json'
  | 'annotation'
  | 'scan'
  | 'cell'
  | 'status-text'
  | 'cause-text';

/** Leaves everything below untouched. */
export interface KeepNode {
  readonly kind: 'keep';
}

export interface LeafNode {
  readonly kind: 'leaf';
  readonly treatment: Treatment;
  /** What `counts()` and the records call this rule. */
  readonly rule: string;
  readonly tokenClass: TokenClass;
  readonly fact?: Fact;
}

/** A JSON object. Members that no rule names go to `others`, so a table is an allow-list by construction. */
export interface RecordNode {
  readonly kind: 'record';
  readonly members: MemberIndex<PathNode>;
  readonly others: PathNode;
  /** Takes the place of a value that is neither object nor null. */
  readonly malformed: LeafNode;
  /** Whether a new object identity (namespace, name, uid) begins here. */
  readonly beginsObject: boolean;
  /** Masks member names that carry list keys or set values, as managedFields does (`k:{…}`, `v:…`). */
  readonly keysRule: LeafNode | undefined;
}

/** A JSON array. */
export interface ListNode {
  readonly kind: 'list';
  readonly elements: PathNode;
  readonly malformed: LeafNode;
  /** Whether elements are units: at the top of an answer each is let go as soon as it is complete. */
  readonly unitElements: boolean;
  /** Whether this array starts a new set of Table columns. */
  readonly beginsColumns: boolean;
}

/** One node of a path table: what to do with the value that stands here. */
export type PathNode = KeepNode | LeafNode | RecordNode | ListNode;

export const keep: KeepNode = { kind: 'keep' };

/** A leaf. The rule's name is also the token class unless one is given. */
export function leaf(treatment: Treatment, rule: string, tokenClass: TokenClass, fact?: Fact): LeafNode {
  const node = { kind: 'leaf', treatment, rule, tokenClass } as const;
  return fact === undefined ? node : { ...node, fact };
}

/** What stands where the API has no field: a masked token, under a rule name that shows up in the counts. */
export const unknownField: LeafNode = leaf('text', 'unknown-field', 'field');

export const plain: LeafNode = leaf('plain', 'unknown-field', 'field');

/** A record node whose members are added by `withMembers`, so that tables can refer to themselves. */
export function record(options: Partial<Omit<RecordNode, 'kind' | 'members'>> = {}): RecordNode {
  return {
    kind: 'record',
    members: new MemberIndex(),
    others: options.others ?? unknownField,
    malformed: options.malformed ?? unknownField,
    beginsObject: options.beginsObject ?? false,
    keysRule: options.keysRule,
  };
}

/** A record whose members are such records again, at any depth, with the given rule for their names. */
export function recordOfItself(keysRule: LeafNode): RecordNode {
  const node = { ...record({ keysRule }), others: unknownField as PathNode };
  node.others = node;
  return node;
}

/** Names members of a record; returns it. */
export function withMembers(node: RecordNode, members: Readonly<Record<string, PathNode>>): RecordNode {
  for (const [name, member] of Object.entries(members)) node.members.set(name, member);
  return node;
}

/** A record in which every member gets the same treatment. */
export function mapOf(values: LeafNode): RecordNode {
  return record({ others: values, malformed: values });
}

/** A list node. */
export function listOf(elements: PathNode, options: { units?: boolean; columns?: boolean } = {}): ListNode {
  return {
    kind: 'list',
    elements,
    malformed: unknownField,
    unitElements: options.units ?? false,
    beginsColumns: options.columns ?? false,
  };
}
