// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Answer, type Call, call, type OpenAnswer, openCall } from './call.ts';
import type { CommandResult } from './countersign.ts';
import { RunningProcess } from './running-process.ts';

/** What a caller needs to be one. */
export interface CallerParts {
  /** The gateway's data listener with the cluster's path, without a slash at its end. */
  readonly server: string;
  readonly caFile: string;
  readonly kubeconfig: () => Promise<string>;
  readonly kubectl: string;
  /** Where its kubectl keeps what it has learnt of the API. */
  readonly cacheDir: string;
  readonly token: () => Promise<string>;
}

export interface CallOptions extends Pick<Call, 'signal' | 'timeoutMs'> {
  /** An object is sent as JSON. */
  readonly body?: string | Uint8Array | object | undefined;
  /** Default: application/json, where there is a body. */
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** Default: the agent's own; `null` for none. */
  readonly token?: string | null;
}

/** A kubectl with its arguments and its environment. */
export interface KubectlCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** A process that calls one cluster through the gateway as one agent: with kubectl, or with requests of its own. */
export class Caller {
  readonly #parts: CallerParts;

  constructor(parts: CallerParts) {
    this.#parts = parts;
  }

  get server(): string {
    return this.#parts.server;
  }

  /** Runs kubectl to its end. */
  async kubectl(...args: readonly string[]): Promise<CommandResult> {
    const running = await this.startKubectl(...args);
    const code = await running.exited;
    return { code, stdout: running.stdout.all.join('\n'), stderr: running.stderr.all.join('\n') };
  }

  /** Starts a kubectl that goes on. */
  async startKubectl(...args: readonly string[]): Promise<RunningProcess> {
    const run = await this.kubectlCommand(...args);
    return new RunningProcess(run.command, run.args, run.env);
  }

  /** How its kubectl is started, for a test that does so itself. */
  async kubectlCommand(...args: readonly string[]): Promise<KubectlCommand> {
    const { kubectl, kubeconfig, cacheDir } = this.#parts;
    const env = { PATH: process.env.PATH, HOME: cacheDir, KUBECONFIG: await kubeconfig() };
    return { command: kubectl, args: [`--cache-dir=${join(cacheDir, 'discovery')}`, ...args], env };
  }

  /** One request; `path` is what follows the cluster's name. */
  async call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    return call(await this.#request(method, path, options));
  }

  /** As {@link Caller.call}, for an answer that goes on. */
  async open(method: string, path: string, options: CallOptions = {}): Promise<OpenAnswer> {
    return openCall(await this.#request(method, path, options));
  }

  async #request(method: string, path: string, options: CallOptions): Promise<Call> {
    const { server, caFile } = this.#parts;
    const { body, contentType = 'application/json', headers, signal, timeoutMs } = options;
    const token = options.token === undefined ? await this.#parts.token() : options.token;
    const raw = typeof body === 'object' && !(body instanceof Uint8Array) ? JSON.stringify(body) : body;
    return {
      method,
      url: `${server}${path}`,
      ca: await readFile(caFile, 'utf8'),
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(raw === undefined ? {} : { 'content-type': contentType, 'content-length': String(Buffer.byteLength(raw)) }),
        ...headers,
      },
      body: raw,
      signal,
      timeoutMs,
    };
  }
}
