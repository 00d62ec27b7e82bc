// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import type { Incoming } from './data/incoming.ts';
import type { Exchange, Masked } from './exchange.ts';
import { Fault } from './faults.ts';
import type { Stopped } from './lane-table.ts';
import type { UnknownCallers } from './limits/unknown-callers.ts';
import type { Pipeline } from './pipeline.ts';
import { fateOf } from './respond/fate-of.ts';
import { endFault, faultOf } from './respond/fault-of.ts';
import { type RefuseParts, refuse } from './respond/refuse.ts';
import { type ReleaseParts, release } from './respond/release.ts';
import { askAgain, mayAskAgain } from './second-attempt.ts';
import { receive } from './stages/receive.ts';
import { runExec } from './streams/exec/run-exec.ts';
import { type RunPortForwardParts, runPortForward } from './streams/port-forward/run-port-forward.ts';
import type { RefusedUpgrades } from './streams/refused-upgrades.ts';
import { isSession } from './streams/session.ts';

/** What is told of an exchange when it is over: for the process log and the metrics, never for evidence. */
export interface Served {
  readonly id: string;
  readonly reached: Exchange | undefined;
  readonly fault: Fault | undefined;
}

export interface ServeParts
  extends RefuseParts,
    Pick<ReleaseParts, 'turns' | 'budget'>,
    Pick<RunPortForwardParts, 'policies' | 'grants'> {
  readonly pipeline: Pipeline;
  readonly refusedUpgrades: RefusedUpgrades;
  readonly unknownCallers: UnknownCallers;
  readonly isDraining: () => boolean;
  readonly onServed: (served: Served) => void;
  /** An answer that could not even be refused: a bug, or the caller's connection gone at the wrong moment. */
  readonly onProblem: (error: unknown) => void;
}

/** By these the second attempt never left. */
const NOT_ASKED_AGAIN: ReadonlySet<string> = new Set(['ERR_CLUSTER_UNREACHABLE', 'ERR_CLUSTER_FULL']);

type Reach = (exchange: Exchange) => void;

async function carry(running: Promise<Masked | Stopped<Exchange>>, parts: ServeParts): Promise<void> {
  const result = await running;
  if ('fault' in result) throw result.fault;
  const carrying = { ...parts, faultOf };
  if (!isSession(result)) {
    parts.refusedUpgrades.remember(result);
    await release(result, carrying);
  } else if (result.lane === 'portforward') await runPortForward(result, carrying);
  else await runExec(result, carrying);
}

/** Carries an exchange to its end; a read that was lost with its connector is asked once more. */
async function carryOn(exchange: Exchange, parts: ServeParts, reach: Reach): Promise<void> {
  let reached = exchange;
  const follow = (further: Exchange) => {
    reached = further;
    reach(further);
  };
  try {
    await carry(parts.pipeline.run(exchange, follow), parts);
  } catch (error) {
    if (!mayAskAgain(reached, error)) throw error;
    reached.response?.body.destroy();
    await carry(askAgain(reached, parts, follow), parts).catch((again: unknown) => {
      // Of the first attempt nobody knows more than before.
      throw NOT_ASKED_AGAIN.has(faultOf(again).code) ? error : again;
    });
  }
}

/** A session that never began leaves no recording behind; of one that has its end nothing is left to do. */
async function takeBack(reached: Exchange | undefined, fault: Fault | undefined): Promise<void> {
  // What the log can't take now, the next start ends.
  await reached?.recorded?.recording.discard(fault?.code ?? 'not-switched').catch(() => undefined);
}

async function serve(incoming: Incoming, parts: ServeParts): Promise<Served> {
  const id = randomUUID();
  const abort = new AbortController();
  const asking = parts.unknownCallers.ask(incoming);
  const callerGone = () => abort.abort(new Fault('ERR_CALLER_GONE'));
  incoming.gone.addEventListener('abort', callerGone);
  let reached: Exchange | undefined;
  let fault: Fault | undefined;
  try {
    await parts.budget.next();
    if (parts.log.state.state === 'failed') throw new Fault('ERR_LOG_FAILED');
    if (parts.isDraining()) throw new Fault('ERR_SHUTTING_DOWN');
    if (asking === undefined) throw new Fault('ERR_LIMIT_SOURCE');
    const received = receive(incoming, id, parts.now(), abort);
    if (received instanceof Fault) throw received;
    await carryOn(received, parts, (exchange) => {
      reached = exchange;
      if (exchange.token) asking.known();
    });
  } catch (error) {
    fault = endFault(error, abort.signal);
    if (reached) parts.refusedUpgrades.remember(reached);
    fault = await refuse({ id, incoming, reached, fault, fate: fateOf(error) }, parts);
  } finally {
    // Node's HTTP/2 keeps streams for a while, which must not keep what was done for them.
    incoming.gone.removeEventListener('abort', callerGone);
    reached?.response?.body.destroy();
    await takeBack(reached, fault);
    reached?.life?.leave();
    asking?.leave();
  }
  return { id, reached, fault };
}

/** Serves requests as they come in: each is answered, whatever happens. */
export function serveWith(parts: ServeParts): (incoming: Incoming) => void {
  return (incoming) => {
    serve(incoming, parts).then(parts.onServed, (error: unknown) => {
      incoming.reply.cut();
      parts.onProblem(error);
    });
  };
}
