// SPDX-License-Identifier: Apache-2.0

import type { Config } from '../config/schema.ts';
import type { ControlParts } from '../control/control-api.ts';
import { openServer, remoteAddress } from '../control/open-server.ts';
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

/** Opens the listener for browsers: the console, and the control API by its sessions. */
export async function openConsoleListener(options: ConsoleListenerOptions): Promise<OpenListener> {
  const { listener, settings, tls, parts } = options;
  const { address, port, origin } = listener;
  const assets = await loadAssets(settings.assetsDir);
  const sessions = new ConsoleSessions(parts);
  const { fetch } = createConsoleApp({ control: parts, settings, origin, sessions, assets }, remoteAddress);
  try {
    const server = await openServer({ address, port, fetch, tls });
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
