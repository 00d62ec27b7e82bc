// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Peer, startPeer } from './peer-process.ts';
import type { Site } from './site.ts';

const MAIN = fileURLToPath(new URL('../node-proxy/main.ts', import.meta.url));

/** Starts the proxy of Node's own modules, which speaks HTTP/2 alone. */
export function startNodeProxy(site: Site, stack: AsyncDisposableStack): Promise<Peer> {
  const command = [process.execPath, MAIN];
  return startPeer(site, stack, { name: 'the Node proxy', command, logFile: join(site.dir, 'node-proxy.log') });
}
