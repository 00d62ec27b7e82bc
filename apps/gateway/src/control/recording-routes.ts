// SPDX-License-Identifier: Apache-2.0
import { asciicast, outputLines } from '@countersign/recording';
import type { Hono } from 'hono';
import * as z from 'zod';
import type { AgentRegistry } from '../identity/agent-registry.ts';
import type { Log } from '../log/log.ts';
import type { KnownRecording, KnownRecordings } from '../recordings/known-recordings.ts';
import type { OpenReplay, ReplayProblem, Replays } from '../recordings/replays.ts';
import { callerPrincipal } from './caller-principal.ts';
import type { ControlContext, ControlVariables } from './control-context.ts';
import { type Problem, problemResponse, problems } from './problem.ts';

export interface RecordingRouteParts {
  readonly recordings: KnownRecordings;
  readonly replays: Replays;
  readonly registry: AgentRegistry;
  readonly log: Log;
  readonly onProblem: (error: unknown) => void;
}

export const replayQuery = z.strictObject({ as: z.enum(['cast', 'text']).default('cast') });

const TYPES = { cast: 'application/x-asciicast', text: 'text/plain; charset=utf-8' } as const;
/** What goes out at a time. */
const PIECE_CHARACTERS = 65_536;

const refusals: Readonly<Record<ReplayProblem, Problem>> = {
  ERR_REPLAYS_BUSY: problems.tooMany('several recordings are being read; try again when one of them is through'),
  ERR_RECORDING_MISSING: problems.notFound('the file or the key of the recording is not here'),
  ERR_RECORDING_KEY_DESTROYED: { status: 410, title: 'Destroyed', detail: 'the key of the recording was destroyed' },
  ERR_RECORDING_NOT_AS_LOGGED: {
    status: 409,
    title: 'Not what the log says',
    detail: 'the file is not what the log says of it, and is not shown; `countersign evidence verify` says where',
  },
};

/** What a list says of a recording: nothing of what flowed. */
function listed({ stream, exchange, from, ended, of, claims }: KnownRecording) {
  const bytes = (claims.end ?? claims.progress.at(-1))?.bytes ?? 0;
  const end = ended && { to: ended.at, end: ended.end, ...(ended.reason && { reason: ended.reason }) };
  return { id: stream, exchange, from, ...end, state: ended ? 'ended' : 'running', bytes, ...of };
}

/** On record before the first byte of it is sent. @throws LogError */
async function recordOpened(
  { stream, session }: KnownRecording,
  { var: { requestId, caller } }: ControlContext,
  { log, registry }: RecordingRouteParts,
): Promise<void> {
  const principal = callerPrincipal(caller.token, registry);
  const role = 'auditor';
  await log.append([{ type: 'recording.opened', exchange: requestId, session, stream, principal, role }]);
}

/** Only as much of it is read as goes out. */
function bodyOf(replay: OpenReplay, texts: AsyncGenerator<string>, onProblem: (error: unknown) => void) {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          let piece = '';
          let isOver = false;
          while (piece.length < PIECE_CHARACTERS && !isOver) {
            const { value, done = false } = await texts.next();
            piece += value ?? '';
            isOver = done;
          }
          if (piece !== '') controller.enqueue(encoder.encode(piece));
          if (!isOver) return;
          await replay[Symbol.asyncDispose]();
          controller.close();
        } catch (error) {
          onProblem(error);
          await replay[Symbol.asyncDispose]();
          controller.error(error);
        }
      },
      async cancel() {
        await texts.return(undefined);
        await replay[Symbol.asyncDispose]();
      },
    },
    { highWaterMark: 0 },
  );
}

async function* asLines(texts: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const text of texts) yield `${text}\n`;
}

function textsOf(replay: OpenReplay, as: keyof typeof TYPES): AsyncGenerator<string> {
  const { facts, started } = replay;
  const frames = replay.frames();
  if (as === 'text') return asLines(outputLines(frames, facts?.tty ?? true));
  return asciicast(frames, { facts, timestamp: Math.floor(Date.parse(started) / 1_000) });
}

/** What flowed in a stream, for auditors: an asciicast, or lines of text. */
async function replayOne(context: ControlContext, id: string, stream: string, parts: RecordingRouteParts) {
  const { requestId, caller } = context.var;
  const refuse = (problem: Problem) => problemResponse(problem, requestId);
  if (!caller.roles.includes('auditor')) return refuse(problems.forbidden('only auditors see what flowed'));
  const query = replayQuery.safeParse(context.req.query());
  if (!query.success) return refuse(problems.malformed(query.error));
  const known = parts.recordings.get(stream);
  if (known?.session !== id)
    return refuse(problems.notFound('no such recording of this session among the latest of this gateway'));
  const { as } = query.data;
  const headers = { 'content-type': TYPES[as] };
  // Nobody would read the body.
  if (context.req.method === 'HEAD') return context.body(null, 200, headers);
  const replay = await parts.replays.open(known);
  if (typeof replay === 'string') return refuse({ ...refusals[replay], code: replay });
  try {
    await recordOpened(known, context, parts);
    return context.body(bodyOf(replay, textsOf(replay, as), parts.onProblem), 200, headers);
  } catch (error) {
    await replay[Symbol.asyncDispose]();
    throw error;
  }
}

/** Recordings of sessions: which there are, for operators and auditors, and what is in them, for auditors. */
export function recordingRoutes(app: Hono<{ Variables: ControlVariables }>, parts: RecordingRouteParts): void {
  app.get('/api/v1/sessions/:id/recordings', (context) =>
    context.json({ items: parts.recordings.ofSession(context.req.param('id')).map(listed) }),
  );
  app.get('/api/v1/sessions/:id/recordings/:stream', (context) =>
    replayOne(context, context.req.param('id'), context.req.param('stream'), parts),
  );
}
