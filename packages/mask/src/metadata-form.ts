// SPDX-License-Identifier: Apache-2.0
import type { MetadataVersion } from '@countersign/kube';
import type { ByteSink } from './json/byte-sink.ts';
import { bytesEqual, utf8 } from './json/bytes.ts';
import { endOfValue } from './json/end-of-value.ts';
import { type JsonEvents, READ_ON } from './json/json-events.ts';
import { JsonTokenizer } from './json/tokenizer.ts';
import type { MaskingPlan } from './rules/plan.ts';
import { type InTurns, TURN_BYTES } from './turns.ts';

const KIND = utf8('kind');
const METADATA = utf8('metadata');
const ITEMS = utf8('items');
const OBJECT = utf8('object');
const ROWS = utf8('rows');
const STATUS = utf8('Status');
const CLOSE = utf8('}');

const NOWHERE = -1;
/** So much is sought in vain in one turn, as whatever is open where the turn ends is. */
const MOST_SOUGHT = 2 * TURN_BYTES;

/** Of what only the metadata go on, and in which version of their form. */
export interface MetadataOf {
  readonly version: MetadataVersion;
  /** The whole answer, or the objects in the rows of a Table. */
  readonly of: 'answer' | 'rows';
}

/** An object of which only the metadata go on, or a list of such. */
interface Opened {
  readonly isList: boolean;
  /** Levels that are open where its members stand. */
  readonly depth: number;
  /** Where it begins, within the bytes of one `put`, and of which. */
  readonly start: number;
  readonly put: number;
  /** Whether any of it went on. */
  isBegun: boolean;
}

/**
 * Makes PartialObjectMetadata of whole objects that are masked already, as the API server would have: an annotation that
 * repeats a value of its object can be known for that only while the object is there. A Status goes on as it is, and so does
 * all of a Table but the objects in its rows.
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches
 */
export class MetadataForm implements JsonEvents {
  readonly #isList: boolean;
  /** Levels that are open where the member `object` is what is cut down; undefined where that is all. */
  readonly #objectDepth: number | undefined;
  /** Levels that are open where the members of a Table stand, if only objects in its rows are cut down. */
  readonly #tableDepth: number | undefined;
  readonly #heads: { readonly object: Uint8Array; readonly list: Uint8Array };
  readonly #tokenizer: JsonTokenizer;
  readonly #sink: ByteSink;
  #bytes: Uint8Array = new Uint8Array(0);
  #put = 0;
  /** From where on bytes go on as they are. */
  #from = 0;
  #depth = 0;
  #list: Opened | undefined;
  #object: Opened | undefined;
  /** Whether the value at hand goes on, and whether it is that of a `kind` or an `object`. */
  #isKept = false;
  #isKind = false;
  #isObject = false;
  #isInRows = false;
  /** In vain, in the turn at hand. */
  #soughtBytes = 0;

  /** @param maxDepth deepest nesting of what is given */
  constructor({ shape, isList }: MaskingPlan, { version, of }: MetadataOf, sink: ByteSink, maxDepth: number) {
    const isWatch = shape === 'watch';
    this.#isList = isList;
    const rootDepth = isWatch ? 2 : 1;
    this.#tableDepth = of === 'rows' ? rootDepth : undefined;
    // An element of `rows`; an event.
    const elementDepth = of === 'rows' ? rootDepth + 2 : 1;
    this.#objectDepth = of === 'rows' || isWatch ? elementDepth : undefined;
    this.#sink = sink;
    const head = (kind: string) => utf8(`{"kind":"${kind}","apiVersion":"${version}"`);
    this.#heads = { object: head('PartialObjectMetadata'), list: head('PartialObjectMetadataList') };
    const documents = isWatch ? 'many' : 'one';
    this.#tokenizer = new JsonTokenizer(this, { maxDepth, documents, arrayAtRoot: false });
  }

  /** Takes what comes next, which MUST end neither in a name nor in a value but an array or object that is open. */
  *put(bytes: Uint8Array): InTurns<void> {
    this.#bytes = bytes;
    this.#put++;
    for (let at = 0; at < bytes.length; at += TURN_BYTES) {
      if (at > 0) yield;
      this.#soughtBytes = 0;
      this.#tokenizer.read(bytes, at, Math.min(at + TURN_BYTES, bytes.length), 0);
    }
    if (this.#from === NOWHERE) return;
    this.#copyTo(bytes.length);
    this.#from = 0;
  }

  onKey(start: number, end: number): void {
    this.#isKept = false;
    this.#isKind = false;
    const name = this.#bytes.subarray(start, end);
    if (this.#depth === this.#tableDepth) this.#isInRows = bytesEqual(name, ROWS);
    const mayBeObject = this.#tableDepth === undefined || this.#isInRows;
    this.#isObject = mayBeObject && this.#depth === this.#objectDepth && bytesEqual(name, OBJECT);
    const opened = this.#innermost;
    if (opened === undefined || this.#depth !== opened.depth) return;
    this.#isKind = bytesEqual(name, KIND);
    this.#isKept = bytesEqual(name, METADATA) || (opened.isList && bytesEqual(name, ITEMS));
    if (!this.#isKept) return;
    this.#begin(opened);
    this.#sink.put(utf8(','));
    this.#sink.putRange(this.#bytes, start - 1, end + 1);
    this.#sink.put(utf8(':'));
  }

  onOpen(isArray: boolean, at: number, limit: number, room: number): number {
    const end = this.#endOfMember(at, limit, room);
    if (end !== READ_ON) {
      this.#onValue(at, end);
      return end;
    }
    this.#depth++;
    if (!isArray && this.#opens()) {
      this.#copyTo(at);
      const opened = {
        isList: this.#isList && this.#depth === 1,
        depth: this.#depth,
        start: at,
        put: this.#put,
        isBegun: false,
      };
      if (opened.isList) this.#list = opened;
      else this.#object = opened;
    } else if (this.#isKept) this.#from = at;
    this.#isKept = false;
    this.#isKind = false;
    return READ_ON;
  }

  onClose(_isArray: boolean, end: number): void {
    this.#depth--;
    const opened = this.#innermost;
    if (opened === undefined) return;
    if (this.#depth === opened.depth) this.#copyTo(end);
    if (this.#depth >= opened.depth) return;
    this.#begin(opened);
    this.#sink.put(CLOSE);
    this.#leave(opened, end);
  }

  onString(start: number, end: number): void {
    this.#onValue(start - 1, end + 1);
    const opened = this.#innermost;
    const isStatus = this.#isKind && bytesEqual(this.#bytes.subarray(start, end), STATUS);
    this.#isKind = false;
    // Of what began in bytes that are gone nothing can go on as it was: it is no Status of the API server's, which is short.
    const isHere = opened?.put === this.#put;
    if (isStatus && isHere && opened.isBegun === false) this.#leave(opened, opened.start);
  }

  onScalar(start: number, end: number): void {
    this.#onValue(start, end);
  }

  onDocument(): void {}

  /** Where a member of what is cut down ends: of that nothing must be read, whether it goes on or not. */
  #endOfMember(at: number, limit: number, room: number): number {
    if (this.#object === undefined || this.#soughtBytes > MOST_SOUGHT) return READ_ON;
    const end = endOfValue(this.#bytes, at, limit, room);
    if (end === READ_ON) this.#soughtBytes += limit - at;
    return end;
  }

  get #innermost(): Opened | undefined {
    return this.#object ?? this.#list;
  }

  /** Whether the object that has just begun is one of which only the metadata go on. */
  #opens(): boolean {
    if (this.#object !== undefined) return false;
    if (this.#objectDepth !== undefined) return this.#depth === this.#objectDepth + 1 && this.#isObject;
    // An element of the `items` that are passed on.
    return this.#depth === 1 || (this.#list !== undefined && this.#depth === 3 && this.#from !== NOWHERE);
  }

  #onValue(from: number, to: number): void {
    if (this.#isKept) this.#sink.putRange(this.#bytes, from, to);
    this.#isKept = false;
  }

  #begin(opened: Opened): void {
    if (opened.isBegun) return;
    opened.isBegun = true;
    this.#sink.put(opened.isList ? this.#heads.list : this.#heads.object);
  }

  #leave({ isList }: Opened, from: number): void {
    if (isList) this.#list = undefined;
    else this.#object = undefined;
    this.#from = from;
  }

  #copyTo(end: number): void {
    if (this.#from !== NOWHERE) this.#sink.putRange(this.#bytes, this.#from, end);
    this.#from = NOWHERE;
  }
}
