// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { CliError } from '../cli-error.ts';
import { reachControl, refusalIn, whyUnreachable } from './call-control.ts';
import type { ControlOptions } from './control-flags.ts';
import { EventParser, type ServerEvent } from './event-parser.ts';

/** The gateway says something every 15 s; a stream that has said nothing for so long is dead. */
const SILENCE_MS = 45_000;
const MAX_REFUSAL_BYTES = 65_536;

/** The stream is gone, or can't be had now; it may be had later. */
export class StreamLost extends CliError {
  constructor(message: string, options?: ErrorOptions) {
    super(1, message, options);
  }
}

async function openStream(options: ControlOptions): Promise<{ readonly answer: IncomingMessage; readonly base: URL }> {
  const { base, token, ca } = await reachControl(options);
  const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream' };
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = request(
      new URL('/api/v1/events', base),
      { method: 'GET', headers, timeout: SILENCE_MS, ...(ca === undefined ? {} : { ca }) },
      resolve,
    );
    outgoing.on('timeout', () => outgoing.destroy(new StreamLost(`${base.origin} has gone silent`)));
    outgoing.on('error', reject);
    outgoing.end();
  }).catch((cause: Error) => {
    throw cause instanceof CliError ? cause : new StreamLost(whyUnreachable(base.origin, cause), { cause });
  });
  return { answer, base };
}

async function refusalOf(answer: IncomingMessage, { origin }: URL): Promise<CliError> {
  const status = answer.statusCode ?? 0;
  let text = '';
  for await (const chunk of answer.setEncoding('utf8')) {
    text += chunk;
    if (text.length > MAX_REFUSAL_BYTES) break;
  }
  let message = `${origin} answered ${status}`;
  try {
    message = refusalIn(JSON.parse(text), status, origin);
  } catch {
    // What stands between answers as it likes.
  }
  const isForNow = status === 429 || status >= 500;
  return isForNow ? new StreamLost(message) : new CliError(1, message);
}

/**
 * Events of the gateway, of one connection: it ends when the gateway ends it, which it does with the token too.
 * @throws StreamLost, or CliError where coming back would lead to nothing else
 */
export async function* controlEvents(options: ControlOptions): AsyncGenerator<ServerEvent> {
  const { answer, base } = await openStream(options);
  if (answer.statusCode !== 200) throw await refusalOf(answer, base);
  const parser = new EventParser();
  try {
    for await (const chunk of answer.setEncoding('utf8')) yield* parser.push(chunk);
  } catch (cause) {
    throw cause instanceof CliError ? cause : new StreamLost(`the stream of ${base.origin} broke off`, { cause });
  } finally {
    answer.destroy();
  }
}
