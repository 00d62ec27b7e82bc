// SPDX-License-Identifier: Apache-2.0
import { ByteSink } from '../json/byte-sink.ts';
import { bytesEqual, utf8 } from '../json/bytes.ts';
import { MaskError } from '../mask-error.ts';
import { base32Length, putBase32 } from '../text/base32.ts';

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
   * Set in answers to writes: tokens then depend on it and on how many came before, and not at all on the value, so that
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
const MAC_CHARACTERS = base32Length(MAC_BYTES);
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
  /** The MAC's message: what all tokens of the answer share, then of the object at hand, then of one value. */
  readonly #message = new ByteSink();
  #fixedBytes = 0;
  #headBytes = 0;
  #identity: ObjectIdentity | undefined;
  /** Tokens made that say nothing of their values. */
  #minted = 0;
  /** Tokens of the object at hand: last-applied repeats its values, and an HMAC costs more than a comparison. */
  readonly #recent: { readonly tokenClass: TokenClass; readonly value: Value; readonly token: Uint8Array }[] = [];

  constructor(context: TokenContext) {
    if (context.nonce !== undefined && context.nonce.length < MIN_NONCE_BYTES) {
      throw new MaskError('ERR_MASK_KEY', `a nonce has at least ${MIN_NONCE_BYTES} bytes`);
    }
    this.#context = context;
  }

  /** The token's text for one value. */
  mint(tokenClass: TokenClass, identity: ObjectIdentity, value: Value): Uint8Array {
    this.#beginMessage(identity);
    const parts = CLASSES[tokenClass];
    const { nonce } = this.#context;
    if (nonce !== undefined) {
      this.#message.put(parts.write);
      putLengthPrefixed(this.#message, nonce);
      putNumber(this.#message, this.#minted++);
      return this.#make(parts);
    }
    for (const made of this.#recent) {
      if (made.tokenClass === tokenClass && valuesEqual(made.value, value)) return made.token;
    }
    this.#message.put(parts.read[value.spelling]);
    this.#message.put(value.bytes);
    const token = this.#make(parts);
    if (this.#recent.length < MAX_RECENT) this.#recent.push({ tokenClass, value, token });
    return token;
  }

  /** Must be called when the bytes of values given so far stop being valid. */
  forgetValues(): void {
    this.#recent.length = 0;
    this.#message.cutTo(Math.max(this.#fixedBytes, this.#headBytes));
  }

  #make({ prefix }: ClassParts): Uint8Array {
    const mac = this.#context.hmac(this.#message.view());
    if (mac.length < MAC_BYTES) throw new MaskError('ERR_MASK_KEY', `an HMAC has at least ${MAC_BYTES} bytes`);
    const token = new Uint8Array(prefix.length + MAC_CHARACTERS);
    token.set(prefix);
    putBase32(mac, MAC_BYTES, token, prefix.length);
    return token;
  }

  #beginMessage(identity: ObjectIdentity): void {
    if (this.#identity === identity) {
      this.#message.cutTo(this.#headBytes);
      return;
    }
    if (this.#fixedBytes === 0) this.#putFixed();
    this.#message.cutTo(this.#fixedBytes);
    for (const part of [identity.namespace, identity.name, identity.uid]) putLengthPrefixed(this.#message, part);
    this.#headBytes = this.#message.length;
    this.#identity = identity;
    this.#recent.length = 0;
  }

  /** Not before a token is made: in most answers none is. */
  #putFixed(): void {
    const { cluster, group, version, resource } = this.#context;
    for (const part of [cluster, group, version, resource]) putLengthPrefixed(this.#message, utf8(part));
    this.#fixedBytes = this.#message.length;
  }
}

function valuesEqual(a: Value, b: Value): boolean {
  return a.spelling === b.spelling && bytesEqual(a.bytes, b.bytes);
}

function putLengthPrefixed(sink: ByteSink, part: Uint8Array): void {
  putNumber(sink, part.length);
  sink.put(part);
}

/** Four bytes, the most significant first. */
function putNumber(sink: ByteSink, n: number): void {
  for (let shift = 24; shift >= 0; shift -= 8) sink.putByte((n >>> shift) & 255);
}
