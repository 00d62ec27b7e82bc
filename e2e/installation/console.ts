// SPDX-License-Identifier: Apache-2.0
import { consoleAssets } from '@countersign/console';
import type { DevelopmentLogin } from '@countersign/gateway';
import type { ConfigFile } from './config-file.ts';
import type { Provider } from './provider.ts';

const CLIENT = 'console';

const originOf = (port: number) => `http://localhost:${port}`;

/** The console of an installation, as its identity provider knows it. */
export function consoleClient(port: number): DevelopmentLogin['client'] {
  return { id: CLIENT, redirectUri: `${originOf(port)}/auth/callback` };
}

/** A configuration with a console on this port. */
export function withConsole(config: ConfigFile, port: number, provider: Provider): ConfigFile {
  return {
    ...config,
    listeners: { ...config.listeners, console: { port, origin: originOf(port) } },
    console: {
      issuer: 'provider',
      clientId: CLIENT,
      clientSecretFile: provider.secretFile(CLIENT),
      assetsDir: consoleAssets(),
    },
  };
}
