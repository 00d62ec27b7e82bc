// SPDX-License-Identifier: Apache-2.0
import { ByteSink } from '../json/byte-sink.ts';
import { bytesEqual, joinBytes, utf8 } from '../json/bytes.ts';
import { MaskError } from '../mask-error.ts';
import { encodeBase32 } from '../text/base32.ts';

/** What a token stands for, readable in the token itself. */
export type TokenClass =
  | 'secret'
  | 'annotation'
  | 'cell'
  | 'field'
  // What stands in texts:
  | 'jwt'
  | 'pem'
  | 'key'
  | 'password'
  | 'url'
  | 'header'
  | 'text';

/**
 * HMAC-SHA-256 under the installation's masking key: 32 bytes. It MUST NOT keep the message, which is a buffer in use.
 */
export type Hmac = (message: Uint8Array) => Uint8Array;

/** Version and key of a token. The key may change under the same version: old tokens then are unknown ones. */
export const TOKEN_PREFIX = 'masked-v1-';

/** The object that a token is bound to. Bytes are UTF-8 of the names as the API server gave them. */
export interface ObjectIdentity {
  namespace: Uint8Array;
  name: Uint8Array;
  uid: Uint8Array;
}

/** What tokens of one answer have in common. */
export interface TokenContext {
  readonly hmac: Hmac;
  /** The cluster's name. */
  readonly cluster: string;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  /**
   * Set in answers to writes: tokens then depend on it and on the member's name, and not at all on the value, so that
   * a written guess can't be compared with what is there. At least 16 random bytes, new for each answer.
   */
  readonly nonce: Uint8Array | undefined;
}

/** How the value's bytes are spelled in the MAC: canonical base64 of it, or its text where it has no such spelling. */
type ValueSpelling = 'base64' | 'raw';

/** A value in the one spelling that its MAC covers. */
export interface Value {
  readonly spelling: ValueSpelling;
  readonly bytes: Uint8Array;
}

const MAC_BYTES = 16;
const MIN_NONCE_BYTES = 16;
const MAX_RECENT = 16;

/** The fixed parts of one class's tokens and MAC messages. */
interface ClassParts {
  readonly prefix: Uint8Array;
  readonly read: Readonly<Record<ValueSpelling, Uint8Array>>;
  readonly write: Uint8Array;
}

const CLASSES: Readonly<Record<TokenClass, ClassParts>> = {
  secret: classParts('secret'),
  annotation: classParts('annotation'),
  cell: classParts('cell'),
  field: classParts('field'),
  jwt: classParts('jwt'),
  pem: classParts('pem'),
  key: classParts('key'),
  password: classParts('password'),
  url: classParts('url'),
  header: classParts('header'),
  text: classParts('text'),
};

function classParts(name: TokenClass): ClassParts {
  const read = { base64: utf8(`read\n${name}\nbase64\n`), raw: utf8(`read\n${name}\nraw\n`) };
  return { prefix: utf8(`${TOKEN_PREFIX}${name}-`), read, write: utf8(`write\n${name}\n`) };
}

/**
 * Makes tokens `masked-v1-<class>-<26 base32 characters>`: letters, digits and dashes, of one length for each class, so
 * that a token says nothing about its value. The MAC covers cluster, group, version, resource, namespace, name, uid,
 * class and value; all parts before the value are length-prefixed or from a fixed set, so no two inputs collide.
 * @throws MaskError `ERR_MASK_KEY` if the HMAC or nonce is too short
 */
export class TokenMinter {
  readonly #context: TokenContext;
  readonly #fixed: Uint8Array;
  readonly #message = new ByteSink();
  #identity: ObjectIdentity | undefined;
  #head: Uint8Array = new Uint8Array(0);
  /** Tokens of the object at hand: last-applied repeats its values, and an HMAC costs more than a comparison. */
  readonly #recent: { tokenClass: TokenClass; value: Value; token: Uint8Array }[] = [];

  constructor(context: TokenContext) {
    if (context.nonce !== undefined && context.nonce.length < MIN_NONCE_BYTES) {
      throw new MaskError('ERR_MASK_KEY', `a nonce has at least ${MIN_NONCE_BYTES} bytes`);
    }
    this.#context = context;
    this.#fixed = lengthPrefixed([context.cluster, context.group, context.version, context.resource].map(utf8));
  }

  /** The token's text for one value; `member` is the name or position under which the value stands in its object. */
  mint(tokenClass: TokenClass, identity: ObjectIdentity, member: Uint8Array, value: Value): Uint8Array {
    const head = this.#headFor(identity);
    const { nonce } = this.#context;
    const parts = CLASSES[tokenClass];
    if (nonce !== undefined) return this.#make(parts, head, parts.write, lengthPrefixed([nonce, member]));
    const known = this.#recent.find((made) => made.tokenClass === tokenClass && valuesEqual(made.value, value));
    if (known !== undefined) return known.token;
    const token = this.#make(parts, head, parts.read[value.spelling], value.bytes);
    if (this.#recent.length < MAX_RECENT) this.#recent.push({ tokenClass, value, token });
    return token;
  }

  /** Must be called when the bytes of values given so far stop being valid. */
  forgetValues(): void {
    this.#recent.length = 0;
  }

  #make(parts: ClassParts, head: Uint8Array, purpose: Uint8Array, subject: Uint8Array): Uint8Array {
    this.#message.clear();
    for (const part of [head, purpose, subject]) this.#message.put(part);
    const mac = this.#context.hmac(this.#message.view());
    if (mac.length < MAC_BYTES) throw new MaskError('ERR_MASK_KEY', `an HMAC has at least ${MAC_BYTES} bytes`);
    return joinBytes([parts.prefix, encodeBase32(mac.subarray(0, MAC_BYTES))]);
  }

  #headFor(identity: ObjectIdentity): Uint8Array {
    if (this.#identity !== identity) {
      this.#head = joinBytes([this.#fixed, lengthPrefixed([identity.namespace, identity.name, identity.uid])]);
      this.#identity = identity;
      this.#recent.length = 0;
    }
    return this.#head;
  }
}

function valuesEqual(a: Value, b: Value): boolean {
  return a.spelling === b.spelling && bytesEqual(a.bytes, b.bytes);
}

function lengthPrefixed(parts: readonly Uint8Array[]): Uint8Array {
  return joinBytes(parts.flatMap((part) => [lengthOf(part), part]));
}

function lengthOf(part: Uint8Array): Uint8Array {
  const n = part.length;
  return new Uint8Array([(n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]);
}
