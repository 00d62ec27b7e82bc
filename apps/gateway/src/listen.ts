// SPDX-License-Identifier: Apache-2.0
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A listener that is open. */
export interface OpenListener {
  readonly address: AddressInfo;
  /** Cuts what it has. */
  close(): Promise<void>;
}

/** Listens; rejects where that can't be. */
export async function listen(
  server: Pick<Server, 'once' | 'listen' | 'address' | 'close' | 'closeAllConnections'>,
  { address, port }: { readonly address: string; readonly port: number },
): Promise<OpenListener> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, resolve);
  });
  return {
    address: server.address() as AddressInfo,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
