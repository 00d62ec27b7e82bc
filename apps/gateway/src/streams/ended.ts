// SPDX-License-Identifier: Apache-2.0
import type { Duplex } from 'node:stream';

/** Ends what is written to a connection; resolves when it is closed. What still comes is thrown away. */
export function ended(connection: Duplex): Promise<void> {
  return new Promise((resolve) => {
    if (connection.destroyed) {
      resolve();
      return;
    }
    connection.once('close', () => resolve());
    connection.end();
    // Closed with bytes unread, the caller could lose what it was told last.
    connection.resume();
  });
}
