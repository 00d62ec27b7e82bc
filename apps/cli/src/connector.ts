// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import manifest from '../package.json' with { type: 'json' };

const EXAMPLES = `
Examples:
  countersign connector --gateway gateway.example:8444 --ca tunnel-ca.pem --join-file token --state /var/lib/connector \\
    --in-cluster
  countersign connector --gateway 127.0.0.1:8444 --state ./connector --kubeconfig ~/.kube/config --context staging

The join token is used once; afterwards the state directory holds a certificate that renews itself.
Events are JSON lines on standard error.
Exit codes: 0 stopped, 1 the gateway refused it or can't be reached to enrol, 2 a file or the enrolment is missing,
3 wrong usage.`;

interface ConnectorCommandOptions {
  readonly gateway: readonly string[];
  readonly state: string;
  readonly joinFile?: string;
  readonly ca?: string;
  readonly caFingerprint?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly inCluster?: boolean;
}

/** `countersign connector`: runs a connector, which dials out to the gateway and holds the cluster credential. */
export function registerConnector(program: Command): void {
  program
    .command('connector')
    .description('run a connector inside the private network')
    .requiredOption('--gateway <host:port...>', 'tunnel listener of the gateway; name each replica')
    .requiredOption('--state <dir>', 'where its key and certificate are kept')
    .option('--join-file <file>', 'file with the join token; or COUNTERSIGN_JOIN_TOKEN')
    .option('--ca <file>', "the gateway's connector CA, PEM")
    .option('--ca-fingerprint <hex>', 'SHA-256 of that CA, where there is no file')
    .option('--kubeconfig <file>', 'credential of the cluster')
    .option('--context <name>', 'context of the kubeconfig')
    .option('--in-cluster', "use the pod's own service account")
    .addHelpText('after', EXAMPLES)
    .action(async (options: ConnectorCommandOptions) => {
      const [{ runConnector }, { pino }] = await Promise.all([import('@countersign/connector'), import('pino')]);
      const log = pino({ base: null }, pino.destination({ dest: 2, sync: true }));
      const stopping = new AbortController();
      // `on`, not `once`: a terminal, npm and a launcher may each send the one signal that was meant.
      for (const signal of ['SIGINT', 'SIGTERM', 'disconnect'] as const) process.on(signal, () => stopping.abort());
      process.exitCode = await runConnector(options, {
        environment: process.env,
        version: manifest.version,
        signal: stopping.signal,
        report: (event) => (event.event.endsWith('failed') ? log.error(event) : log.info(event)),
      });
      if (process.connected) process.disconnect?.();
    });
}
