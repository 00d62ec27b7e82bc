// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from 'node:url';

/** The command line, as it stands in the repository. */
export const CLI = fileURLToPath(new URL('../../apps/cli/src/main.ts', import.meta.url));
