// SPDX-License-Identifier: Apache-2.0
import { type Command, Option } from 'commander';
import { runVerb } from './run-verb.ts';

const EXAMPLES = `
Examples:
  countersign evidence verify /var/lib/countersign/log --trust log.policy
  countersign evidence verify ./log --trust log.policy --checkpoint last-month.checkpoint -o json
  countersign evidence verify ./log --trust log.policy --recordings ./recordings --keys ./keys

FILE is a C2SP tlog-policy: "log <vkey>", witnesses if there are any, and "quorum none" or a quorum. The gateway writes
it at its start, as evidence-trust.txt in its data directory. Keep it, and the checkpoints (the file "checkpoint" of the
log), where the operator of the gateway can't change them: what lies beside a log proves nothing. The log may be in use.
Exit codes: 0 verified, 1 failed, 2 incomplete (the log, a key, file or cosignature is missing or can't be read), 3 wrong
usage.`;

interface VerifyOptions {
  readonly trust: string;
  readonly checkpoint?: string;
  readonly keys?: string;
  readonly recordings?: string;
  readonly output: 'text' | 'json';
}

const EXIT_CODES = { verified: 0, failed: 1, incomplete: 2 } as const;

async function verifyEvidence(dir: string, options: VerifyOptions, print: (text: string) => void): Promise<void> {
  const [{ verifyLog }, { toHex }, input, summary, { asciiJson }, { nodeLogCrypto }, { nodeLogDirectory }] =
    await Promise.all([
      import('@countersign/evidence'),
      import('@countersign/tlog'),
      import('./evidence/log-input.ts'),
      import('./evidence/verify-summary.ts'),
      import('./evidence/printable.ts'),
      import('./evidence/node-crypto.ts'),
      import('./evidence/node-log-directory.ts'),
    ]);
  await input.findLog(dir);
  const crypto = nodeLogCrypto();
  const trust = await input.readBrought(options.trust, 'the trust file');
  const policy = input.parseTrust(crypto.hash, trust, options.trust);
  const savedCheckpoint =
    options.checkpoint === undefined ? undefined : await input.readBrought(options.checkpoint, 'the saved checkpoint');
  const keys =
    options.keys === undefined ? undefined : await (await import('./evidence/key-ring.ts')).loadKeyRing(options.keys);
  if (options.recordings !== undefined) await input.assertDirectory(options.recordings);
  const verdict = await verifyLog({
    directory: nodeLogDirectory(dir),
    crypto,
    policy,
    savedCheckpoint,
    keys,
    recordings: options.recordings === undefined ? undefined : nodeLogDirectory(options.recordings),
    waitForWriter: input.patience(),
  });
  const given = {
    trust: { path: options.trust, sha256: toHex(crypto.hash.sha256(trust)), quorum: policy.quorum },
    checkpoint: options.checkpoint,
    keys: options.keys,
    recordings: options.recordings,
  };
  process.exitCode = EXIT_CODES[verdict.result];
  if (options.output === 'text') {
    print(summary.verifySummary(verdict, given));
  } else {
    print(`${asciiJson(summary.verifyJson(verdict, given))}\n`);
  }
}

/** `countersign evidence verify`: checks a whole log directory offline. */
export function registerEvidenceVerify(evidence: Command): void {
  const command = evidence
    .command('verify')
    .description('check a whole log offline: every byte, every record, against keys and checkpoints of your own')
    .argument('<dir>', 'the log directory')
    .requiredOption('--trust <file>', 'trust file: a C2SP tlog-policy with the keys of log and witnesses')
    .option('--checkpoint <file>', 'a checkpoint that you kept: the log must still begin with it')
    .option('--keys <dir>', 'directory with the key table: opens sealed fields and checks what they commit to')
    .option('--recordings <dir>', 'directory of recordings: checks each against what the log says of it')
    .addOption(new Option('-o, --output <format>', 'format').choices(['text', 'json']).default('text'))
    .addHelpText('after', EXAMPLES)
    .action((dir: string, options: VerifyOptions) => runVerb(command, (print) => verifyEvidence(dir, options, print)));
}
