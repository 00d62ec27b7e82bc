// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Player, type PlayOptions } from './player.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Plays in the terminal of this process, with its keys; puts the terminal back however that ends, by a signal too. */
export async function playInTerminal(options: PlayOptions): Promise<void> {
  const { stdin, stdout } = process;
  const player = new Player(options, {
    write: async (text, signal) => {
      if (!stdout.write(text)) await once(stdout, 'drain', { signal }).catch(() => undefined);
    },
    wait: (milliseconds, signal) => delay(milliseconds, undefined, { signal }).catch(() => undefined),
  });
  const onData = (keys: Buffer) => player.press(keys.toString('latin1'));
  let endedBy: NodeJS.Signals | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    endedBy = signal;
    player.end();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  if (stdin.isTTY) stdin.setRawMode(true).on('data', onData);
  try {
    await player.run();
  } finally {
    if (stdin.isTTY) stdin.off('data', onData).setRawMode(false).pause();
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
  if (endedBy !== undefined) process.kill(process.pid, endedBy);
}
