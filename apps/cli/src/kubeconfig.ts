// SPDX-License-Identifier: Apache-2.0
import { type Command, Option } from 'commander';
import { CREDENTIAL_FLAGS, type CredentialOptions, readCredentialSource } from './credential/credential-source.ts';
import { runVerb } from './run-verb.ts';

const EXAMPLES = `
Examples:
  countersign kubeconfig reporter --cluster lab --server https://127.0.0.1:8443 --ca ca.pem \\
    --issuer http://127.0.0.1:8447 --client-id reporter --client-secret-file reporter.secret --out reporter.kubeconfig
  countersign kubeconfig deployer --cluster prod --server https://countersign.example --namespace web \\
    --token-file /var/run/secrets/tokens/gateway

The file holds no token: clients run "countersign credential" for one. An existing FILE is replaced.
Exit codes: 0 written, 2 a file is missing or can't be written, 3 wrong usage.`;

interface KubeconfigOptions extends CredentialOptions {
  readonly cluster: string;
  readonly server: string;
  readonly ca?: string;
  readonly namespace?: string;
  readonly out?: string;
  readonly command?: string;
  readonly output: 'yaml' | 'json';
}

async function writeKubeconfig(
  agent: string,
  options: KubeconfigOptions,
  print: (text: string) => void,
): Promise<void> {
  const credential = readCredentialSource(options);
  const [kubeconfigs, { findCommand }, { readSmallFile }] = await Promise.all([
    import('./kubeconfig/agent-kubeconfig.ts'),
    import('./kubeconfig/find-command.ts'),
    import('./credential/small-file.ts'),
  ]);
  const { cluster, server, namespace, out, output } = options;
  const kubeconfig = kubeconfigs.agentKubeconfig({
    agent,
    cluster,
    server,
    namespace,
    credential,
    ca: options.ca === undefined ? undefined : await readSmallFile(options.ca, 'the CA'),
    command:
      options.command === undefined
        ? findCommand(process.env.PATH ?? '', process.execPath, process.argv[1] ?? '')
        : [options.command],
  });
  const text = kubeconfigs.formatKubeconfig(kubeconfig, output);
  if (out === undefined) print(text);
  else await kubeconfigs.writeOwnerFile(out, text);
}

/** `countersign kubeconfig`: writes the kubeconfig by which an agent's client goes through the gateway. */
export function registerKubeconfig(program: Command): void {
  const command = program
    .command('kubeconfig')
    .description("write an agent's kubeconfig for a cluster behind the gateway")
    .argument('<agent>', "the agent's id")
    .requiredOption('--cluster <name>', 'cluster, by its name at the gateway')
    .requiredOption('--server <url>', "the gateway's data listener, https://HOST:PORT")
    .option('--ca <file>', 'CA of that listener, PEM; default: the CAs that the client trusts')
    .option('--namespace <name>', 'default namespace')
    .option('--out <file>', 'write to this file, readable by its owner alone; default: stdout')
    .option('--command <path>', 'program that runs Countersign; default: countersign if on the PATH, else this one')
    .addOption(new Option('-o, --output <format>', 'format').choices(['yaml', 'json']).default('yaml'));
  for (const [flags, description] of CREDENTIAL_FLAGS) command.option(flags, description);
  command
    .addHelpText('after', EXAMPLES)
    .action((agent: string, options: KubeconfigOptions) =>
      runVerb(command, (print) => writeKubeconfig(agent, options, print)),
    );
}
