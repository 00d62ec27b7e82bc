// SPDX-License-Identifier: Apache-2.0
import { joinBytes, utf8 } from '../json/bytes.ts';
import { MaskError } from '../mask-error.ts';
import { encodeBase32 } from '../text/base32.ts';

/** What a token stands for, readable in the token itself. */
export type TokenClass = 'secret' | 'annotation' | 'cell' | 'field';

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
export type ValueSpelling = 'base64' | 'raw';

const MAC_BYTES = 16;
const MIN_NONCE_BYTES = 16;

/**
 * Makes tokens `masked-v1-<class>-<26 base32 characters>`: letters, digits and dashes, of one length for each class, so
 * that a token says nothing about its value. The MAC covers cluster, group, version, resource, namespace, name, uid,
 * class and value; parts are length-prefixed, so that no two inputs give the same message.
 * @throws MaskError `ERR_MASK_KEY` if the HMAC or nonce is too short
 */
export class TokenMinter {
  readonly #context: TokenContext;
  #identity: ObjectIdentity | undefined;
  #head: Uint8Array = new Uint8Array(0);
  #message = new Uint8Array(1024);

  constructor(context: TokenContext) {
    if (context.nonce !== undefined && context.nonce.length < MIN_NONCE_BYTES) {
      throw new MaskError('ERR_MASK_KEY', `a nonce has at least ${MIN_NONCE_BYTES} bytes`);
    }
    this.#context = context;
  }

  /** The token's text for one value; `member` is the name or position under which the value stands in its object. */
  mint(
    tokenClass: TokenClass,
    identity: ObjectIdentity,
    member: Uint8Array,
    spelling: ValueSpelling,
    value: Uint8Array,
  ): Uint8Array {
    const { nonce } = this.#context;
    const head = this.#headFor(identity);
    const subject =
      nonce === undefined
        ? [utf8(`r${tokenClass}\n${spelling}\n`), value]
        : [utf8(`w${tokenClass}\n`), lengthPrefixed([nonce, member])];
    const mac = this.#context.hmac(this.#fill(head, subject));
    if (mac.length < MAC_BYTES) throw new MaskError('ERR_MASK_KEY', `an HMAC has at least ${MAC_BYTES} bytes`);
    return joinBytes([utf8(`${TOKEN_PREFIX}${tokenClass}-`), encodeBase32(mac.subarray(0, MAC_BYTES))]);
  }

  #headFor(identity: ObjectIdentity): Uint8Array {
    if (this.#identity === identity) return this.#head;
    const { cluster, group, version, resource } = this.#context;
    const fixed = [cluster, group, version, resource].map(utf8);
    this.#head = lengthPrefixed([...fixed, identity.namespace, identity.name, identity.uid]);
    this.#identity = identity;
    return this.#head;
  }

  #fill(head: Uint8Array, subject: readonly Uint8Array[]): Uint8Array {
    let length = head.length;
    for (const part of subject) length += part.length;
    if (length > this.#message.length) this.#message = new Uint8Array(length * 2);
    this.#message.set(head);
    let at = head.length;
    for (const part of subject) {
      this.#message.set(part, at);
      at += part.length;
    }
    return this.#message.subarray(0, length);
  }
}

function lengthPrefixed(parts: readonly Uint8Array[]): Uint8Array {
  return joinBytes(parts.flatMap((part) => [lengthOf(part), part]));
}

function lengthOf(part: Uint8Array): Uint8Array {
  const n = part.length;
  return new Uint8Array([(n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]);
}
