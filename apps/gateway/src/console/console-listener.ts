// SPDX-License-Identifier: Apache-2.0
import { isIPv4 } from 'node:net';
import type { Config } from '../config/schema.ts';
import type { ControlParts } from '../control/control-api.ts';
import { type OpenServerOptions, openServer, remoteAddress } from '../control/open-server.ts';
import type { OpenListener } from '../listen.ts';
import { createConsoleApp } from './console-app.ts';
import { loadAssets } from './console-assets.ts';
import type { ConsoleConfig } from './console-login.ts';
import { ConsoleSessions } from './console-sessions.ts';

export interface ConsoleListenerOptions {
  readonly listener: NonNullable<Config['listeners']['console']>;
  readonly settings: ConsoleConfig;
  /** PEM, where the listener has a certificate. */
  readonly tls: { readonly certificate: string; readonly key: string } | undefined;
  readonly parts: ControlParts;
}

/** As a machine without IPv6 says that it has no such address. */
const NO_ADDRESS: readonly unknown[] = ['EADDRNOTAVAIL', 'EAFNOSUPPORT'];

/** A browser may take `localhost` for either loopback address: another program at the other one would be the console. */
async function openBoth(options: OpenServerOptions, origin: string): Promise<OpenListener> {
  const server = await openServer(options);
  if (new URL(origin).hostname !== 'localhost' || options.address === '::') return server;
  const other = { ...options, address: isIPv4(options.address) ? '::1' : '127.0.0.1', port: server.address.port };
  const twin = await openServer(other).catch(async (error: NodeJS.ErrnoException) => {
    if (NO_ADDRESS.includes(error.code)) return undefined;
    await server.close();
    throw error;
  });
  const close = async () => {
    await Promise.all([server.close(), twin?.close()]);
  };
  return { address: server.address, close };
}

/** Opens the listener for browsers: the console, and the control API by its sessions. */
export async function openConsoleListener(options: ConsoleListenerOptions): Promise<OpenListener> {
  const { listener, settings, tls, parts } = options;
  const { address, port, origin } = listener;
  const assets = await loadAssets(settings.assetsDir);
  const sessions = new ConsoleSessions(parts);
  const { fetch } = createConsoleApp({ control: parts, settings, origin, sessions, assets }, remoteAddress);
  try {
    const server = await openBoth({ address, port, fetch, tls }, origin);
    return {
      address: server.address,
      close() {
        sessions.close();
        return server.close();
      },
    };
  } catch (error) {
    sessions.close();
    throw error;
  }
}
