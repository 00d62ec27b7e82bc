// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import type { FramesOptions, RecordedFrame } from '@countersign/recording';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { PrintLine } from './evidence/paced-print.ts';
import { runVerb } from './run-verb.ts';
import type { KnownRecording, OpenedRecording } from './sessions/recording-files.ts';

const EXAMPLES = `
Examples:
  countersign sessions replay ./log 0196f0a0-0000-4000-8000-000000000001 --keys ./keys
  countersign sessions replay ./log 0196f0a0-0000-4000-8000-000000000001 --keys ./keys --speed 4 --idle 1
  countersign sessions replay ./log 0196f0a0-0000-4000-8000-000000000001 --keys ./keys --search password
  countersign sessions replay ./log 0196f0a0-0000-4000-8000-000000000001 --keys ./keys -o cast

Of a session or a request, every recording is played. Each is first checked against the log, and opened whole.
In a terminal it is played: space holds it, the arrows right and left jump 10 s, q ends it. Elsewhere its output is
printed as lines. Escape sequences that do more than draw are left out, also of a cast.
A hit of --search in parentheses was overwritten, erased or never shown.
Exit codes: 0 played, 1 a recording is not what the log says, not whole, not there, or nothing was found, 2 a file or
key is missing, 3 wrong usage.`;

interface ReplayOptions {
  readonly keys: string;
  readonly recordings?: string;
  readonly speed: number;
  readonly idle: number;
  readonly from: number;
  readonly search?: string;
  readonly follow?: boolean;
  readonly output: 'text' | 'json' | 'cast';
}

async function replaySession(
  dir: string,
  id: string,
  options: ReplayOptions,
  print: (text: string) => void,
): Promise<void> {
  const [files, { loadKeyRing }, { pacedPrint }, { assertId }, { CliError }] = await Promise.all([
    import('./sessions/recording-files.ts'),
    import('./evidence/key-ring.ts'),
    import('./evidence/paced-print.ts'),
    import('./sessions/session-id.ts'),
    import('./cli-error.ts'),
  ]);
  assertId(id, 'a stream, a request or a session');
  const known = await files.findRecordings(dir, id);
  const keys = await loadKeyRing(options.keys);
  const printLine = pacedPrint(print);
  const recordingsDir = options.recordings ?? join(dir, '..', 'recordings');
  let isFound = options.search === undefined;
  for (const one of known) {
    await using recording = await files.openRecordingFile(recordingsDir, one, keys);
    if (options.search !== undefined) isFound = (await search(recording, options.search, printLine)) || isFound;
    else await show(dir, recording, { ...options, isOneOfMany: known.length > 1 }, printLine);
  }
  if (!isFound) process.exitCode = 1;
  const flaws = known.flatMap(({ stream, flaw }) =>
    flaw === undefined ? [] : [`the recording ${stream} is not whole: ${flaw}`],
  );
  if (flaws.length > 0) throw new CliError(1, flaws.join('; '));
}

/** Where there is an end on record, what stands after it is no part of the recording. */
function upToItsEnd({ claims }: KnownRecording): Pick<FramesOptions, 'chunks'> {
  return claims.end === undefined ? {} : { chunks: claims.end.chunks };
}

async function search({ reader, known }: OpenedRecording, text: string, printLine: PrintLine): Promise<boolean> {
  const [{ searchRecording, RecordingError }, { hitLine }, { CliError }] = await Promise.all([
    import('@countersign/recording'),
    import('./sessions/replay-lines.ts'),
    import('./cli-error.ts'),
  ]);
  let isFound = false;
  try {
    for await (const hit of searchRecording(reader.frames(upToItsEnd(known)), { text, facts: await reader.facts() })) {
      isFound = true;
      if (!(await printLine(`${known.stream}  ${hitLine(hit)}`))) break;
    }
  } catch (cause) {
    if (!(cause instanceof RecordingError) || cause.code !== 'ERR_RECORDING_FRAME') throw cause;
    throw new CliError(3, cause.message, { cause });
  }
  return isFound;
}

async function show(
  dir: string,
  { known, reader }: OpenedRecording,
  { output, speed, idle, from, follow, isOneOfMany }: ReplayOptions & { readonly isOneOfMany: boolean },
  printLine: PrintLine,
): Promise<void> {
  const [{ asciicast, outputLines }, { frameJson, headingLine }, { playInTerminal }, { untilEnded }] =
    await Promise.all([
      import('@countersign/recording'),
      import('./sessions/replay-lines.ts'),
      import('./sessions/play-in-terminal.ts'),
      import('./sessions/follow-recording.ts'),
    ]);
  const facts = await reader.facts();
  const hasMore = follow === true ? untilEnded(dir, known.stream) : async () => false;
  const frames = (goesOn: () => boolean, since = 0): AsyncIterable<RecordedFrame> =>
    reader.frames({ ...upToItsEnd(known), from: since, waitForMore: async () => goesOn() && (await hasMore()) });
  if (output === 'text' && isOneOfMany && facts) {
    if (!(await printLine(headingLine(known.stream, reader.header.started, facts)))) return;
  }
  if (output === 'text' && process.stdout.isTTY) {
    await playInTerminal({ facts, frames, speed, idleMs: idle * 1_000, from: from * 1_000_000 });
    return;
  }
  const asked = frames(() => true, from * 1_000_000);
  if (output === 'json')
    return await printAll(
      mapFrames(asked, (frame) => frameJson(known.stream, frame)),
      printLine,
    );
  if (output === 'text') return await printAll(outputLines(asked, facts?.tty ?? true), printLine);
  const timestamp = Math.floor(Date.parse(reader.header.started) / 1_000);
  await printAll(asciicast(asked, { facts, timestamp }), (line) => printLine(line.trimEnd()));
}

async function* mapFrames(frames: AsyncIterable<RecordedFrame>, line: (frame: RecordedFrame) => string) {
  for await (const frame of frames) yield line(frame);
}

async function printAll(lines: AsyncIterable<string>, printLine: PrintLine): Promise<void> {
  for await (const line of lines) if (!(await printLine(line))) return;
}

/** A number above `least`, as far as a thousand. */
function parseNumber(least: number) {
  return (text: string): number => {
    const number = /^\d{1,6}(?:\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
    if (!(number >= least)) throw new InvalidArgumentError(`a number, at least ${least}.`);
    return number;
  };
}

/** `countersign sessions replay`: what flowed, played, printed or searched. */
export function registerSessionsReplay(sessions: Command): void {
  const command = sessions
    .command('replay')
    .description('play what was recorded of a stream, a request or a session; or search it')
    .argument('<dir>', 'the log directory')
    .argument('<id>', 'id of a stream, a request or a session')
    .requiredOption('--keys <dir>', 'directory with the key table: what was recorded is encrypted')
    .option('--recordings <dir>', 'directory of recordings (default: beside the log directory)')
    .option('--speed <factor>', 'so many times as fast', parseNumber(0.1), 1)
    .option('--idle <seconds>', 'longest silence, in seconds', parseNumber(0), 2)
    .option('--from <seconds>', 'begin there', parseNumber(0), 0)
    .option('--search <text>', 'print where a text stands in commands, input and output')
    .option('--follow', 'go on until the stream ends')
    .addOption(new Option('-o, --output <format>', 'format').choices(['text', 'json', 'cast']).default('text'))
    .addHelpText('after', EXAMPLES)
    .action((dir: string, id: string, options: ReplayOptions) =>
      runVerb(command, (print) => replaySession(dir, id, options, print)),
    );
}
