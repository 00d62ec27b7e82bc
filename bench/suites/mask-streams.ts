// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { createStreamMask, type Hmac } from '@countersign/mask';
import { BenchError } from '../bench-error.ts';
import { type Row, row } from '../report/row.ts';
import { processorMsOf } from './processor-time.ts';
import type { Verdict } from './suite.ts';

/** The API server's messages are no larger. */
const PIECE_BYTES = 32 * 1024;
const OUTPUT_BYTES = 16 * 1024 * 1024;
const GROUP = 'Mask, the output of a session in pieces of 32 KiB';
const RECORD_LINE = 100;
/** The gateway masks no more of a terminal in one turn. */
const TURN_BYTES = 4 * 1024;
const TERMINAL_BYTES = 1024 * 1024;
const TERMINAL_GROUP = 'Mask, a terminal in which each row fills the window, a turn of 4 KiB';
const GOAL_MS = 5;

/** Outputs of sessions, and how many values are masked in each; `undefined` where that is left to chance. */
function outputs(): Readonly<Record<string, { readonly bytes: Uint8Array; readonly values: number | undefined }>> {
  return {
    'bytes that are no text': { bytes: randomBytes(OUTPUT_BYTES), values: undefined },
    'lines of a log': {
      ...lines((i) => `I1124 04:57:12 1 worker.go:${i % 999}] order ${i} of 12 items shipped`, '\n'),
    },
    'lines in colours, in a terminal': {
      ...lines((i) => `\u001b[32mINFO\u001b[0m order \u001b[1m${i}\u001b[0m shipped`, '\r\n'),
    },
  };
}

/** Every hundredth line has a value to mask. */
function lines(line: (index: number) => string, end: string) {
  const all: string[] = [];
  let values = 0;
  for (let bytes = 0; bytes < OUTPUT_BYTES; bytes += (all.at(-1) ?? '').length) {
    const isSecret = all.length % RECORD_LINE === 0;
    if (isSecret) values++;
    all.push(`${line(all.length)}${isSecret ? ` password=hunter${all.length}` : ''}${end}`);
  }
  return { bytes: new TextEncoder().encode(all.join('')), values };
}

/** Masks what sessions put out, on one thread; rates count bytes that came in a second of processor time. */
export function streamRows(rounds: number, hmac: Hmac): Row[] {
  return Object.entries(outputs()).map(([what, { bytes, values }]) => {
    const rates: number[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const { ms, masked } = maskOnce(bytes, hmac);
      if (values !== undefined && masked !== values)
        throw new BenchError('ERR_BENCH_WRONG_ANSWER', `${masked} of ${values} values were masked`);
      // The first round warms up.
      if (round > 0) rates.push(bytes.length / 1_000 / ms);
    }
    return row(GROUP, what, 'MB/s', rates);
  });
}

/** Rows that are as wide as the window. */
const TERMINAL_ROWS: Readonly<Record<string, string>> = {
  '80 columns of values': `${'pw=aaaa1 '.repeat(8)}pw=aaaa1`,
  '200 columns of values': `${'pw=aaaa1 '.repeat(22)}pw`,
  '8 columns, a value in each': 'pw=aaaa1',
  '80 columns in which nothing is masked': `${'drwxr-xr-x 2 root '.repeat(4)}etc/host`,
};

/** How long a turn takes in which such rows are masked, by processor time: each is like all others. */
export function terminalRows(rounds: number, hmac: Hmac): Row[] {
  return Object.entries(TERMINAL_ROWS).map(([what, text]) => {
    const turns = Array.from({ length: rounds + 1 }, () => turnMs(text, hmac));
    // The first round warms up.
    return row(TERMINAL_GROUP, what, 'ms', turns.slice(1));
  });
}

export function verdictOfTerminal(rows: readonly Row[]): Verdict {
  const goal = `a turn of a terminal whose rows are full takes at most ${GOAL_MS} ms to mask`;
  const worst = Math.max(...rows.map(({ result }) => (result.kind === 'measured' ? result.median : Number.NaN)));
  return { goal, measured: `${worst.toFixed(1)} ms`, verdict: worst <= GOAL_MS ? 'met' : 'missed' };
}

function turnMs(text: string, hmac: Hmac): number {
  const bytes = new TextEncoder().encode(`${text}\r\n`.repeat(TERMINAL_BYTES / (text.length + 2)));
  const mask = newMask(hmac);
  mask.resized(text.length);
  const ms = processorMsOf(() => {
    for (let at = 0; at < bytes.length; at += TURN_BYTES) mask.push(bytes.subarray(at, at + TURN_BYTES), at);
    mask.end();
  });
  return ms / Math.ceil(bytes.length / TURN_BYTES);
}

function newMask(hmac: Hmac) {
  const source = { cluster: 'bench', resource: 'pods/exec', namespace: 'bench', name: 'web', part: 'app' };
  return createStreamMask({ hmac, inflate: () => undefined, source });
}

function maskOnce(bytes: Uint8Array, hmac: Hmac): { readonly ms: number; readonly masked: number } {
  const mask = newMask(hmac);
  const started = performance.now();
  const ms = processorMsOf(() => {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) mask.push(bytes.subarray(at, at + PIECE_BYTES), started);
    mask.end();
  });
  return { ms, masked: Object.values(mask.counts()).reduce((all, count) => all + count, 0) };
}
