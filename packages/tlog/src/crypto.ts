// SPDX-License-Identifier: Apache-2.0

/** SHA-256 as the embedder has it. Implementations MUST return 32 fresh bytes and MUST NOT keep or change the input. */
export interface Hash {
  sha256(bytes: Uint8Array): Uint8Array;
}

/**
 * Ed25519 verification as the embedder has it: 32-byte public keys, 64-byte signatures.
 * Implementations MUST answer false, not throw, for a malformed key or signature.
 * @see https://www.rfc-editor.org/rfc/rfc8032
 */
export interface Ed25519Verifier {
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}

/** One Ed25519 key pair, whose private half stays with the embedder. */
export interface Ed25519Signer {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** 64 bytes. */
  sign(message: Uint8Array): Uint8Array;
}
