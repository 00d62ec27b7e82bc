// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { CREDENTIAL_FLAGS, type CredentialOptions, readCredentialSource } from './credential/credential-source.ts';
import { runVerb } from './run-verb.ts';

const EXAMPLES = `
Examples (a kubeconfig's exec entry runs these; "countersign kubeconfig" writes one):
  countersign credential --token-file /var/run/secrets/tokens/gateway
  countersign credential --issuer https://idp.example --client-id reporter --client-key-file reporter.pem

Prints an ExecCredential (client.authentication.k8s.io/v1) with a fresh token and keeps nothing.
CAs beyond the public ones for --issuer: set NODE_EXTRA_CA_CERTS.
Exit codes: 0 printed, 1 no token, 2 a file is missing or unusable, 3 wrong usage.`;

async function printCredential(options: CredentialOptions, print: (text: string) => void): Promise<void> {
  const source = readCredentialSource(options);
  const [{ assertExecInfo, execCredential }, { obtainToken }] = await Promise.all([
    import('./credential/exec-credential.ts'),
    import('./credential/obtain-token.ts'),
  ]);
  assertExecInfo(process.env.KUBERNETES_EXEC_INFO);
  const { token, origin } = await obtainToken(source);
  print(`${execCredential(token, origin, Date.now())}\n`);
}

/** `countersign credential`: the exec plugin by which an agent's client gets its token. */
export function registerCredential(program: Command): void {
  const command = program
    .command('credential')
    .description("get an agent's token, as an exec plugin of kubectl and client libraries");
  for (const [flags, description] of CREDENTIAL_FLAGS) command.option(flags, description);
  command
    .addHelpText('after', EXAMPLES)
    .action((options: CredentialOptions) => runVerb(command, (print) => printCredential(options, print)));
}
