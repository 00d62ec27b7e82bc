// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';

const hasTerminal = spawnSync('script', ['--version']).status === 0;
const PLAY = new URL('play-in-terminal.ts', import.meta.url);
/** Draws on the other screen, hides the cursor, tells which process it is, and goes on in an hour. */
const PLAYED = `
  const { playInTerminal } = await import('${PLAY}');
  const out = (text, at) => ({ channel: 'stdout', bytes: Buffer.from(text), at });
  const frames = async function* () {
    yield out('\\x1b[?1049h\\x1b[?25lpid=' + process.pid + ';', 0);
    yield out('late', 3_600_000_000);
  };
  await playInTerminal({ facts: undefined, frames, speed: 1, idleMs: Infinity, from: 0 });
`;

/** What a terminal shows in which it is played and ended by a signal, and how the terminal is set behind it. */
async function endedBy(signal: NodeJS.Signals): Promise<string> {
  const quoted = `'${PLAYED.replaceAll("'", "'\\''")}'`;
  const run = `${process.execPath} --input-type=module -e ${quoted}; echo "code $?"; stty -a`;
  const child = spawn('script', ['--quiet', '--return', '--flush', '--command', run, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let shown = '';
  child.stdout.on('data', (bytes: Buffer) => {
    const before = shown;
    shown += bytes.toString();
    const pid = /pid=(\d+);/.exec(shown)?.[1];
    if (pid !== undefined && !before.includes(`pid=${pid};`)) process.kill(Number(pid), signal);
  });
  await once(child, 'close');
  return shown;
}

describe('playInTerminal', { skip: hasTerminal ? false : 'no script(1)' }, () => {
  for (const [signal, code] of [
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
  ] as const) {
    it(`puts the terminal back when ${signal} ends it, and ends by it`, async () => {
      const shown = await endedBy(signal);
      assert.match(shown, new RegExp(`\\x1b\\[\\?1049l.*code ${code}\r?\n`, 's'));
      assert.ok(shown.includes('\x1b[?25h'));
      assert.match(shown, / icanon /);
      assert.match(shown, / echo /);
    });
  }
});
