// SPDX-License-Identifier: Apache-2.0
import { PassThrough, type Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { Exec, type KubeConfig, PortForward, type V1Status } from '@kubernetes/client-node';

const POD = 'ports';
const ECHO = 8080;
const BYTES = 200_000;

type Show = (what: string, value: unknown) => void;

function many(): Buffer {
  return Buffer.from(Array.from({ length: BYTES / 8 }, (_, index) => String(index).padStart(8, '.')).join(''));
}

async function taken(source: Readable, size: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let have = 0;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    have += chunk.length;
    if (have >= size) break;
  }
  return Buffer.concat(chunks);
}

/** Runs a command that says back its input and ends with 7. */
export async function executed(config: KubeConfig, namespace: string, show: Show): Promise<void> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const { promise: status, resolve } = Promise.withResolvers<V1Status>();
  const said = Promise.all([buffer(stdout), text(stderr)]);
  const command = ['sh', '-c', 'cat; echo problem >&2; exit 7'];
  await new Exec(config).exec(namespace, POD, 'main', command, stdout, stderr, stdin, false, resolve);
  stdin.end(many());
  show('status', await status);
  stdout.end();
  stderr.end();
  const [out, problems] = await said;
  show('stdout is stdin', out.equals(many()));
  show('stderr', problems);
}

/** Talks to a port of a pod. */
export async function forwarded(config: KubeConfig, namespace: string, show: Show): Promise<void> {
  const [input, output, problems] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const socket = await new PortForward(config).portForward(namespace, POD, [ECHO], output, problems, input);
  const back = taken(output, BYTES);
  input.write(many());
  show('what came back is what was sent', (await back).equals(many()));
  show('problems', problems.read()?.toString() ?? '');
  if (typeof socket !== 'function') socket.close();
}
