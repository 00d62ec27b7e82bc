// SPDX-License-Identifier: Apache-2.0
import { type JsonEvents, READ_ON } from '../json/json-events.ts';
import { unescapeJson } from '../json/json-string.ts';
import type { NameJudge } from '../rules/argument.ts';
import { isCredentialHeader } from '../rules/credential-header.ts';
import { isSecretField } from '../rules/field-path.ts';
import { isNameOfSecrets, unnamedNode } from '../rules/node-at.ts';
import { isOfPair, type KeysRule, type LeafNode, type PathNode } from '../rules/path-node.ts';
import { isAuthName } from '../text/secret-name.ts';
import { isCommandLine, isCommandName, namingOfArgument } from './command-line.ts';
import { isFollowed, leafBeyond, MAX_DEPTH } from './depth.ts';
import { leafOf, manifestMember } from './embedded-secret.ts';
import { AUTH_NAME, anyhow, type Finding, type Naming, SECRET_NAME, UNNAMED } from './finding.ts';
import { Frame } from './frame.ts';
import { RepeatedTrees } from './repeated-trees.ts';
import { Scope } from './scope.ts';
import { TableColumns } from './table-columns.ts';
import type { WalkHost, WalkOptions } from './walk-host.ts';

const NULL = 0x6e;
const NULL_TRUE_FALSE: readonly (number | undefined)[] = [NULL, 0x74, 0x66];
const KEY = 0x6b;
const FIELD = 0x66;
const VALUE = 0x76;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

/** Follows a path table through a document and reports what rules concern. Holds one frame for each level of a rule. */
export class PathWalker implements JsonEvents {
  readonly #host: WalkHost;
  readonly #options: WalkOptions;
  readonly #isSecretName: NameJudge = (bytes, from, to) => this.#options.names.isSecret(bytes, from, to);
  readonly #frames: Frame[] = [];
  #depth = 0;
  /** The innermost frame. */
  #frame: Frame | undefined;
  /** Open levels below a value that is kept or masked as a whole. */
  #skipped = 0;
  #skippedFrom = 0;
  #skippedLeaf: LeafNode | undefined;
  /** While its objects are open, that of managed fields: they are all alike, and need no frames. */
  #owned: PathNode | undefined;
  #ownedLevels = 0;
  /** Whether the field of a managed field that was named last is secret; how many levels were open below its like. */
  #isOwnedSecret = false;
  #ownedSecretFrom = 0;
  /** Of what has no frames of its own: the outermost object or array that is skipped or owned. */
  readonly #outermost: Frame;
  /** What was read of the items before. */
  #repeated: RepeatedTrees | undefined;
  #next: PathNode;
  #keyStart = 0;
  #keyEnd = 0;
  #keyEscaped = false;
  #scope: Scope;
  readonly #columns: TableColumns;

  constructor(host: WalkHost, options: WalkOptions) {
    this.#host = host;
    this.#options = options;
    this.#next = options.table;
    this.#scope = options.within ?? new Scope(options.namespace);
    this.#outermost = new Frame(this.#scope);
    this.#columns = new TableColumns(options.harmlessColumns, options.names);
  }

  onKey(start: number, end: number, escaped: boolean): void {
    if (this.#skipped > 0) return;
    this.#keyStart = start;
    this.#keyEnd = end;
    this.#keyEscaped = escaped;
    const { bytes, base } = this.#host.source;
    // Of a managed field's key only the beginning counts, which is seldom what is escaped in it.
    const isPlain = !escaped || (this.#owned !== undefined && bytes[start - base] !== BACKSLASH);
    if (isPlain) this.#readKey(bytes, start - base, end - base);
    else {
      const key = this.#text(start, end, true);
      this.#readKey(key, 0, key.length);
    }
  }

  onOpen(isArray: boolean, at: number, limit: number, room: number): number {
    if (this.#skipped > 0) {
      this.#outermost.leave(this.#ownedLevels + this.#skipped++, true);
      return READ_ON;
    }
    if (this.#owned !== undefined && !isArray) {
      this.#outermost.leave(this.#ownedLevels++, true);
      if (this.#isOwnedSecret) this.#ownedSecretFrom ||= this.#ownedLevels;
      return READ_ON;
    }
    const node = this.#nodeOfValue();
    const end = this.#passRepeated(node, at, limit, room);
    if (end !== READ_ON) return end;
    const isEmbedded = this.#frame?.values !== undefined;
    if (!isArray && node.object?.keysRule !== undefined && !isEmbedded) {
      this.#owned = node;
      this.#ownedLevels = 1;
      this.#outermost.begin(node, at, this.#host.texts.count);
    } else if (isFollowed(node, isArray, this.#depth)) this.#enter(node, isArray, at);
    else this.#skip(leafBeyond(isEmbedded ? leafOf(node.leaf) : node.leaf, node, this.#depth), node, at);
    return READ_ON;
  }

  #skip(leaf: LeafNode | undefined, node: PathNode, at: number): void {
    if (this.#owned === undefined) this.#outermost.begin(node, at, this.#host.texts.count);
    else this.#outermost.leave(this.#ownedLevels, true);
    this.#skipped = 1;
    this.#skippedFrom = at;
    this.#skippedLeaf = leaf;
  }

  onClose(_isArray: boolean, end: number): void {
    if (this.#skipped > 1) {
      this.#skipped--;
      return;
    }
    if (this.#skipped === 1) {
      this.#skipped = 0;
      if (this.#skippedLeaf !== undefined) this.#report(this.#skippedLeaf, 'other', this.#skippedFrom, end, false);
      if (this.#owned === undefined) this.#leave(this.#outermost, end);
    } else if (this.#owned !== undefined) {
      this.#isOwnedSecret = false;
      if (--this.#ownedLevels < this.#ownedSecretFrom) this.#ownedSecretFrom = 0;
      if (this.#ownedLevels > 0) return;
      this.#owned = undefined;
      this.#leave(this.#outermost, end);
    } else if (this.#frame !== undefined) {
      const frame = this.#frame;
      this.#scope = frame.outerScope;
      this.#depth--;
      this.#frame = this.#frames[this.#depth - 1];
      this.#leave(frame, end);
    }
    if (this.#depth === 2) this.#elementEnd(end);
  }

  onString(start: number, end: number, escaped: boolean): void {
    if (this.#skipped > 0) return;
    const { leaf } = this.#nodeOfValue();
    const frame = this.#frame;
    if (frame?.isAtKind === true) frame.manifest.readKind(this.#text(start, end, escaped));
    if (frame?.values !== undefined) {
      this.#look(leafOf(leaf), start, end, escaped);
      return;
    }
    if (leaf === undefined || leaf.demand === 'nothing') return;
    if (leaf.demand === 'look' || leaf.treatment === 'named') this.#look(leaf, start, end, escaped);
    else if (leaf.demand === 'mask') {
      const naming = leaf.treatment === 'binary' ? this.#namingOfKey() : UNNAMED;
      this.#report(leaf, 'string', start - 1, end + 1, escaped, naming);
    } else this.#learn(leaf, start, end, escaped);
  }

  onScalar(start: number, end: number): void {
    if (this.#skipped > 0) return;
    const node = this.#nodeOfValue();
    const isEmbedded = this.#frame?.values !== undefined;
    const leaf = isEmbedded ? leafOf(node.leaf) : node.leaf;
    if (leaf === undefined || (leaf.demand === 'nothing' && !isEmbedded)) return;
    const { bytes, base } = this.#host.source;
    const first = bytes[start - base];
    if (first === NULL && (node.object !== undefined || node.array !== undefined)) return;
    if (leaf.demand === 'learn') this.#learn(leaf, start, end, false);
    else if (leaf.demand === 'look' || leaf.treatment === 'named') this.#lookAtScalar(leaf, start, end, first);
    else this.#report(leaf, first === NULL ? 'null' : 'other', start, end, false);
  }

  onDocument(end: number): void {
    this.#next = this.#options.table;
    this.#host.unitEnd(end);
  }

  #nodeOfValue(): PathNode {
    if (this.#owned !== undefined) return this.#owned;
    const frame = this.#frame;
    if (frame?.array === undefined) return this.#next;
    frame.count++;
    return frame.array.elements;
  }

  #readKey(bytes: Uint8Array, from: number, to: number): void {
    const keysRule = this.#owned?.object?.keysRule;
    if (keysRule !== undefined) {
      this.#checkKey(keysRule, bytes, from, to);
      return;
    }
    const rules = this.#frame?.object;
    if (rules === undefined) return;
    this.#next = rules.members.get(bytes, from, to) ?? unnamedNode(rules, bytes, from, to, this.#isSecretName);
    if (!rules.mayBeManifest) return;
    const isElement = this.#frames[this.#depth - 2]?.array !== undefined;
    this.#frame?.readMember(manifestMember(bytes, from, to), isElement ? this.#frames[this.#depth - 3] : undefined);
  }

  #checkKey({ leaf, listKeys, below }: KeysRule, key: Uint8Array, from: number, to: number): void {
    const kind = key[from];
    const [start, end] = [this.#keyStart, this.#keyEnd];
    if (below !== undefined)
      this.#isOwnedSecret = kind === FIELD && isNameOfSecrets(key, from + 2, to, this.#isSecretName);
    if (kind !== VALUE && (kind !== KEY || !listKeys)) return;
    const rule = this.#ownedSecretFrom > 0 ? (below ?? leaf) : leaf;
    // What is escaped in such a key are the quotes of its JSON, which are nothing to look for.
    const isConcern = rule.demand === 'mask' || this.#host.isOfConcern(rule, this.#scope, start, end, true);
    if (key[from + 1] === COLON && isConcern) this.#report(rule, 'key', start - 1, end + 1, this.#keyEscaped);
  }

  /** Where an object or array ends that was read before under the same rule. */
  #passRepeated(node: PathNode, at: number, limit: number, room: number): number {
    const frame = this.#frame;
    const isOfOthers = frame?.array?.unitElements === true || frame?.values !== undefined;
    if (this.#repeated === undefined || isCommandLine(node) || isOfOthers) return READ_ON;
    const tree = this.#repeated.find(this.#host, node, at, limit);
    if (tree === undefined || tree.levels > Math.min(room, MAX_DEPTH - this.#depth)) return READ_ON;
    tree.putTexts(this.#host, this.#scope, at);
    this.#frame?.leave(tree.levels, true);
    return at + tree.length;
  }

  #leave(frame: Frame, end: number): void {
    this.#frame?.leave(frame.levels, frame.isQuiet);
    if (frame.isQuiet) this.#repeated?.add(this.#host, frame, end);
  }

  /** What becomes of the object or array at hand is not for its bytes alone to say. */
  #disquiet(): void {
    if (this.#frame !== undefined) this.#frame.isQuiet = false;
    this.#outermost.isQuiet = false;
  }

  #enter(node: PathNode, isArray: boolean, at: number): void {
    const outer = this.#frame?.array === undefined ? undefined : this.#frame;
    const frame = this.#frames[this.#depth] ?? new Frame(this.#scope);
    this.#frames[this.#depth++] = frame;
    frame.keyStart = outer?.keyStart ?? this.#keyStart;
    frame.keyEnd = outer?.keyEnd ?? this.#keyEnd;
    frame.keyEscaped = outer?.keyEscaped ?? this.#keyEscaped;
    frame.open(isArray ? undefined : node.object, isArray ? node.array : undefined, this.#scope, this.#frame);
    frame.begin(node, at, this.#host.texts.count);
    this.#frame = frame;
    if (!isArray) {
      const begins = node.object?.beginsObject === true && this.#options.within === undefined;
      if (begins) this.#scope = new Scope(this.#options.namespace);
      return;
    }
    if (node.array?.beginsColumns === true) this.#columns.begin();
    if (this.#options.unitElements && this.#depth === 2 && node.array?.unitElements === true) {
      this.#host.unitEnd(at + 1);
    }
  }

  #elementEnd(end: number): void {
    if (!this.#options.unitElements || this.#frame?.array?.unitElements !== true) return;
    this.#repeated ??= new RepeatedTrees();
    this.#host.unitEnd(end);
  }

  #learn(leaf: LeafNode, start: number, end: number, escaped: boolean): void {
    if (leaf.treatment !== 'name') this.#disquiet();
    if (leaf.treatment === 'column') this.#columns.define(this.#position(1), this.#text(start, end, escaped));
    else if (leaf.treatment === 'name') this.#readName(start, end, escaped);
    else if (leaf.fact !== undefined && this.#options.within === undefined) {
      this.#scope.remember(leaf.fact, this.#text(start, end, escaped).slice());
    }
  }

  /** The name of a variable, parameter or header, whose value stands beside it. */
  #readName(start: number, end: number, escaped: boolean): void {
    const isHeader = this.#judge(isCredentialHeader, start, end, escaped);
    this.#frame?.readName(isHeader ? SECRET_NAME : this.#namingBy(start, end, escaped));
  }

  #judge(judge: NameJudge, start: number, end: number, escaped: boolean): boolean {
    const { bytes, base } = this.#host.source;
    if (!escaped) return judge(bytes, start - base, end - base);
    const text = this.#text(start, end, true);
    return judge(text, 0, text.length);
  }

  #look(leaf: LeafNode, start: number, end: number, escaped: boolean): void {
    const naming = leaf.treatment === 'scan' ? UNNAMED : this.#namingOf(leaf, start, end, escaped);
    const isAnyhow = naming !== UNNAMED || escaped || this.#frame?.values !== undefined;
    if (isAnyhow || this.#host.isOfConcern(leaf, this.#scope, start, end, false))
      this.#report(leaf, 'string', start - 1, end + 1, escaped, naming);
  }

  /** Of a number, only names can say that it is a secret, and what stands beside a cell; true, false and null are none. */
  #lookAtScalar(leaf: LeafNode, start: number, end: number, first: number | undefined): void {
    if (NULL_TRUE_FALSE.includes(first)) return;
    const isCell = leaf.treatment === 'any-cell';
    const naming = isCell || isOfPair(leaf) ? this.#namingOf(leaf, start, end, false) : UNNAMED;
    const isEmbedded = this.#frame?.values !== undefined;
    if (isCell || isEmbedded || leaf.treatment === 'named' || naming !== UNNAMED)
      this.#report(leaf, 'other', start, end, false, naming);
  }

  #namingOf(leaf: LeafNode, start: number, end: number, escaped: boolean): Naming {
    switch (leaf.treatment) {
      case 'pair':
      case 'cause':
        return this.#namingOfPair();
      case 'error':
        return { isSecret: false };
      case 'cause-field':
        this.#frame?.readName(this.#judge(isSecretField, start, end, escaped) ? SECRET_NAME : UNNAMED);
        return UNNAMED;
      case 'argument':
        return this.#namingOfArgument(start, end, escaped);
      case 'several':
        return SECRET_NAME;
      case 'several-pair':
      case 'named-pair':
        return anyhow(this.#namingOfPair());
      case 'named':
        return anyhow(this.#namingOfKey());
      case 'any-cell':
        this.#disquiet();
        return this.#columns.isSecret(this.#position(0)) ? SECRET_NAME : UNNAMED;
      case 'config':
      case 'annotation':
        return this.#namingOfKey();
      case 'scanned-name':
        this.#readName(start, end, escaped);
        return UNNAMED;
      default:
        return UNNAMED;
    }
  }

  #namingOfPair(): Naming {
    // A value that is a list: the names stand beside the list.
    if (this.#frame?.array !== undefined) this.#disquiet();
    const frame = this.#frame?.array === undefined ? this.#frame : this.#frames[this.#depth - 2];
    if (frame?.object === undefined) return UNNAMED;
    if (frame.secretName !== undefined) return frame.secretName;
    if (frame.namesRead === frame.object.pairNames) return UNNAMED;
    frame.awaitsName ??= { isSecret: false };
    return frame.awaitsName;
  }

  #namingOfArgument(start: number, end: number, escaped: boolean): Naming {
    const frame = this.#frame;
    if (frame === undefined) return UNNAMED;
    const { bytes, base } = escaped ? { bytes: this.#text(start, end, true), base: start } : this.#host.source;
    const to = escaped ? bytes.length : end - base;
    const isCommand = this.#judge(isCommandName, frame.keyStart, frame.keyEnd, frame.keyEscaped);
    const line = { list: frame, owner: this.#frames[this.#depth - 2] ?? frame, isCommand };
    return namingOfArgument(line, bytes, start - base, to, this.#isSecretName);
  }

  /** Of an element, the name above its list: the one that was read last may stand in an element before it. */
  #namingOfKey(): Naming {
    const list = this.#frame?.array === undefined ? undefined : this.#frame;
    if (list === undefined) return this.#namingBy(this.#keyStart, this.#keyEnd, this.#keyEscaped);
    this.#disquiet();
    return this.#namingBy(list.keyStart, list.keyEnd, list.keyEscaped);
  }

  #namingBy(start: number, end: number, escaped: boolean): Naming {
    if (!this.#judge(this.#isSecretName, start, end, escaped)) return UNNAMED;
    return this.#judge(isAuthName, start, end, escaped) ? AUTH_NAME : SECRET_NAME;
  }

  /** Position of the element at hand: of the innermost array, or of the one around the object at hand. */
  #position(outwards: 0 | 1): number {
    return (this.#frames[this.#depth - 1 - outwards]?.count ?? 0) - 1;
  }

  #text(start: number, end: number, escaped: boolean): Uint8Array {
    const { bytes, base } = this.#host.source;
    const content = bytes.subarray(start - base, end - base);
    return escaped ? unescapeJson(content) : content;
  }

  #report(
    leaf: LeafNode,
    form: Finding['form'],
    start: number,
    end: number,
    escaped: boolean,
    naming: Naming = UNNAMED,
  ): void {
    this.#disquiet();
    const list = this.#frame?.array === undefined ? undefined : this.#frame;
    const finding: Finding = {
      leaf,
      scope: this.#scope,
      start,
      end,
      form,
      escaped,
      memberStart: list?.keyStart ?? this.#keyStart,
      memberEnd: list?.keyEnd ?? this.#keyEnd,
      naming,
      harmlessColumn: list !== undefined && this.#columns.isHarmless(this.#position(0)),
    };
    this.#host.found(this.#frame?.values?.finding(finding) ?? finding);
  }
}
