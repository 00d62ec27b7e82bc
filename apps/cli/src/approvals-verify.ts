// SPDX-License-Identifier: Apache-2.0
import { type Command, Option } from 'commander';
import { CliError } from './cli-error.ts';
import { runVerb } from './run-verb.ts';

const EXAMPLES = `
Examples:
  countersign approvals verify 01a22800-2f1e-7c3a-9d53-5a1f7c6b2d10 --log ./log --trust log.policy
  countersign approvals verify 01a22800-2f1e-7c3a-9d53-5a1f7c6b2d10 --log ./log --trust log.policy --keys ./keys

Checks the whole log as "evidence verify" does, and then what it says of one approval: that each verdict is of what was
asked, and that the passkey that signed it is the one that was registered for that person. It needs no network and no
gateway. With --keys it shows who said what, why, and the card that they signed.
Exit codes: 0 verified, 1 failed: something was altered, 2 incomplete: something is not in this log, 3 wrong usage.`;

interface VerifyOptions {
  readonly log: string;
  readonly trust: string;
  readonly checkpoint?: string;
  readonly keys?: string;
  readonly output: 'text' | 'json';
}

const EXIT_CODES = { verified: 0, failed: 1, incomplete: 2 } as const;

async function verifyApproval(id: string, options: VerifyOptions, print: (text: string) => void): Promise<void> {
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id))
    throw new CliError(3, 'give the id of an approval (a UUID in lower case)');
  const [
    { ApprovalTrail, verifyLog },
    { passkeyCrypto },
    input,
    summary,
    { asciiJson },
    { nodeLogCrypto },
    { nodeLogDirectory },
  ] = await Promise.all([
    import('@countersign/evidence'),
    import('@countersign/gateway/passkey-crypto'),
    import('./evidence/log-input.ts'),
    import('./approvals/verified-approval.ts'),
    import('./evidence/printable.ts'),
    import('./evidence/node-crypto.ts'),
    import('./evidence/node-log-directory.ts'),
  ]);
  await input.findLog(options.log);
  const crypto = nodeLogCrypto();
  const policy = input.parseTrust(crypto.hash, await input.readBrought(options.trust, 'the trust file'), options.trust);
  const savedCheckpoint =
    options.checkpoint === undefined ? undefined : await input.readBrought(options.checkpoint, 'the saved checkpoint');
  const keys =
    options.keys === undefined ? undefined : await (await import('./evidence/key-ring.ts')).loadKeyRing(options.keys);
  const trail = new ApprovalTrail(passkeyCrypto, id, keys);
  const log = await verifyLog({
    directory: nodeLogDirectory(options.log),
    crypto,
    policy,
    savedCheckpoint,
    keys,
    waitForWriter: input.patience(),
    onRecord: (record) => trail.take(record),
  });
  const verified = summary.verifiedApproval(id, log, trail.report(), { hasKeys: keys !== undefined });
  process.exitCode = EXIT_CODES[verified.result];
  print(options.output === 'text' ? summary.approvalSummary(verified) : `${asciiJson(verified)}\n`);
}

/** `countersign approvals verify`: checks offline who countersigned what. */
export function registerApprovalsVerify(approvals: Command): void {
  const command = approvals
    .command('verify')
    .description('check offline, by a log, who countersigned what: every signature against the passkey on record')
    .argument('<approval>', 'its id')
    .requiredOption('--log <dir>', 'the log directory')
    .requiredOption('--trust <file>', 'trust file: a C2SP tlog-policy with the keys of log and witnesses')
    .option('--checkpoint <file>', 'a checkpoint that you kept: the log must still begin with it')
    .option('--keys <dir>', 'directory with the key table: shows who said what, and what they were shown')
    .addOption(new Option('-o, --output <format>', 'format').choices(['text', 'json']).default('text'))
    .addHelpText('after', EXAMPLES)
    .action((id: string, options: VerifyOptions) => runVerb(command, (print) => verifyApproval(id, options, print)));
}
