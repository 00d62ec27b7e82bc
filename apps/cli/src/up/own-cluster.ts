// SPDX-License-Identifier: Apache-2.0
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { ConnectorError, kubeconfigSource } from '@countersign/connector';
import { CliError } from '../cli-error.ts';

/** A cluster of the user's own, by the file and the context that lead to it. */
export interface OwnCluster {
  readonly kubeconfig: string;
  readonly context: string;
}

/**
 * Finds a context where kubectl would: in the file that was given, else in those of KUBECONFIG, else in the one of the
 * home directory. The first file that has it and can be used counts.
 * @throws CliError 2 with what is wrong with the last file
 */
export async function findOwnCluster(
  context: string,
  given: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<OwnCluster> {
  const named = environment.KUBECONFIG?.split(delimiter).filter((file) => file !== '') ?? [];
  const usual = named.length > 0 ? named : [join(homedir(), '.kube', 'config')];
  let problem: ConnectorError | undefined;
  for (const kubeconfig of given === undefined ? usual : [given]) {
    try {
      await kubeconfigSource({ file: kubeconfig, context, environment, now: () => new Date() });
      return { kubeconfig, context };
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      problem = error;
    }
  }
  throw new CliError(2, `${problem?.message}; nothing was started`, { cause: problem });
}
