// SPDX-License-Identifier: Apache-2.0
import type { Duplex } from 'node:stream';
import { drained } from '../data/incoming.ts';

/** Writes the parts as one, and resolves when there is room for more. @throws CallerGone when the connection is closed */
export async function writeTo(connection: Duplex, ...parts: readonly Uint8Array[]): Promise<void> {
  if (connection.destroyed || connection.writableEnded || !hasRoomAfter(connection, parts)) await drained(connection);
}

/** Whether something may be written that nobody waits for. */
export function hasRoom({ writable, writableNeedDrain }: Duplex): boolean {
  return writable && !writableNeedDrain;
}

function hasRoomAfter(connection: Duplex, parts: readonly Uint8Array[]): boolean {
  if (parts.length > 1) connection.cork();
  let hasRoom = true;
  for (const part of parts) hasRoom = connection.write(part);
  if (parts.length > 1) connection.uncork();
  return hasRoom;
}
