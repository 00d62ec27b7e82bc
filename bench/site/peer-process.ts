// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Child } from './child.ts';
import { adminIdentity } from './kubeconfig-identity.ts';
import type { Site } from './site.ts';

/** A proxy that checks nothing and calls the API server as its administrator. */
export interface Peer {
  readonly pid: number;
  readonly server: string;
  /** Writes a line to its standard input and resolves to the next that it prints. */
  ask(line: string): Promise<string>;
}

/** Starts a peer: it takes the same options, and prints where it listens, whatever it is written in. */
export async function startPeer(
  site: Site,
  stack: AsyncDisposableStack,
  { name, command, logFile }: { readonly name: string; readonly command: readonly string[]; readonly logFile: string },
): Promise<Peer> {
  const admin = await adminIdentity(site.lab.adminKubeconfig);
  const [program = '', ...args] = command;
  const child = stack.use(
    new Child(
      name,
      program,
      [
        ...args,
        ...['--upstream', site.lab.server, '--upstream-ca', site.lab.caFile],
        ...['--client-cert', admin.certificateFile, '--client-key', admin.keyFile],
        ...['--server-cert', site.tls.certificateFile, '--server-key', site.tls.keyFile],
      ],
      { logFile, stdout: 'pipe', stdin: 'pipe' },
    ),
  );
  const { stdin, stdout } = child.process;
  const lines = createInterface({ input: stdout as Readable });
  const [server] = (await child.until(once(lines, 'line'))) as [string];
  const ask = async (line: string) => {
    const answered = child.until(once(lines, 'line'));
    stdin?.write(`${line}\n`);
    return ((await answered) as [string])[0];
  };
  return { pid: child.pid, server, ask };
}
