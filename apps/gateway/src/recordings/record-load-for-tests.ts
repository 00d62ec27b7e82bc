// SPDX-License-Identifier: Apache-2.0
// A process that records until it is ended: `node record-load-for-tests.ts OPTIONS STREAMS FRAMES`. Before it waits for a
// frame it says nothing; for each that is durable, and for each that is refused, as the first of a recording that can't be
// begun, it prints a line:
// `<stream> <number> taken|<code>`; at the end `end`.
import type { LogPlace } from '../log/log-for-tests.ts';
import { openBoth, output, streamOf } from './recordings-for-tests.ts';

const [options = '{}', streams = '1', frames = '1'] = process.argv.slice(2);
const { stallMs, ...place } = JSON.parse(options) as LogPlace & { readonly stallMs?: number };
const { recordings, close } = await openBoth(place, stallMs === undefined ? {} : { stallMs });

async function record(): Promise<void> {
  const stream = streamOf();
  const codeOf = (error: { readonly code: string }) => error.code;
  const recording = await recordings.open(stream).catch(codeOf);
  if (typeof recording === 'string') {
    process.stdout.write(`${stream.stream} 0 ${recording}\n`);
    return;
  }
  for (let i = 0; i < Number(frames); i++) {
    const result = await recording.write(output(`${i}\n`)).then(() => 'taken', codeOf);
    process.stdout.write(`${stream.stream} ${i} ${result}\n`);
    if (result !== 'taken') break;
  }
}

await Promise.all(Array.from({ length: Number(streams) }, record));
process.stdout.write('end\n');
await close();
