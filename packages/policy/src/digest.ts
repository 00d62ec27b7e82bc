// SPDX-License-Identifier: Apache-2.0

/** SHA-256 as the embedder has it. Implementations MUST return 32 fresh bytes. */
export interface Hash {
  sha256(bytes: Uint8Array): Uint8Array;
}

/** The text of one policy file. */
export interface PolicySource {
  /** `organisation`, or a cluster's name. */
  readonly set: string;
  readonly file: string;
  readonly text: string;
}

const encoder = new TextEncoder();

/**
 * Names a version of policies: `sha256:` and the hash, in hex, of the line `countersign-policies-v1` and, for each file
 * in order of set and file name (by UTF-8 bytes), the set, the file and the text, each as its length in bytes in
 * decimal, a colon, and its bytes.
 */
export function policyDigest(hash: Hash, sources: readonly PolicySource[]): string {
  const rows = sources.map((source) => [source.set, source.file, source.text].map((part) => encoder.encode(part)));
  rows.sort((a, b) => compareBytes(a[0], b[0]) || compareBytes(a[1], b[1]));
  const parts = [encoder.encode('countersign-policies-v1\n')];
  for (const bytes of rows.flat()) parts.push(encoder.encode(`${bytes.length}:`), bytes);
  return `sha256:${hex(hash.sha256(concat(parts)))}`;
}

function compareBytes(a = new Uint8Array(), b = new Uint8Array()): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
