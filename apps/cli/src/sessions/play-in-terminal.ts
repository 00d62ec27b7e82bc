// SPDX-License-Identifier: Apache-2.0
import { setTimeout as delay } from 'node:timers/promises';
import { Player, type PlayOptions } from './player.ts';

/** Plays in the terminal of this process, with its keys; puts the terminal back however that ends. */
export async function playInTerminal(options: PlayOptions): Promise<void> {
  const { stdin, stdout } = process;
  const player = new Player(options, {
    write: (text) => stdout.write(text),
    wait: (milliseconds, signal) => delay(milliseconds, undefined, { signal }).catch(() => undefined),
  });
  const onData = (keys: Buffer) => player.press(keys.toString('latin1'));
  if (stdin.isTTY) stdin.setRawMode(true).on('data', onData);
  try {
    await player.run();
  } finally {
    if (stdin.isTTY) stdin.off('data', onData).setRawMode(false).pause();
  }
}
