// SPDX-License-Identifier: Apache-2.0

/** How many exchanges a gateway has under way, by its metrics; `health` is its listener. */
export async function liveExchanges(health: string): Promise<number> {
  const text = await (await fetch(`${health}/metrics`)).text();
  return Number(/^countersign_live_exchanges (\d+)$/m.exec(text)?.[1]);
}
