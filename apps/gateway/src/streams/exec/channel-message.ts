// SPDX-License-Identifier: Apache-2.0
import { type Channel, encodeChannelData, frameChannelData, type Mask } from '@countersign/kube';

/** Of so few a copy costs less than a write in two parts. */
const COPIED_BYTES = 4_096;

/**
 * A message of a channel in parts, which are to be written together. Where it is long the bytes themselves are the last of
 * them: with a mask they are written over.
 */
export function channelMessage(channel: Channel, data: Uint8Array, mask?: Mask): readonly Uint8Array[] {
  return data.length < COPIED_BYTES ? [encodeChannelData(channel, data, mask)] : frameChannelData(channel, data, mask);
}
