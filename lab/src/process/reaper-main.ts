// SPDX-License-Identifier: Apache-2.0
// A lab's last will: waits for the end of standard input, whose other end only the lab's owner holds, then reaps the lab.
// It runs in a session of its own, so that no signal to the owner's terminal or process group reaches it.
import { reapRun } from './reap.ts';

const [recordPath] = process.argv.slice(2);
if (!recordPath) process.exit(2);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.stdin.resume();
for (const ended of ['end', 'error']) process.stdin.on(ended, () => void reapRun(recordPath));
