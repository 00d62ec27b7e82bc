// SPDX-License-Identifier: Apache-2.0

import { boundHeap } from './bound-heap.ts';
import { surviveOutputErrors } from './output-errors.ts';

const USAGE = 3;

boundHeap();
surviveOutputErrors([process.stdout, process.stderr]);
const { createProgram } = await import('./program.ts');
try {
  await createProgram({ onExit: ({ exitCode }) => process.exit(exitCode === 0 ? 0 : USAGE) }).parseAsync();
} catch (error) {
  process.stderr.write(`countersign: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
