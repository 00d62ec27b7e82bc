// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { type ConnectorFlags, runConnector } from './run-connector.ts';

const USAGE = `Usage: connector --gateway HOST:PORT... --state DIR (--kubeconfig FILE [--context NAME] | --in-cluster)
                 [--ca FILE | --ca-fingerprint HEX] [--join-file FILE]

The join token may also come in COUNTERSIGN_JOIN_TOKEN. Events are JSON lines on standard error.
`;

function readFlags(args: string[]): ConnectorFlags | undefined {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args,
    options: {
      gateway: { type: 'string', multiple: true, default: [] },
      state: text,
      'join-file': text,
      ca: text,
      'ca-fingerprint': text,
      kubeconfig: text,
      context: text,
      'in-cluster': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help || values.state === undefined) return undefined;
  return {
    gateway: values.gateway,
    state: values.state,
    joinFile: values['join-file'],
    ca: values.ca,
    caFingerprint: values['ca-fingerprint'],
    kubeconfig: values.kubeconfig,
    context: values.context,
    inCluster: values['in-cluster'],
  };
}

async function main(): Promise<number> {
  let flags: ConnectorFlags | undefined;
  try {
    flags = readFlags(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
  }
  if (!flags) {
    process.stderr.write(USAGE);
    return 3;
  }
  const log = pino({ base: null }, pino.destination({ dest: 2, sync: true }));
  const stopping = new AbortController();
  // `on`, not `once`: a terminal, npm and a launcher may each send the one signal that was meant.
  for (const signal of ['SIGINT', 'SIGTERM', 'disconnect'] as const) process.on(signal, () => stopping.abort());
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return runConnector(flags, {
    environment: process.env,
    version,
    signal: stopping.signal,
    report: (event) => log[event.event.endsWith('failed') ? 'error' : 'info'](event),
  });
}

process.exitCode = await main();
if (process.connected) process.disconnect?.();
