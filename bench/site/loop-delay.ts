// SPDX-License-Identifier: Apache-2.0
import { BenchError } from '../bench-error.ts';
import type { Peer } from './peer-process.ts';
import type { Site } from './site.ts';

/** The longest that the gateway's event loop was kept waiting since the last look, in milliseconds. */
export async function longestLoopDelayMs({ healthUrl }: Site): Promise<number> {
  const text = await (await fetch(`${healthUrl}/metrics`)).text();
  const [, seconds] = /^countersign_event_loop_delay_seconds\{quantile="1"\} (\S+)$/m.exec(text) ?? [];
  if (seconds === undefined) throw new BenchError('ERR_BENCH_WRONG_ANSWER', 'the gateway tells no event loop delay');
  return Number(seconds) * 1_000;
}

/** The same of the proxy of Node's own modules. */
export async function longestLoopDelayOfNodeProxyMs({ ask }: Peer): Promise<number> {
  return Number(await ask('how late'));
}
