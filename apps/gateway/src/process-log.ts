// SPDX-License-Identifier: Apache-2.0
import { openSync, writeSync } from 'node:fs';
import { type DestinationStream, pino } from 'pino';
import { refusalLimit } from './limits/refusal-limit.ts';
import type { Served } from './serve.ts';

/** Lines about exchanges of strangers, and of those who are over a limit. */
const NOT_LET_IN = { burst: 100, perMinute: 600 } as const;

/** One exchange, as the process log has it: for operators, not evidence. No name that a caller could choose. */
export interface ServedLine {
  readonly level: 'info' | 'error';
  readonly exchange: string;
  readonly cluster: string | undefined;
  readonly principal: string | undefined;
  readonly lane: string | undefined;
  readonly fault: string | undefined;
  readonly milliseconds: number | undefined;
  readonly cause: unknown;
}

/** What the process says of itself, apart from evidence. */
export interface ProcessLog {
  /** Ports by listener, when all of them are open. */
  started(ports: Readonly<Record<string, number>>): void;
  served(line: ServedLine): void;
  /** The configuration or the policies changed, and the change is in force: all of it but what needs a restart. */
  tookUp(what: string, needRestart?: readonly string[]): void;
  /** They changed, and what was in force before stays, because of these problems. */
  rejected(what: string, problems: readonly string[]): void;
  warn(message: string): void;
  problem(message: string, error: unknown): void;
}

/** A caller's own mistakes are information; only the gateway's are errors, and only those carry a cause. */
function servedLine({ id, reached, fault }: Served, now: Date): ServedLine {
  const isOurs = fault?.row.origin === 'gateway';
  return {
    level: isOurs ? 'error' : 'info',
    exchange: id,
    cluster: reached?.cluster,
    principal: reached?.principal?.id,
    lane: reached?.lane,
    fault: fault?.code,
    milliseconds: reached ? now.getTime() - reached.receivedAt.getTime() : undefined,
    cause: isOurs ? fault?.cause : undefined,
  };
}

/**
 * Tells the process log of exchanges: of all that were let in, and of so many of the others as they come one by one. Those
 * are as many as strangers like, and the log lies on a disk.
 */
export function tellServed(processLog: ProcessLog, now: () => Date): (served: Served) => void {
  const limit = refusalLimit({ ...NOT_LET_IN, maxParties: 1, now });
  return (served) => {
    const isLetIn = served.reached?.allowance !== undefined;
    if (!isLetIn && limit.isExceeded('')) return;
    if (!isLetIn) limit.count('');
    processLog.served(servedLine(served, now()));
  };
}

const INFO = '{"level":30,';

/**
 * A line that can't be written is lost: on a full disk the gateway goes on, and what is evidence stands elsewhere. Lines of
 * information wait for the end of the event loop's turn, so that the exchanges that end in one are written at once; what
 * is worse than that is written at once, after them.
 */
function linesTo(file: string | undefined): DestinationStream {
  const descriptor = file === undefined ? process.stderr.fd : openSync(file, 'a', 0o600);
  let waiting = '';
  const flush = () => {
    const lines = Buffer.from(waiting);
    waiting = '';
    try {
      for (let rest = lines; rest.length > 0; ) rest = rest.subarray(writeSync(descriptor, rest));
    } catch {}
  };
  process.once('exit', flush);
  return {
    write(line) {
      if (waiting === '') setImmediate(flush);
      waiting += line;
      if (!line.startsWith(INFO)) flush();
    },
  };
}

/** JSON lines to a file of its owner's, or to standard error. */
export function jsonProcessLog(file?: string): ProcessLog {
  const logger = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, linesTo(file));
  return {
    started: (ports) => logger.info({ ports }, 'the gateway is up'),
    served: ({ level, cause, ...line }) =>
      logger[level](cause === undefined ? line : { ...line, err: cause }, 'exchange'),
    tookUp: (what, needRestart = []) =>
      needRestart.length === 0
        ? logger.info(`${what} changed: in force now`)
        : logger.warn({ needRestart }, `${what} changed: in force now, but for what needs a restart`),
    rejected: (what, problems) =>
      logger.warn({ problems }, `${what} changed and can't be used: what was in force stays`),
    warn: (message) => logger.warn(message),
    problem: (message, error) => logger.error({ err: error }, message),
  };
}
