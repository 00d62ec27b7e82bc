// SPDX-License-Identifier: Apache-2.0
import { KubeError } from '../error.ts';

/** The streams of exec and attach, by the number of their channel. */
export const channels = ['stdin', 'stdout', 'stderr', 'error', 'resize'] as const;

export type Channel = (typeof channels)[number];

/** The first byte of a message that half-closes the channel named by its second; version 5 only. */
export const CLOSE_SIGNAL = 255;

/** Who writes a channel: the side that runs the command reads the other two. */
export function isWrittenBy(channel: Channel, side: 'client' | 'server'): boolean {
  return (channel === 'stdin' || channel === 'resize') === (side === 'client');
}

/** What is refused of a channel stream; the message never holds a byte of it. */
export function badChannel(why: string): KubeError {
  return new KubeError('ERR_KUBE_CHANNEL', `the stream breaks the channel protocol: ${why}`);
}
