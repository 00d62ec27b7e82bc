// SPDX-License-Identifier: Apache-2.0

/**
 * Inflates whole DEFLATE blocks (RFC 1951, no zlib head) that end on a byte border, such as a flush leaves.
 * `window` is what was inflated before them, at most the last 32 KiB. Implementations MUST return undefined, not throw,
 * when the blocks are malformed, end early, leave bytes over, or inflate to more than `maxBytes`.
 */
export type Inflate = (blocks: Uint8Array, window: Uint8Array, maxBytes: number) => Uint8Array | undefined;
