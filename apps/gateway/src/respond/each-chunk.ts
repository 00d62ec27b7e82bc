// SPDX-License-Identifier: Apache-2.0
import type { Readable } from 'node:stream';

/** Masking so much takes a millisecond or so. */
const TURN_BYTES = 64 * 1024;

const CHANGES = ['readable', 'end', 'error', 'close'] as const;

function ignore(): void {}

/** Says of each piece that was taken whether others have their turn after it. */
function pauses(othersTurn: () => Promise<void>): (bytes: number) => Promise<void> | undefined {
  let bytesInTurn = 0;
  return (bytes) => {
    bytesInTurn += bytes;
    if (bytesInTurn < TURN_BYTES) return undefined;
    bytesInTurn = 0;
    return othersTurn();
  };
}

/**
 * Hands on what a body has, in order and one piece at a time; resolves at its clean end. What the body's own iterator
 * does, for a part of its cost, which small answers feel: it has no other reader and is destroyed by its owner. However much
 * of a large body is there already, everybody else gets a turn after each 64 KiB.
 * @param othersTurn - resolves when everybody else had a turn
 * @throws what `take` throws, or what broke the body off
 */
export async function eachChunk(
  body: Readable,
  take: (chunk: Uint8Array) => Promise<void>,
  othersTurn: () => Promise<void>,
): Promise<void> {
  let wake = () => {};
  const onChange = () => wake();
  for (const event of CHANGES) body.on(event, onChange);
  const pauseAfter = pauses(othersTurn);
  try {
    for (;;) {
      const chunk: Uint8Array | null = body.destroyed ? null : body.read();
      if (chunk !== null) {
        await take(chunk);
        await pauseAfter(chunk.length);
      } else if (body.errored) throw body.errored;
      else if (body.readableEnded) return;
      else if (body.closed) throw new TypeError('a body was destroyed before its end');
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    // What fails once nobody reads any more must not end the process.
    body.on('error', ignore);
    for (const event of CHANGES) body.off(event, onChange);
  }
}
