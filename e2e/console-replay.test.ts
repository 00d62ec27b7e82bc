// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { promisify } from 'node:util';
import { nodeSupport } from '@countersign/lab';
import { noChromium } from './console/chromium-program.ts';
import { ConsoleBrowser } from './console/console-browser.ts';
import { pageFlaws } from './console/page-flaws.ts';
import { type ExecSocket, openExecSocket } from './exec/exec-socket.ts';
import { grantSessions } from './exec/grant-sessions.ts';
import { runKubectl } from './exec/run-exec.ts';
import { eventually } from './installation/eventually.ts';
import { type Installation, startInstallation } from './installation.ts';

const BUILD = join(import.meta.dirname, '../apps/console/build.ts');
const EXEC = '/clusters/lab/api/v1/namespaces/demo/pods/web/exec';

const POLICIES = `
@id("discovery") permit (principal is Agent, action == Action::"non-resource", resource);
@id("works-in-demo") @reveal
permit (principal is Agent, action in [Action::"read", Action::"exec"], resource in Namespace::"demo");
`;

/**
 * What a hostile program prints: a name for the window, a text for the clipboard, a link to another site, a picture, markup;
 * and what a good one does: colours, a line drawn over itself, a box.
 */
const PRINTED = [
  String.raw`\033]2;renamed\007\033]52;c;cm0gLXJmIC8=\007`,
  String.raw`\033]8;;https://evil.example/\033\\a-link\033]8;;\033\\ \033Pqpicture\033\\`,
  String.raw`<img src=x onerror=document.title=1>\r\n`,
  String.raw`\033[1;32mready\033[0m \033[31mred\033[0m\r\n`,
  String.raw`drawing\rfinished\r\n`,
].join('');

const support = await nodeSupport();
const unavailable = 'unavailable' in support ? support.unavailable : noChromium;

let site: Installation;
let auditor: ConsoleBrowser;
let session: string;

/** A command in a terminal of the pod, by a caller that says a size. */
async function inTerminal(...argv: readonly string[]): Promise<ExecSocket> {
  const command = argv.map((word) => `command=${encodeURIComponent(word)}`).join('&');
  const url = `${site.data}${EXEC}?stdin=true&stdout=true&tty=true&${command}`;
  const token = await site.token('worker');
  const socket = await openExecSocket({ url, caFile: site.caFile, token, protocol: 'v4.channel.k8s.io' });
  socket.resize(60, 12);
  return socket;
}

const openings = async () =>
  (await site.records()).map(({ record }) => record).filter((record) => record.type === 'recording.opened');

/** What the player shows, as text: that it is drawn there is looked at in the screenshots. */
const screen = async () => (await auditor.page.locator('.terminal .ap-term').textContent()) ?? '';

suite('recordings in the console', { skip: unavailable }, () => {
  before(async () => {
    await promisify(execFile)(process.execPath, [BUILD, '--if-stale']);
    site = await startInstallation({
      clusters: { lab: { node: true, policies: POLICIES } },
      organisation: '// nothing',
      agents: { worker: { clusters: { lab: ['countersign:operators'] } } },
      people: { vera: ['auditors'] },
      console: true,
      configure: (config) => ({
        ...config,
        roles: { ...config.roles, auditor: [{ issuer: 'provider', group: 'auditors' }] },
      }),
    });
    await grantSessions(site.lab('lab'));
    const terminal = await inTerminal('sh', '-c', `printf '${PRINTED}'; sleep 1; echo done`);
    await terminal.end;
    const plain = await runKubectl(site.as('worker'), ['exec', 'web', '--', 'sh', '-c', 'echo plain; echo wrong >&2']);
    assert.equal(plain.code, 0, plain.stderr);
    const file = await site.file('notes', 'what is in the notes');
    assert.equal((await runKubectl(site.as('worker'), ['cp', file, 'web:/tmp/notes'])).code, 0);
    const copied = await runKubectl(site.as('worker'), ['cp', 'web:/tmp/notes', `${file}-copy`]);
    assert.equal(copied.code, 0, copied.stderr);
    const started = (await site.records()).find(({ record }) => record.type === 'recording.start')?.record;
    session = (started?.type === 'recording.start' && started.session) || assert.fail('nothing was recorded');
    auditor = await ConsoleBrowser.open(site.console);
    await auditor.signIn('vera', `/sessions/${session}`);
  });
  after(async () => {
    await auditor?.close();
    await site?.stop();
  });

  test('an auditor replays a terminal, and nothing of it gets out of its frame', async () => {
    const { page } = auditor;
    await page.getByRole('button', { name: 'Replay exec web in demo' }).click();
    const player = page.getByRole('group', { name: 'Terminal of exec web in demo' });
    await player.locator('.ap-player').waitFor();
    assert.equal((await openings()).length, 1);
    // By the keyboard alone: the player has the focus, and space plays it.
    await page.keyboard.press('Space');
    await eventually('the terminal is drawn', async () => (await screen()).includes('finished'));
    const shown = await screen();
    assert.match(shown, /a-link/);
    assert.match(shown, /<img src=x onerror=document\.title=1>/);
    assert.match(shown, /ready red/);
    assert.doesNotMatch(shown, /drawing|renamed|picture|evil/);
    assert.equal(await page.title(), 'Sessions · Countersign');
    assert.equal(await player.locator('a, img, iframe').count(), 0);
    assert.deepEqual(await pageFlaws(page), []);
    await auditor.keepLooks('replay');
    assert.deepEqual(auditor.complaints, []);
  });

  test('what had no terminal is read as lines, an archive as how much it was', async () => {
    const { page } = auditor;
    const reads = page.getByRole('button', { name: 'Read exec web in demo' });
    await reads.nth(1).click();
    const output = page.getByRole('region', { name: 'Output of exec web in demo' });
    await output.getByText('plain').waitFor();
    await output.getByText('wrong').waitFor();
    assert.equal(await page.locator('.terminal').count(), 0);
    await auditor.keepLooks('replay-text');
    await reads.last().click();
    // How many lines say so depends on where the pieces of the archive end.
    await output.getByText('bytes that are no text').first().waitFor();
    assert.deepEqual(auditor.complaints, []);
  });

  test('one that goes on says so, and is shown as far as it has come', async () => {
    const { page } = auditor;
    const socket = await inTerminal('sh', '-c', 'echo begun; read line; echo over');
    try {
      await eventually('it prints', async () => socket.seen().includes('begun'));
      const row = page.getByRole('row').filter({ hasText: 'running' });
      await row.getByRole('button', { name: 'Read' }).click();
      await page.getByText('It goes on.').waitFor();
    } finally {
      socket.stdin(Buffer.from('\n'));
      await socket.end;
    }
    assert.deepEqual(auditor.complaints, []);
  });

  test('an operator sees which there are, and opens none', async () => {
    const operator = await ConsoleBrowser.open(site.console);
    try {
      await operator.signIn('operator', `/sessions/${session}`);
      await operator.page.getByText('Auditors replay them.').waitFor();
      assert.equal(await operator.page.getByRole('button', { name: /^(?:Replay|Read) / }).count(), 0);
      assert.deepEqual(operator.complaints, []);
    } finally {
      await operator.close();
    }
  });
});
