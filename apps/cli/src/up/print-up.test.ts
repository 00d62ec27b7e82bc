// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Output, readyText, UpPrinter } from './print-up.ts';
import { upPaths } from './up-paths.ts';

const approver = {
  issuer: 'http://127.0.0.1:8447',
  clientId: 'approver',
  secretFile: '.countersign/identity-provider/clients/approver.secret',
  ca: '.countersign/tls/ca.pem',
};

test('the README shows what `npm start` prints when it is ready, commands included', () => {
  const paths = upPaths('.countersign');
  const text = readyText(
    {
      event: 'ready',
      clusters: [{ name: 'lab', server: 'https://127.0.0.1:8443/clusters/lab' }],
      kubeconfigs: paths.kubeconfigs,
      evidence: { dir: join(paths.evidence, 'log'), trust: join(paths.dataDir, 'evidence-trust.txt') },
      control: 'https://127.0.0.1:8445',
      console: 'http://localhost:8448',
      approver,
    },
    paths,
  );
  const readme = readFileSync(fileURLToPath(new URL('../../../../README.md', import.meta.url)), 'utf8');
  assert.ok(readme.includes(text), `not in README.md:\n${text}`);
  const commands = text
    .split('\n')
    .filter((line) => /^ {2}(?:\.countersign\/bin\/kubectl|npx countersign) /.test(line));
  assert.equal(commands.length, 5);
  for (const command of commands) assert.ok(readme.includes(`\`\`\`sh\n${command.trim()}\n\`\`\``), command);
});

/** What is printed, the sequences of a terminal taken out but for the start of a line that is drawn again. */
function printerTo(output: Omit<Output, 'write'>): { readonly printer: UpPrinter; readonly written: string[] } {
  const written: string[] = [];
  const printer = new UpPrinter({ ...output, write: (text) => written.push(text) });
  return { printer, written };
}

const compiling = { event: 'progress', phase: 'build', what: 'compiling kube-apiserver', step: 2, of: 5 } as const;
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what a terminal is sent
const SEQUENCES = /\x1b\[[0-9]*[mK]/g;

test('a line that is drawn again fits a narrow terminal, as only its last row could be taken back', () => {
  const { printer, written } = printerTo({ isTerminal: true, columns: 24 });
  for (const state of ['started', 'running', 'done'] as const)
    printer.print({ ...compiling, state, elapsedMs: 41_000 });
  printer.print({ event: 'notice', message: 'the policies changed: in force now' });
  const plain = written.map((text) => text.replaceAll(SEQUENCES, ''));
  assert.deepEqual(plain, [
    '\r  [2/5] compiling kube…',
    '\r  [2/5] compiling kube…',
    '\r  [2/5] compiling kube-apiserver: done in 41.0 s\n',
    '  the policies changed: in force now\n',
  ]);
});

test('without a terminal there are whole lines, no sequences, and now and then one that says it still runs', () => {
  const { printer, written } = printerTo({ isTerminal: false, columns: undefined });
  for (const seconds of [0, 5, 10, 35, 40, 70]) {
    printer.print({ ...compiling, state: seconds === 0 ? 'started' : 'running', elapsedMs: seconds * 1_000 });
  }
  assert.deepEqual(written, [
    '  [2/5] compiling kube-apiserver …\n',
    '  [2/5] compiling kube-apiserver: 35 s\n',
    '  [2/5] compiling kube-apiserver: 70 s\n',
  ]);
});

test('in another cluster than the lab, the commands to try are about what each namespace has', () => {
  const paths = upPaths('.countersign');
  const text = readyText(
    {
      event: 'ready',
      clusters: [],
      kubeconfigs: { agent: paths.kubeconfigs.agent },
      evidence: { dir: paths.evidence, trust: 'trust' },
      control: '',
      console: '',
      approver,
    },
    paths,
  );
  assert.match(text, /^ {2}kubectl --kubeconfig \S+ delete configmap kube-root-ca\.crt$/m);
  assert.doesNotMatch(text, /database|settings|direct/);
});

test('commands to try are words of a shell, whatever the directory is called', () => {
  const paths = upPaths("/tmp/it's here");
  const text = readyText(
    {
      event: 'ready',
      clusters: [],
      kubeconfigs: paths.kubeconfigs,
      evidence: { dir: paths.evidence, trust: 'trust' },
      control: '',
      console: '',
      approver,
    },
    paths,
  );
  assert.ok(
    text.includes(String.raw`  '/tmp/it'\''s here/bin/kubectl' --kubeconfig '/tmp/it'\''s here/kubeconfigs/agent' get`),
    text,
  );
});
