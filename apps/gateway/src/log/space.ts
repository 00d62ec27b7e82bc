// SPDX-License-Identifier: Apache-2.0
import { statfs } from 'node:fs/promises';

export interface Space {
  readonly freeBytes: number;
  /** Below this there is little space. */
  readonly thresholdBytes: number;
}

/** How much of a volume is free for us, and what `lowSpacePercent` of it is. */
export async function measureSpace(path: string, lowSpacePercent: number): Promise<Space> {
  const { bavail, blocks, bsize } = await statfs(path);
  return { freeBytes: bavail * bsize, thresholdBytes: Math.floor((blocks * bsize * lowSpacePercent) / 100) };
}
