// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Caller } from '../installation/caller.ts';
import { RunningProcess } from '../installation/running-process.ts';

/** A `kubectl port-forward` that runs. */
export interface Forward {
  readonly process: RunningProcess;
  /** The local port of each port that it forwards, in their order. */
  readonly ports: readonly number[];
}

export interface ForwardCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** Starts a `kubectl port-forward` to ports of a pod; resolves when it listens for all of them. */
export async function startForward({ command, args, env }: ForwardCommand, ports: readonly number[]): Promise<Forward> {
  const process = new RunningProcess(command, args, env);
  const local: number[] = [];
  for (const port of ports) {
    const line = await process.stdout.find(
      (one) => one.startsWith('Forwarding from 127.0.0.1:') && one.endsWith(` ${port}`),
    );
    local.push(Number(/:(\d+) /.exec(line)?.[1]));
  }
  return { process, ports: local };
}

/** The same as an agent, through the gateway. */
export async function forwardAs(
  caller: Caller,
  ports: readonly number[],
  env: Readonly<Record<string, string>> = {},
): Promise<Forward> {
  const command = await caller.kubectlCommand(...forwardArgs(ports));
  return startForward({ ...command, env: { ...command.env, ...env } }, ports);
}

export function forwardArgs(ports: readonly number[]): readonly string[] {
  return ['port-forward', 'pod/ports', ...ports.map((port) => `:${port}`)];
}

/** Sends bytes to a local port and resolves with as many that come back; fewer where the connection is closed before. */
export async function echoed(port: number, sent: Uint8Array): Promise<Buffer> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const socket: Socket = connect({ host: '127.0.0.1', port });
  const chunks: Buffer[] = [];
  let size = 0;
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= sent.length) socket.end();
  });
  socket.on('error', () => socket.destroy());
  socket.once('close', () => resolve());
  socket.write(sent);
  await promise;
  return Buffer.concat(chunks);
}

/** All that a local port says of itself, to its end. */
export async function greeting(port: number): Promise<string> {
  return text(connect({ host: '127.0.0.1', port }));
}

/** A connection that stays open after its first answer. */
export function holding(port: number): { readonly socket: Socket; readonly answered: Promise<unknown> } {
  const socket = connect({ host: '127.0.0.1', port });
  socket.on('error', () => socket.destroy());
  socket.write('x');
  return { socket, answered: once(socket, 'data') };
}
