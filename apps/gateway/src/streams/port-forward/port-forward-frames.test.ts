// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePortStream, portStreamHeaders, type SpdyEvent } from '@countersign/kube';
import type { StreamFrame } from '@countersign/recording';
import fc from 'fast-check';
import {
  fuzzParameters,
  portHeaders,
  portMessages,
  type Sent,
  send,
  spdyCaller,
  tunnelMessages,
} from '../frames-for-tests.ts';
import { channels, run } from './port-forward-for-tests.ts';

/** Nobody may have it. */
const FORBIDDEN = 22;
const PORTS = [80, FORBIDDEN, 9090];
/** A caller that could not be understood is listened to for a while, which takes time and no work. */
const AT_ONCE = 20;
/** More than any caller of these opens. */
const MOST_STREAMS = 32;

interface Given {
  readonly isSpdy: boolean;
  readonly sent: Sent;
  /** What upstream sends beside what it should. */
  readonly hostile: Sent | undefined;
}

const given: fc.Arbitrary<Given> = fc
  .tuple(
    fc.oneof(
      spdyCaller(portHeaders(PORTS)).map((sent) => ({ isSpdy: true, sent })),
      portMessages().map((sent) => ({ isSpdy: false, sent })),
    ),
    fc.option(tunnelMessages(), { nil: undefined }),
  )
  .map(([caller, hostile]) => ({ ...caller, hostile }));

/** The ports that connections were opened to upstream, and how much came on their data streams. */
function arrived(events: readonly SpdyEvent[]) {
  const opened = events.flatMap((event) =>
    event.type === 'opened' ? [{ stream: event.stream, ...parsePortStream(event.headers) }] : [],
  );
  const data = new Set(opened.filter(({ type }) => type === 'data').map(({ stream }) => stream));
  const bytes = events.flatMap((event) => (event.type === 'data' && data.has(event.stream) ? [event.data.length] : []));
  return { ports: new Set(opened.map(({ port }) => port)), bytesUp: bytes.reduce((sum, one) => sum + one, 0) };
}

function recordedUp(frames: readonly StreamFrame[]): number {
  return frames.reduce((sum, frame) => sum + (frame.channel === 'port-up' ? frame.bytes.length : 0), 0);
}

/** One port-forward of which both sides send what they are given, to its end. */
async function forwarded({ isSpdy, sent, hostile }: Given) {
  const query = `?${PORTS.map((port) => `ports=${port}`).join('&')}`;
  const running = run(isSpdy ? {} : { protocol: channels, query });
  // What comes back is read as a client that opened streams reads it.
  for (let opened = 0; opened < MOST_STREAMS; opened++)
    running.client.session.open(portStreamHeaders({ type: 'data', port: 80, requestId: '0' }));
  if (!isSpdy) running.caller.resume();
  const sending = [send(running.caller, sent), ...(hostile ? [send(running.upstreamConnection, hostile)] : [])];
  await running.over;
  running.caller.destroy();
  running.upstreamConnection.destroy();
  await Promise.all(sending);
  return running;
}

async function assertHolds(sides: Given): Promise<void> {
  const { upstream, records, recorded } = await forwarded(sides);
  const end = records.at(-1);
  assert.ok(end?.type === 'stream.end', 'behind the end nothing is on record');
  assert.notEqual(end.reason, 'ERR_INTERNAL');
  const { ports, bytesUp } = arrived(upstream.events);
  const allowed = records.flatMap((one) =>
    one.type === 'stream.port' && one.decision.effect === 'allow' ? [one.port] : [],
  );
  assert.ok(!ports.has(FORBIDDEN));
  for (const port of ports) assert.ok(allowed.includes(port), `${port} was opened without a decision`);
  assert.ok(recordedUp(recorded) >= bytesUp);
}

test('whatever both sides of a port-forward send, it comes to an end, and no port is opened undecided', async () => {
  const batch = fc.array(given, { minLength: AT_ONCE, maxLength: AT_ONCE });
  const { seed, numRuns } = fuzzParameters;
  await fc.assert(
    fc.asyncProperty(batch, async (all) => void (await Promise.all(all.map(assertHolds)))),
    { seed, numRuns: Math.ceil(numRuns / AT_ONCE) },
  );
});
