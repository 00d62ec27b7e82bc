// SPDX-License-Identifier: Apache-2.0
import { terminalSupport } from '../exec/terminal.ts';
import type { PythonClient } from './python-client.ts';
import { isInTerminal, type Row } from './row.ts';

/** Why a row can't be run on this machine, if so, as options of its test. */
export function skipOf(row: Row, python?: PythonClient): { readonly skip?: string } {
  if (row.program === 'python' && python && 'unavailable' in python) return { skip: python.unavailable };
  return isInTerminal(row) && 'unavailable' in terminalSupport ? { skip: terminalSupport.unavailable } : {};
}
