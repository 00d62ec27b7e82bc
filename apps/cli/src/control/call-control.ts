// SPDX-License-Identifier: Apache-2.0
import { request } from 'node:https';
import { CliError } from '../cli-error.ts';
import { caCertificates } from '../credential/ca-certificates.ts';
import { CREDENTIAL_WAYS, namesCredential, readCredentialSource } from '../credential/credential-source.ts';
import { obtainToken } from '../credential/obtain-token.ts';
import { readSmallFile } from '../credential/small-file.ts';
import { printable } from '../evidence/printable.ts';
import type { ControlOptions } from './control-flags.ts';

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** Where the control API is, and the token of whoever calls it. */
export interface ControlAccess {
  readonly base: URL;
  readonly token: string;
  /** PEM; the public ones when undefined. */
  readonly ca: string | undefined;
}

/** What is asked of it. */
export interface ControlRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** Goes as JSON. */
  readonly body?: object | undefined;
  /** `If-Match`, or `none` for `If-None-Match: *`. */
  readonly match?: string | undefined;
  /** Default: 10 seconds. */
  readonly timeoutMs?: number | undefined;
}

/** A call by the flags of a command. */
export type ControlCall = ControlRequest & ControlOptions;

type Answer = Readonly<Record<string, unknown>>;

interface TaggedAnswer {
  readonly answer: Answer;
  readonly etag: string | undefined;
}

function preconditionOf(match: string | undefined): Readonly<Record<string, string>> {
  if (match === undefined) return {};
  return match === 'none' ? { 'if-none-match': '*' } : { 'if-match': match };
}

function send(
  url: URL,
  { method, body, match, timeoutMs = TIMEOUT_MS }: ControlRequest,
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
        timeout: timeoutMs,
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
export function refusalIn({ title, detail, requestId, items }: Answer, status: number, origin: string): string {
  if (typeof title !== 'string' || typeof detail !== 'string') return `${origin} answered ${status}`;
  return [printable(`${title}: ${detail} (request ${String(requestId)})`), ...refusedItems(items)].join('\n  ');
}

/** Of what is refused for parts of it, a line each. */
function refusedItems(items: unknown): readonly string[] {
  const parts: readonly Answer[] = Array.isArray(items) ? items : [];
  return parts.map((part) => printable(`${String(part?.action)}: ${String(part?.detail)}`));
}

/** @throws CliError (3) */
export function controlUrl(text: string): URL {
  const url = URL.parse(text);
  if (url?.protocol !== 'https:') throw new CliError(3, `--control must be an https URL, not ${JSON.stringify(text)}`);
  return url;
}

/** The certificates of a CA file that was named. @throws CliError (2) */
export async function readCa(file: string | undefined): Promise<string | undefined> {
  return file === undefined ? undefined : caCertificates(await readSmallFile(file, 'the CA'));
}

/** The login that a call is made by, or takes its place from; undefined where its flags say all. @throws CliError */
async function loginOf(call: ControlOptions) {
  if (call.control !== undefined && namesCredential(call)) return undefined;
  const { Logins, loginsPath } = await import('../login/logins.ts');
  const logins = new Logins(loginsPath(process.env));
  const at = call.control === undefined ? undefined : controlUrl(call.control).origin;
  const login = await logins.find(at);
  return login && { login, logins };
}

/** Where the control API is, and how a call says who makes it. @throws CliError */
export async function reachControl(call: ControlOptions): Promise<ControlAccess> {
  const found = await loginOf(call);
  const control = call.control ?? found?.login.control;
  if (control === undefined)
    throw new CliError(3, 'name the control listener with --control, or log in first: countersign login');
  const base = controlUrl(control);
  const ca = await readCa(call.ca ?? found?.login.ca);
  if (namesCredential(call)) return { base, token: (await obtainToken(readCredentialSource(call))).token, ca };
  if (!found)
    throw new CliError(3, `nobody is logged in at ${base.origin}: run "countersign login", or ${CREDENTIAL_WAYS}`);
  const { loginToken } = await import('../login/login-token.ts');
  return { base, token: await loginToken(found.logins, found.login, Date.now), ca };
}

/**
 * Calls the control API as the person whose credential the options name.
 * @throws CliError (1) with the gateway's own words when it refuses
 */
export async function callControl(call: ControlCall): Promise<Answer> {
  return (await callForTag(call)).answer;
}

/** As `callControl`, with the ETag of what was answered, where it has one. */
export async function callForTag(call: ControlCall): Promise<TaggedAnswer> {
  return callAs(await reachControl(call), call);
}

/** As `callForTag`, by an access that is known. @throws CliError (1) */
export async function callAs({ base, token, ca }: ControlAccess, call: ControlRequest): Promise<TaggedAnswer> {
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
