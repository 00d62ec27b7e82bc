// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';

/** Where a stream's recording lies below the directory of recordings: `ab/<stream>.rec`. */
export function recordingPath(dir: string, stream: string): string {
  return join(dir, stream.slice(0, 2), `${stream}.rec`);
}
