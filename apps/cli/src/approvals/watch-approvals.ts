// SPDX-License-Identifier: Apache-2.0
import { setTimeout as delay } from 'node:timers/promises';
import type { ApprovalView } from '@countersign/wire';
import { CliError } from '../cli-error.ts';
import { callControl } from '../control/call-control.ts';
import { controlEvents, StreamLost } from '../control/control-events.ts';
import type { ControlOptions } from '../control/control-flags.ts';
import { type PrintLine, pacedPrint } from '../evidence/paced-print.ts';
import { asciiJson } from '../evidence/printable.ts';
import { approvalOf } from './approval-of.ts';
import { approvalLine } from './approval-text.ts';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
/** Of approvals that have ended, so that none is told twice; the gateway tells again of the last seconds alone. */
const MAX_KNOWN = 10_000;

export interface WatchOptions extends ControlOptions {
  readonly output: 'text' | 'json';
}

/** What was printed of each approval, and how it stands. */
interface Told {
  readonly line: string;
  readonly isOpen: boolean;
}

class Watch {
  readonly #options: WatchOptions;
  readonly #printLine: PrintLine;
  readonly #told = new Map<string, Told>();

  constructor(options: WatchOptions, printLine: PrintLine) {
    this.#options = options;
    this.#printLine = printLine;
  }

  /** Follows one connection to its end; false when nobody reads any more. */
  async follow(onConnected: () => void): Promise<boolean> {
    for await (const { name, data } of controlEvents(this.#options)) {
      if (name === 'hello') {
        onConnected();
        if (!(await this.#catchUp())) return false;
      }
      const id = name === 'approvals' ? idIn(data) : undefined;
      if (id !== undefined && !(await this.#tell(id))) return false;
    }
    return true;
  }

  /** What was open when it was told last may have ended while nobody listened. */
  async #catchUp(): Promise<boolean> {
    for (const [id, { isOpen }] of this.#told) if (isOpen && !(await this.#tell(id))) return false;
    return true;
  }

  async #tell(id: string): Promise<boolean> {
    const found = await this.#look(id);
    if (found === undefined) return true;
    const line = this.#options.output === 'json' ? asciiJson(found) : approvalLine(found);
    const isNews = this.#told.get(id)?.line !== line;
    this.#told.set(id, { line, isOpen: found.state === 'pending' || found.state === 'approved' });
    if (this.#told.size > MAX_KNOWN) this.#told.delete(this.#told.keys().next().value as string);
    return isNews ? this.#printLine(line) : true;
  }

  async #look(id: string): Promise<ApprovalView | undefined> {
    const path = `/api/v1/approvals?${new URLSearchParams({ id })}`;
    try {
      const { items } = await callControl({ ...this.#options, method: 'GET', path });
      return Array.isArray(items) && items.length > 0 ? approvalOf(items[0]) : undefined;
    } catch (cause) {
      // If it would not be answered again either, the next connection says so.
      throw cause instanceof CliError ? new StreamLost(cause.message, { cause }) : cause;
    }
  }
}

function idIn(data: string): string | undefined {
  try {
    const { id } = JSON.parse(data);
    return typeof id === 'string' ? id : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Prints approvals as they come and change, over one connection after another, until nobody reads any more.
 * @throws CliError where the gateway can't be reached at first, or refuses
 */
export async function watchApprovals(
  options: WatchOptions,
  print: (text: string) => void,
  note: (text: string) => void,
): Promise<void> {
  const watch = new Watch(options, pacedPrint(print));
  let isKnown = false;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
    try {
      const goesOn = await watch.follow(() => {
        isKnown = true;
        waitMs = FIRST_WAIT_MS;
      });
      if (!goesOn) return;
    } catch (error) {
      if (!isKnown || !(error instanceof StreamLost)) throw error;
      note(`countersign: ${error.message}; coming back\n`);
    }
    await delay(waitMs);
  }
}
