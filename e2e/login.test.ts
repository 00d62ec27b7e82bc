// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { ASK_DELETES } from './approvals/ask-deletes.ts';
import { Desk } from './approvals/desk.ts';
import { chromiumProgram, noChromium } from './console/chromium-program.ts';
import { TREE } from './installation/countersign.ts';
import { RunningProcess } from './installation/running-process.ts';
import { type Installation, startInstallation } from './installation.ts';

const CONFIG_MAPS = '/api/v1/namespaces/demo/configmaps';
const POLICIES = `
@id("works-in-demo")
permit (principal is Agent, action in [Action::"read", Action::"write"], resource in Namespace::"demo");
${ASK_DELETES}
`;

let site: Installation;
let desk: Desk;
let browser: Browser;

/** A terminal with a home of its own: where `countersign` is run without a credential in its flags. */
class Terminal {
  readonly #state: string;

  constructor(name: string) {
    this.#state = join(site.dir, 'state', name);
  }

  start(...args: readonly string[]): RunningProcess {
    const env = { ...process.env, XDG_STATE_HOME: this.#state };
    return new RunningProcess(process.execPath, [join(TREE, 'apps/cli/src/main.ts'), ...args], env);
  }

  /** `countersign login`, and where it wants to be said yes to. */
  async login() {
    const where = ['--control', site.control, '--ca', site.caFile, '--issuer', site.provider.issuer];
    const running = this.start('login', ...where, '--client-id', 'cli');
    const line = await running.stdout.find((one) => one.startsWith('Open '));
    const [, place = '', code = ''] = /^Open (\S+) in a browser and give this code: (\S+)$/.exec(line) ?? [];
    return { running, place, code };
  }
}

/** A page at which the code of a terminal was given. */
async function withCode(place: string, code: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(place);
  await page.getByPlaceholder('Enter code').fill(code);
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByText(code, { exact: true }).waitFor();
  return page;
}

suite('login by device code', { skip: noChromium }, () => {
  before(async () => {
    site = await startInstallation({
      clusters: { lab: { policies: POLICIES } },
      agents: { worker: { clusters: { lab: ['countersign:workers'] } } },
      people: { grace: ['approvers'] },
      deviceLogin: true,
      configure: (config) => ({
        ...config,
        roles: { ...config.roles, approver: [{ issuer: 'provider', group: 'approvers' }] },
      }),
    });
    desk = new Desk(site);
    const { path, env } = await chromiumProgram();
    browser = await chromium.launch({ executablePath: path, env: { ...process.env, ...env } });
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
  });

  test('a person logs in with a browser, and then approves by a command that names neither gateway nor credential', async () => {
    const terminal = new Terminal('grace');
    const { running, place, code } = await terminal.login();
    const page = await withCode(place, code);
    await page.getByRole('button', { name: 'Yes, it is mine' }).click();
    await page.getByRole('button', { name: 'grace', exact: true }).click();
    await page.getByText('Go back to the terminal').waitFor();
    assert.equal(await running.exited, 0, running.output);
    assert.match(running.output, /logged in at https:\S+ as grace@example\.com; roles: approver$/m);

    const made = await site.lab('lab').admin.request('POST', CONFIG_MAPS, { metadata: { name: 'old' } });
    assert.equal(made.status, 201);
    const kubectl = await site.as('worker').startKubectl('delete', 'configmap', 'old');
    const { id, digest } = await desk.waiting('delete configmaps old in namespace demo');
    const approving = terminal.start('approvals', 'approve', id, '--digest', digest);
    assert.equal(await approving.exited, 0, approving.output);
    assert.equal(await kubectl.exited, 0, kubectl.output);
    const approved = (await desk.records(id)).filter(({ type }) => type === 'approval.approved');
    assert.equal(approved.length, 1);

    const leaving = terminal.start('logout');
    assert.equal(await leaving.exited, 0, leaving.output);
    assert.equal(await terminal.start('approvals', 'list').exited, 3);
  });

  test('who says no in the browser logs nobody in', async () => {
    const { running, place, code } = await new Terminal('eve').login();
    const page = await withCode(place, code);
    await page.getByRole('button', { name: 'No', exact: true }).click();
    await page.getByText('Nobody was logged in.').waitFor();
    assert.equal(await running.exited, 1);
    assert.match(running.output, /nobody was logged in: the login was refused in the browser/);
  });
});
