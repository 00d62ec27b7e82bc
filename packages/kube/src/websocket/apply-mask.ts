// SPDX-License-Identifier: Apache-2.0

/**
 * Masks or unmasks bytes into `target` from `at` on; it is the same thing. `phase` counts the payload's bytes before these.
 * @see RFC 6455 §5.3
 */
export function applyMask(source: Uint8Array, mask: Uint8Array, phase: number, target: Uint8Array, at: number): void {
  for (let index = 0; index < source.length; index += 1) {
    target[at + index] = (source[index] as number) ^ (mask[(phase + index) & 3] as number);
  }
}
