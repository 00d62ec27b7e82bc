// SPDX-License-Identifier: Apache-2.0
import type { Duplex } from 'node:stream';
import { drained } from '../data/incoming.ts';

/** Writes, and resolves when there is room for more. @throws CallerGone when the connection is closed */
export async function writeTo(connection: Duplex, bytes: Uint8Array): Promise<void> {
  if (connection.destroyed || connection.writableEnded || !connection.write(bytes)) await drained(connection);
}
