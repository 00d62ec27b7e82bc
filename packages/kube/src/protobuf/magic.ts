// SPDX-License-Identifier: Apache-2.0

/** `k8s` and a zero byte: what Kubernetes' protobuf begins with. */
export const MAGIC: readonly number[] = [0x6b, 0x38, 0x73, 0x00];

/** Whether a body begins as Kubernetes' protobuf does. */
export function isProtobuf(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, index) => bytes[index] === byte);
}
