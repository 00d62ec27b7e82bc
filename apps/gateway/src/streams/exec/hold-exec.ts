// SPDX-License-Identifier: Apache-2.0
import type { Decided } from '../../exchange.ts';
import { Fault } from '../../faults.ts';
import { sessionStreams } from './exec-caller.ts';
import { HELD_BYTES, HeldCaller } from './held-caller.ts';
import { StatusReply } from './status-reply.ts';
import { switchExec } from './switch-exec.ts';

/**
 * Answers an exec or attach that waits with its 101, and says there why it waits: on stderr, or on stdout where it has no
 * stderr. From then on its error channel says what it is answered. A fault where there is no room for what it may send.
 * @throws CallerGone
 */
export function holdExec(exchange: Decided, notice: string): HeldCaller | Fault {
  const { upgrade, incoming, request, abort, hold } = exchange;
  if (upgrade === undefined) throw new TypeError('what asks for no switch is refused before');
  const full = hold.take(HELD_BYTES);
  if (full) return full;
  const { stderr, stdout, tty } = sessionStreams(request);
  const onGone = (cause: unknown) =>
    abort.abort(cause instanceof Fault ? cause : new Fault('ERR_CALLER_GONE', '', { cause }));
  const caller = new HeldCaller(switchExec({ ...exchange, upgrade }), { tty, over: abort.signal, onGone });
  incoming.answerBy?.(new StatusReply(caller, abort.signal));
  const hasOutput = stderr || stdout;
  // A terminal in raw mode goes to the next line, and not to its beginning. Without an output an empty one is as good.
  caller.tell(stderr ? 'stderr' : 'stdout', Buffer.from(hasOutput ? `${notice}${tty ? '\r\n' : '\n'}` : ''));
  return caller;
}
