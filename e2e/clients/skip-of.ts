// SPDX-License-Identifier: Apache-2.0
import { terminalSupport } from '../exec/terminal.ts';
import { isInTerminal, type Row } from './row.ts';

/** Why a row can't be run on this machine, if so, as options of its test. */
export function skipOf(row: Row): { readonly skip?: string } {
  return isInTerminal(row) && 'unavailable' in terminalSupport ? { skip: terminalSupport.unavailable } : {};
}
