// SPDX-License-Identifier: Apache-2.0
import { KubeError } from '../error.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, jsonAt } from '../json.ts';
import { parseJson } from '../parse-json.ts';
import { type StatusDetails, serializeForMarkup } from '../status.ts';

/** How a command ended, as its error channel says it in version 4 and later. */
export type StreamStatus =
  | { readonly outcome: 'success' }
  /** It ran, and ended with another code than 0. */
  | { readonly outcome: 'exit'; readonly exitCode: number; readonly message: string }
  /** It did not run, or was not seen to its end. `reason` is "" where none is given. */
  | {
      readonly outcome: 'failure';
      readonly reason: string;
      readonly message: string;
      readonly more?: StreamStatusMore;
    };

/** What a failure that is written says beside its sentence, for machines. Nobody reads it of one that comes. */
export interface StreamStatusMore {
  readonly details?: StatusDetails;
  readonly code?: number;
}

const MAX_BYTES = 64 * 1024;
const EXIT_REASON = 'NonZeroExitCode';
const EXIT_CAUSE = 'ExitCode';

/**
 * Collects an error channel, at most 64 KiB of it, where a message that holds nothing counts as a byte, and reads the
 * `metav1.Status` that it is. Clients take a channel that ends without a word for success; whether one may, is not decided
 * here.
 * @throws KubeError `ERR_KUBE_STREAM_STATUS`
 * @see k8s.io/client-go/tools/remotecommand/v4.go
 */
export class StreamStatusReader {
  readonly #parts: Uint8Array[] = [];
  #bytes = 0;
  #empty = 0;

  push(data: Uint8Array): void {
    this.#bytes += data.length;
    if (data.length === 0) this.#empty += 1;
    else this.#parts.push(data.slice());
    if (this.#bytes + this.#empty > MAX_BYTES) throw badStatus(`it is over ${MAX_BYTES} bytes`);
  }

  /** What the channel said, or undefined if nothing. */
  end(): StreamStatus | undefined {
    if (this.#bytes === 0) return undefined;
    const whole = new Uint8Array(this.#bytes);
    let at = 0;
    for (const part of this.#parts) {
      whole.set(part, at);
      at += part.length;
    }
    return readStatus(parsed(whole));
  }
}

/** Writes a status as the API server does. */
export function encodeStreamStatus(status: StreamStatus): Uint8Array {
  return new TextEncoder().encode(serializeForMarkup(statusObject(status)));
}

function statusObject(status: StreamStatus): object {
  if (status.outcome === 'success') return { metadata: {}, status: 'Success' };
  const failed = { metadata: {}, status: 'Failure', message: status.message };
  if (status.outcome === 'exit') {
    const causes = [{ reason: EXIT_CAUSE, message: String(status.exitCode) }];
    return { ...failed, reason: EXIT_REASON, details: { causes } };
  }
  const reason = status.reason === '' ? {} : { reason: status.reason };
  return { ...failed, ...reason, ...status.more };
}

function parsed(bytes: Uint8Array): JsonObject {
  try {
    const value = parseJson(bytes, { maxBytes: MAX_BYTES, maxDepth: 16, maxValues: 1_000 });
    if (isJsonObject(value)) return value;
  } catch (cause) {
    throw badStatus('it is not JSON', cause);
  }
  throw badStatus('it is not an object');
}

function readStatus(status: JsonObject): StreamStatus {
  const verdict = status.get('status');
  if (verdict === 'Success') return { outcome: 'success' };
  if (verdict !== 'Failure') throw badStatus('it tells neither success nor failure');
  const message = textAt(status, 'message');
  const reason = textAt(status, 'reason');
  if (reason !== EXIT_REASON) return { outcome: 'failure', reason, message };
  return { outcome: 'exit', exitCode: exitCode(jsonAt(status, 'details', 'causes')), message };
}

/** 1 to 255: a command that ends with 0 is a success. */
function exitCode(causes: JsonValue | undefined): number {
  const cause = isJsonArray(causes) ? causes.find((each) => jsonAt(each, 'reason') === EXIT_CAUSE) : undefined;
  const text = jsonAt(cause, 'message');
  if (typeof text !== 'string' || !/^[1-9]\d{0,2}$/.test(text) || Number(text) > 255)
    throw badStatus('it has no proper exit code');
  return Number(text);
}

function textAt(status: JsonObject, name: string): string {
  const text = status.get(name) ?? '';
  if (typeof text !== 'string') throw badStatus(`its ${name} is not text`);
  return text;
}

function badStatus(why: string, cause?: unknown): KubeError {
  return new KubeError('ERR_KUBE_STREAM_STATUS', `the error channel does not hold a Status: ${why}`, { cause });
}
