// SPDX-License-Identifier: Apache-2.0
import { request } from 'node:https';
import { CliError } from '../cli-error.ts';
import { caCertificates } from '../credential/ca-certificates.ts';
import { type CredentialOptions, readCredentialSource } from '../credential/credential-source.ts';
import { obtainToken } from '../credential/obtain-token.ts';
import { readSmallFile } from '../credential/small-file.ts';
import { printable } from '../evidence/printable.ts';

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

export interface ControlCall extends CredentialOptions {
  /** The control listener, https://HOST:PORT. */
  readonly control: string;
  readonly ca?: string | undefined;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** Goes as JSON. */
  readonly body?: object | undefined;
  /** `If-Match`, or `none` for `If-None-Match: *`. */
  readonly match?: string | undefined;
}

type Answer = Readonly<Record<string, unknown>>;

function preconditionOf(match: string | undefined): Readonly<Record<string, string>> {
  if (match === undefined) return {};
  return match === 'none' ? { 'if-none-match': '*' } : { 'if-match': match };
}

function send(
  url: URL,
  { method, body, match }: Pick<ControlCall, 'method' | 'body' | 'match'>,
  token: string,
  ca: string | undefined,
): Promise<{ status: number; text: string; etag: string | undefined }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...preconditionOf(match),
        },
        timeout: TIMEOUT_MS,
        ...(ca === undefined ? {} : { ca }),
      },
      (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > MAX_ANSWER_BYTES) response.destroy(new CliError(1, `${url.origin} answered too much`));
          else chunks.push(chunk);
        });
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            text: Buffer.concat(chunks).toString('utf8'),
            etag: response.headers.etag,
          }),
        );
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new CliError(1, `${url.origin} did not answer in time`)));
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Of a certificate that no CA vouches for, of those that count here. */
const UNTRUSTED: ReadonlySet<unknown> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Why nothing came of a call, in a sentence. */
export function whyUnreachable(origin: string, { code, message }: NodeJS.ErrnoException): string {
  if (UNTRUSTED.has(code))
    return `the certificate of ${origin} is of no CA that is trusted here: name its CA with --ca`;
  return `${origin} can't be reached: ${message}`;
}

/** What a problem (RFC 9457) says, as it may go to a terminal; what stands between may answer with something else. */
export function refusalIn({ title, detail, requestId }: Answer, status: number, origin: string): string {
  if (typeof title !== 'string' || typeof detail !== 'string') return `${origin} answered ${status}`;
  return printable(`${title}: ${detail} (request ${String(requestId)})`);
}

/** Where the control API is, and how a call says who makes it. @throws CliError */
export async function reachControl(
  call: Pick<ControlCall, 'control' | 'ca'> & CredentialOptions,
): Promise<{ readonly base: URL; readonly token: string; readonly ca: string | undefined }> {
  const base = URL.parse(call.control);
  if (base?.protocol !== 'https:')
    throw new CliError(3, `--control must be an https URL, not ${JSON.stringify(call.control)}`);
  const { token } = await obtainToken(readCredentialSource(call));
  const ca = call.ca === undefined ? undefined : caCertificates(await readSmallFile(call.ca, 'the CA'));
  return { base, token, ca };
}

/**
 * Calls the control API as the person whose credential the options name.
 * @throws CliError (1) with the gateway's own words when it refuses
 */
export async function callControl(call: ControlCall): Promise<Answer> {
  return (await callForTag(call)).answer;
}

/** As `callControl`, with the ETag of what was answered, where it has one. */
export async function callForTag(
  call: ControlCall,
): Promise<{ readonly answer: Answer; readonly etag: string | undefined }> {
  const { base, token, ca } = await reachControl(call);
  const { status, text, etag } = await send(new URL(call.path, base), call, token, ca).catch((cause: Error) => {
    throw cause instanceof CliError ? cause : new CliError(1, whyUnreachable(base.origin, cause), { cause });
  });
  let answer: Answer;
  try {
    answer = JSON.parse(text);
  } catch (cause) {
    throw new CliError(1, `${base.origin} answered ${status} with something that is not JSON`, { cause });
  }
  if (status >= 400) throw new CliError(1, refusalIn(answer, status, base.origin));
  return { answer, etag };
}
