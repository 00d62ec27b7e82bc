// SPDX-License-Identifier: Apache-2.0
import { STATUS_CODES } from 'node:http';
import type { HeaderLines } from '../tunnel/clusters.ts';
import type { HeadFault } from './head-faults.ts';

/** The whole answer to what is no request, the last of its connection. */
export interface UnreadableAnswer {
  readonly status: number;
  readonly headers: HeaderLines;
  readonly body: Uint8Array;
}

/** Asked once for each head that can't be read, with the address that it came from. */
export type OnUnreadable = (code: HeadFault, source: string) => UnreadableAnswer;

/** The answer as HTTP/1.1 has it. */
export function unreadableBytes({ status, headers, body }: UnreadableAnswer): Uint8Array {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines}\r\n`), body]);
}
