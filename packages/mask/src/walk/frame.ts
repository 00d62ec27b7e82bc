// SPDX-License-Identifier: Apache-2.0
import type { ArrayRules, ObjectRules, PathNode } from '../rules/path-node.ts';
import { EmbeddedValues, Manifest, type ManifestMember } from './embedded-secret.ts';
import type { Naming } from './finding.ts';
import type { Scope } from './scope.ts';

/** One open object or array that rules know. Frames are used again for later objects at the same depth. */
export class Frame {
  object: ObjectRules | undefined;
  array: ArrayRules | undefined;
  outerScope: Scope;
  /** Elements begun, for arrays. */
  count = 0;
  /** Span of the name above it, or above the outermost of the arrays that it is an element of. */
  keyStart = 0;
  keyEnd = 0;
  keyEscaped = false;
  /** How many names of its pair were read, and what one says that was that of a secret. */
  namesRead = 0;
  secretName: Naming | undefined;
  /** Of a value that came before its name. */
  awaitsName: Naming | undefined;
  /** Of a command line: whether its last element was a flag whose value is a secret, if it was a flag. */
  awaited: Naming | undefined;
  /** Whether a command line in it is of a client of Redis, and whether its `args` begin with the value of a flag. */
  ofRedis: Naming | undefined;
  firstOfArgs: Naming | undefined;
  /** Whether the member at hand is its `kind`. */
  isAtKind = false;
  /** Of what the value at hand is one, if an object that may be a Secret has it. */
  values: EmbeddedValues | undefined;
  #valuesAbove: EmbeddedValues | undefined;
  #manifest: Manifest | undefined;
  /** Its place in the table, where it begins, and how many texts were noted before. */
  node: PathNode | undefined;
  openAt = 0;
  firstText = 0;
  /** How deeply it is nested so far, itself included. */
  levels = 1;
  /** Whether nothing but its own bytes and rules says what becomes of it, and that is nothing. */
  isQuiet = false;

  constructor(outerScope: Scope) {
    this.outerScope = outerScope;
  }

  open(object: ObjectRules | undefined, array: ArrayRules | undefined, outerScope: Scope, above?: Frame): void {
    this.object = object;
    this.array = array;
    this.outerScope = outerScope;
    this.count = 0;
    this.namesRead = 0;
    this.secretName = undefined;
    this.awaitsName = undefined;
    this.awaited = undefined;
    this.ofRedis = undefined;
    this.firstOfArgs = undefined;
    this.isAtKind = false;
    this.#valuesAbove = above?.values;
    this.values = this.#valuesAbove;
    this.#manifest = undefined;
  }

  /** What it says of its kind. */
  get manifest(): Manifest {
    this.#manifest ??= new Manifest();
    return this.#manifest;
  }

  /** Takes the name of a member; `list` has it among its elements, if any does. */
  readMember(member: ManifestMember, list: Frame | undefined): void {
    this.isAtKind = member === 'kind';
    this.values =
      member === 'data' || member === 'stringData'
        ? new EmbeddedValues(member, this.manifest, list?.manifest, this.#valuesAbove)
        : this.#valuesAbove;
  }

  begin(node: PathNode, openAt: number, firstText: number): void {
    this.node = node;
    this.openAt = openAt;
    this.firstText = firstText;
    this.levels = 1;
    const { object, array } = this;
    this.isQuiet = object?.beginsObject !== true && array?.unitElements !== true && array?.beginsColumns !== true;
  }

  /** An object or array in it is over. */
  leave(levels: number, isQuiet: boolean): void {
    if (levels >= this.levels) this.levels = levels + 1;
    if (!isQuiet) this.isQuiet = false;
  }

  /** Takes a name of its pair. */
  readName(naming: Naming): void {
    this.namesRead++;
    if (!naming.isSecret) return;
    const isOfAuth = naming.isOfAuth === true && this.secretName?.isOfAuth !== false;
    this.secretName = { isSecret: true, isOfAuth };
    if (this.awaitsName !== undefined) Object.assign(this.awaitsName, this.secretName);
  }
}
