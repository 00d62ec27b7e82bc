// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from 'node:url';

/** The directory of the console's files as they are built, for `console.assetsDir` of the gateway's configuration. */
export function consoleAssets(): string {
  return fileURLToPath(new URL('../dist', import.meta.url));
}
