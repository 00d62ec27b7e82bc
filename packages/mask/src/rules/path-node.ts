// SPDX-License-Identifier: Apache-2.0
import type { TokenClass } from '../token/token.ts';
import { MemberIndex } from './member-index.ts';

/** Facts of an object that its tokens and safe texts need; read on the way through. */
export type Fact = 'namespace' | 'name' | 'uid' | 'reason' | 'code' | 'details-name' | 'details-kind';

/**
 * What becomes of a scalar at a leaf.
 *
 * Masked whole, whatever it is:
 * - `base64`: a token as base64; the value stands for its decoded bytes.
 * - `text`: a token as text.
 * - `embedded-json`: the same table is applied to the JSON inside; a text that is no JSON object is masked whole.
 * - `cell`: like `scan` in a column known to show no values, else masked whole.
 *
 * Looked into, where it is a string; credentials that detectors find are masked, and values that another rule masks in
 * the same unit or that were learned:
 * - `scan`: nothing else.
 * - `free`: in custom resources, where a string can be a file of configuration.
 * - `annotation`: likewise; in Secrets a copy of the Secret is read by the same table. Under the name of a secret, masked
 *   whole.
 * - `pair`: masked whole where the name beside it is that of a secret (`{"name":"DB_PASSWORD","value":"…"}`).
 * - `argument`: an element of a command line: what stands behind a secret's flag is masked, in the same or the next one.
 * - `config`: a file of configuration, by the name of its member. Under the name of a secret, masked whole.
 * - `binary`: base64, looked into decoded.
 * - `any-cell`: in a column with the name of a secret, masked whole.
 * - `several`: under a plural, masked whole if it is more than a word and no object's name. Numbers stay.
 * - `several-pair`: likewise, and whatever it is where the name beside it is that of a secret.
 * - `error`: also the values of secret fields that an error of validation quotes.
 * - `cause`: likewise, of the field that stands beside it.
 * - `cause-field`: also the field that belongs to the error beside it.
 * - `scanned-name`: also the name that belongs to the value beside it, where names can be anything.
 *
 * Masked whole unless it plainly is no value (empty, `true`, the path of a file, a placeholder):
 * - `named`: under the name of a secret. Numbers are masked too.
 * - `named-pair`: likewise; numbers of few digits also where the name beside it is that of a secret.
 *
 * Left alone:
 * - `plain`: scalars stay.
 * - `fact`: scalars stay and are remembered for the object's identity.
 * - `column`: the name of a Table column, remembered with its position.
 * - `name`: the name that belongs to the value beside it.
 *
 * Replaced:
 * - `status-text`, `cause-text`: by a text made of the Status's own reason and name, or by a fixed one, unless this is a
 *   plain read's error.
 */
export type Treatment =
  | 'base64'
  | 'text'
  | 'embedded-json'
  | 'cell'
  | 'scan'
  | 'free'
  | 'annotation'
  | 'pair'
  | 'argument'
  | 'config'
  | 'binary'
  | 'any-cell'
  | 'several'
  | 'several-pair'
  | 'error'
  | 'cause'
  | 'cause-field'
  | 'scanned-name'
  | 'named'
  | 'named-pair'
  | 'plain'
  | 'fact'
  | 'column'
  | 'name'
  | 'status-text'
  | 'cause-text';

/** What a treatment wants of a walk: `mask` and `look` are told of a string, `look` only if something may stand in it. */
export type Demand = 'mask' | 'look' | 'learn' | 'nothing';

const DEMANDS: Readonly<Record<Treatment, Demand>> = {
  base64: 'mask',
  text: 'mask',
  'embedded-json': 'mask',
  cell: 'mask',
  named: 'mask',
  'status-text': 'mask',
  'cause-text': 'mask',
  binary: 'mask',
  scan: 'look',
  free: 'look',
  annotation: 'look',
  pair: 'look',
  argument: 'look',
  config: 'look',
  'any-cell': 'look',
  several: 'look',
  'several-pair': 'look',
  'named-pair': 'look',
  error: 'look',
  cause: 'look',
  'cause-field': 'look',
  'scanned-name': 'look',
  fact: 'learn',
  column: 'learn',
  name: 'learn',
  plain: 'nothing',
};

export interface LeafNode {
  readonly treatment: Treatment;
  readonly demand: Demand;
  /** What `counts()` and the records call this rule. */
  readonly rule: string;
  readonly tokenClass: TokenClass;
  readonly fact?: Fact;
}

/** What to do with the members of a JSON object. */
export interface ObjectRules {
  readonly members: MemberIndex<PathNode>;
  /** For members that are not named. */
  others: PathNode;
  /** For members that are not named, by what their names say; undefined: names say nothing here. */
  secrets: SecretMembers | undefined;
  /** Below the name of a secret, for members whose names say that they are about it; undefined: nowhere else. */
  readonly about: PathNode | undefined;
  /** Whether a new object identity (namespace, name, uid) begins here. */
  readonly beginsObject: boolean;
  /** How many members may name the value of a pair: `name` alone, or `ANY_NAMES`. */
  readonly pairNames: number;
  /** What members are by their names, where those of pairs can be anything. */
  pairs: PairMembers | undefined;
  /** For member names that carry values, as those of managedFields do: all members are such objects again. */
  readonly keysRule: KeysRule | undefined;
  /** Whether it may be the manifest of a Secret, if its `kind` says so, whose values are masked whatever their names. */
  readonly mayBeManifest: boolean;
}

/** What to do with members whose names speak of secrets. */
export interface SecretMembers {
  /** Under the name of a secret. */
  readonly one: PathNode;
  /** Under a plural. */
  readonly several: PathNode;
  /** Under a plural that names a secret as well, as `credentials` does. */
  readonly either: PathNode;
}

/** What to do with the names and the values of pairs, whatever those are called. */
export interface PairMembers {
  readonly name: PathNode;
  readonly value: PathNode;
}

/** In custom resources, whose members can have any name, so many may be the name of a pair. */
export const ANY_NAMES: number = Number.POSITIVE_INFINITY;

/** What to do with member names that carry a value. */
export interface KeysRule {
  readonly leaf: LeafNode;
  /** Whether `k:{…}` is concerned, what tells elements of a list apart, or `v:…` alone, an element of a set. */
  readonly listKeys: boolean;
  /** The rule below the name of a secret, or of several. */
  readonly below: LeafNode | undefined;
}

/** What to do with the elements of a JSON array. */
export interface ArrayRules {
  elements: PathNode;
  /** Whether elements are units: at the top of an answer each is let go as soon as it is complete. */
  readonly unitElements: boolean;
  /** Whether this array starts a new set of Table columns. */
  readonly beginsColumns: boolean;
}

/**
 * One node of a path table: what to do with the value that stands here, whatever it is. An object or array for which
 * there are no rules is taken as a scalar: it stays where the leaf lets scalars stay only if `leaf` is undefined, and is
 * masked whole, as malformed, under any other leaf.
 */
export interface PathNode {
  /** Undefined: everything that nothing below speaks of stays. */
  leaf: LeafNode | undefined;
  object: ObjectRules | undefined;
  array: ArrayRules | undefined;
}

/** Leaves everything below untouched. */
export const keep: PathNode = { leaf: undefined, object: undefined, array: undefined };

/** A leaf's rule. */
export function rule(treatment: Treatment, name: string, tokenClass: TokenClass, fact?: Fact): LeafNode {
  const node = { treatment, demand: DEMANDS[treatment], rule: name, tokenClass } as const;
  return fact === undefined ? node : { ...node, fact };
}

/** A place for scalars. */
export function leaf(treatment: Treatment, name: string, tokenClass: TokenClass, fact?: Fact): PathNode {
  return { leaf: rule(treatment, name, tokenClass, fact), object: undefined, array: undefined };
}

const unknown = rule('text', 'unknown-field', 'field');

/** What stands where the API has no field: a masked token, under a rule name that shows up in the counts. */
export const unknownField: PathNode = { leaf: unknown, object: undefined, array: undefined };

export const plain: PathNode = leaf('plain', 'unknown-field', 'field');

interface ObjectOptions extends Partial<Omit<ObjectRules, 'members'>> {
  /** Takes the place of a value that is neither object nor null. */
  readonly malformed?: LeafNode;
}

/** Whether the name of a value stands beside it. */
export function isOfPair({ treatment }: LeafNode): boolean {
  return treatment === 'pair' || treatment === 'named-pair' || treatment === 'several-pair';
}

export function objectRules(options: Omit<ObjectOptions, 'malformed'> = {}): ObjectRules {
  return {
    members: new MemberIndex(),
    others: options.others ?? unknownField,
    secrets: options.secrets,
    about: options.about,
    beginsObject: options.beginsObject ?? false,
    pairNames: options.pairNames ?? 0,
    pairs: options.pairs,
    keysRule: options.keysRule,
    mayBeManifest: options.mayBeManifest ?? false,
  };
}

/** A place for one JSON object, an allow-list of members by construction: `withMembers` names them. */
export function record({ malformed = unknown, ...options }: ObjectOptions = {}): PathNode & { object: ObjectRules } {
  return { leaf: malformed, object: objectRules(options), array: undefined };
}

/** A record whose members are such records again, at any depth, with the given rule for their names. */
export function recordOfItself(keysRule: KeysRule): PathNode {
  const node = record({ keysRule });
  node.object.others = node;
  return node;
}

/** Names members of an object; returns its node. */
export function withMembers<N extends PathNode & { object: ObjectRules }>(
  node: N,
  members: Readonly<Record<string, PathNode>>,
): N {
  for (const [name, member] of Object.entries(members)) node.object.members.set(name, member);
  return node;
}

/** A record in which every member gets the same treatment. */
export function mapOf(values: PathNode): PathNode {
  return record(values.leaf === undefined ? { others: values } : { others: values, malformed: values.leaf });
}

/** A place for one JSON array. */
export function listOf(elements: PathNode, options: { units?: boolean; columns?: boolean } = {}): PathNode {
  return { leaf: unknown, object: undefined, array: arrayOf(elements, options) };
}

export function arrayOf(elements: PathNode, options: { units?: boolean; columns?: boolean } = {}): ArrayRules {
  return { elements, unitElements: options.units ?? false, beginsColumns: options.columns ?? false };
}
