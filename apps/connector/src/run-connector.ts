// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { type ConnectorOptions, startConnector } from './connector.ts';
import { ConnectorError } from './connector-error.ts';
import type { ConnectorEvent } from './connector-event.ts';
import { inClusterSource } from './credential/in-cluster.ts';
import { kubeconfigSource } from './credential/kubeconfig.ts';

const GRACE_MS = 10_000;

/** The flags of `countersign connector`, as they were given. */
export interface ConnectorFlags {
  readonly gateway: readonly string[];
  readonly state: string;
  readonly joinFile?: string | undefined;
  /** File with the gateway's CA certificate. */
  readonly ca?: string | undefined;
  readonly caFingerprint?: string | undefined;
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  readonly inCluster?: boolean | undefined;
}

/** What a process gives its connector. */
export interface ConnectorProcess {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly report: (
    event: ConnectorEvent | { readonly event: 'failed'; readonly code: string; readonly message: string },
  ) => void;
  /** Aborting ends the connector in good order. */
  readonly signal: AbortSignal;
  readonly version: string;
}

/**
 * Runs a connector until it is told to stop. Returns the exit code: 0 stopped, 1 the gateway refused it or it can't be
 * reached to enrol, 2 a file or the enrolment is missing, 3 wrong flags.
 */
export async function runConnector(flags: ConnectorFlags, process: ConnectorProcess): Promise<number> {
  try {
    const connector = await startConnector(await completeFlags(flags, process));
    const stop = () => void connector.close(GRACE_MS);
    if (process.signal.aborted) stop();
    process.signal.addEventListener('abort', stop, { once: true });
    const error = await connector.over;
    if (error) throw error;
    return 0;
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    process.report({ event: 'failed', code: error.refusal ?? error.code, message: error.message });
    return exitCode(error);
  }
}

function exitCode({ code }: ConnectorError): number {
  if (code === 'ERR_CONNECTOR_OPTIONS' || code === 'ERR_CONNECTOR_TOKEN') return 3;
  const incomplete = ['ERR_CONNECTOR_NOT_ENROLLED', 'ERR_CONNECTOR_STATE', 'ERR_CONNECTOR_KUBECONFIG'];
  return incomplete.includes(code) ? 2 : 1;
}

async function completeFlags(flags: ConnectorFlags, process: ConnectorProcess): Promise<ConnectorOptions> {
  const now = () => new Date();
  const { environment } = process;
  if ((flags.kubeconfig === undefined) === !flags.inCluster) {
    throw new ConnectorError('ERR_CONNECTOR_OPTIONS', 'give exactly one of --kubeconfig FILE and --in-cluster');
  }
  if (flags.ca !== undefined && flags.caFingerprint !== undefined) {
    throw new ConnectorError('ERR_CONNECTOR_OPTIONS', 'give --ca FILE or --ca-fingerprint HEX, not both');
  }
  const credential =
    flags.kubeconfig === undefined
      ? inClusterSource({ environment, now })
      : await kubeconfigSource({ file: flags.kubeconfig, context: flags.context, environment, now });
  return {
    gateways: flags.gateway,
    trust: await completeTrust(flags),
    joinToken: await completeJoinToken(flags, environment),
    stateDirectory: flags.state,
    credential,
    version: process.version,
    now,
    random: Math.random,
    report: process.report,
  };
}

async function completeTrust(flags: ConnectorFlags): Promise<ConnectorOptions['trust']> {
  if (flags.ca !== undefined) return { ca: await readText(flags.ca, 'CA') };
  if (flags.caFingerprint === undefined) return undefined;
  if (!/^(?:[0-9a-fA-F]{2}:?){32}$/.test(flags.caFingerprint)) {
    throw new ConnectorError('ERR_CONNECTOR_OPTIONS', '--ca-fingerprint is the SHA-256 of the CA certificate in hex');
  }
  return { fingerprint: flags.caFingerprint };
}

async function completeJoinToken(
  flags: ConnectorFlags,
  environment: ConnectorProcess['environment'],
): Promise<string | undefined> {
  if (flags.joinFile !== undefined) return (await readText(flags.joinFile, 'join token')).trim();
  return environment.COUNTERSIGN_JOIN_TOKEN;
}

async function readText(file: string, what: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new ConnectorError('ERR_CONNECTOR_STATE', `the ${what} file ${file} can't be read (${cause.code})`, {
      cause,
    });
  });
}
