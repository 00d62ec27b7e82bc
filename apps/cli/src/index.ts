// SPDX-License-Identifier: Apache-2.0
export { createProgram, type ProgramOptions } from './program.ts';
