// SPDX-License-Identifier: Apache-2.0
import type { StatusDetails, StreamStatus } from '@countersign/kube';
import type { LateReply } from '../../data/incoming.ts';
import type { ExecCaller } from './exec-caller.ts';
import { untilLate } from './until-late.ts';

/** More than any refusal says. */
const MAX_BYTES = 65_536;
const MAX_WORDS = 4_096;

interface StatusLike {
  readonly kind?: unknown;
  readonly message?: unknown;
  readonly reason?: unknown;
  readonly details?: StatusDetails;
}

function parsed(text: string): StatusLike | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** An answer as an error channel says it, which knows no other: whatever it was, the session did not begin. */
function statusOf(code: number, text: string): StreamStatus {
  const body = parsed(text);
  const isStatus = body?.kind === 'Status' && typeof body.message === 'string';
  const message = isStatus ? String(body.message) : text.trim().slice(0, MAX_WORDS);
  const reason = isStatus && typeof body.reason === 'string' ? body.reason : '';
  const details = isStatus && body.details !== undefined ? { details: body.details } : {};
  return {
    outcome: 'failure',
    reason,
    message: message === '' ? `the session did not begin: it was answered ${code}` : message,
    more: { ...details, code },
  };
}

/** Says an answer to a caller that has been switched already: as the Status of its error channel, and its end. */
export class StatusReply implements LateReply {
  readonly #caller: ExecCaller;
  readonly #ended: AbortSignal;
  #status: number | undefined;
  #parts: Uint8Array[] = [];
  #bytes = 0;

  /** @param ended - of the exchange */
  constructor(caller: ExecCaller, ended: AbortSignal) {
    this.#caller = caller;
    this.#ended = ended;
  }

  get begun(): boolean {
    return this.#status !== undefined;
  }

  begin(status: number): void {
    this.#status = status;
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#bytes += chunk.length;
    if (this.#bytes <= MAX_BYTES) this.#parts.push(chunk);
  }

  /** Resolves once the caller has closed, or has had its time. */
  async end(last?: Uint8Array): Promise<void> {
    if (last) await this.write(last);
    const text = Buffer.concat(this.#parts).toString('utf8');
    const told = this.#caller.finish(statusOf(this.#status ?? 500, text)).catch(() => {
      // It is gone.
    });
    await Promise.race([told, untilLate(this.#ended)]);
  }
}
