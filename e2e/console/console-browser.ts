// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { chromiumProgram } from './chromium-program.ts';
import { wcagFlaws } from './page-flaws.ts';

/** Where screenshots are kept for people to look at; git ignores it. */
const ARTEFACTS = join(import.meta.dirname, '../../artifacts/console');
/** For what a page shows once something outside it has happened, on a machine that has others to serve. */
const WAIT_MS = 60_000;
const WIDE = { width: 1280, height: 860 };
const PHONE = { width: 360, height: 740 };

/** A person at the console, in a real Chromium with an authenticator of their own that says yes. */
export class ConsoleBrowser {
  readonly page: Page;
  /** What the page complained about: scripts that failed, what the policy of the page has blocked. */
  readonly complaints: string[] = [];
  readonly #origin: string;
  readonly #browser: Browser;

  private constructor(browser: Browser, page: Page, origin: string) {
    this.#browser = browser;
    this.#origin = origin;
    this.page = page;
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      // The browser says so of each refused request, too; what the page makes of those is what is tested.
      const isRefusal = message.text().startsWith('Failed to load resource');
      if (message.type() === 'error' && !isRefusal) this.complaints.push(message.text());
    });
  }

  static async open(origin: string): Promise<ConsoleBrowser> {
    const { path, env } = await chromiumProgram();
    const browser = await chromium.launch({ executablePath: path, env: { ...process.env, ...env } });
    const context = await browser.newContext({ viewport: WIDE, colorScheme: 'light' });
    context.setDefaultTimeout(WAIT_MS);
    const page = await context.newPage();
    await addAuthenticator(context, page);
    return new ConsoleBrowser(browser, page, origin);
  }

  go(path: string): Promise<unknown> {
    return this.page.goto(`${this.#origin}${path}`);
  }

  /** Signs in by the development identity provider, from a page on, and comes back to it. */
  async signIn(person: string, path = '/approvals'): Promise<void> {
    await this.go(path);
    await this.page.getByRole('link', { name: 'Sign in' }).click();
    await this.page.getByRole('button', { name: person, exact: true }).click();
    await this.page.waitForURL(`${this.#origin}${path}`);
    await this.page.getByRole('button', { name: 'Sign out' }).waitFor();
  }

  async registerPasskey(name: string): Promise<void> {
    await this.page.getByRole('link', { name: 'Passkeys' }).click();
    await this.page.getByLabel('Name of the new passkey').fill(name);
    await this.page.getByRole('button', { name: 'Register a passkey' }).click();
    await this.page.getByRole('cell', { name, exact: true }).waitFor();
  }

  /** Keeps how the page looks on a phone and on a wide screen, light and dark, and sees that it fits, and that all can use it. */
  async keepLooks(name: string): Promise<void> {
    await mkdir(ARTEFACTS, { recursive: true });
    for (const colorScheme of ['light', 'dark'] as const) {
      await this.page.emulateMedia({ colorScheme });
      for (const viewport of [PHONE, WIDE]) {
        await this.page.setViewportSize(viewport);
        const fits = await this.page.evaluate('document.documentElement.scrollWidth <= innerWidth');
        assert.equal(fits, true, `${name} at ${viewport.width} px is wider than the screen`);
        const path = join(ARTEFACTS, `${name}-${viewport.width}-${colorScheme}.png`);
        await this.page.screenshot({ path });
      }
      assert.deepEqual(await wcagFlaws(this.page), [], `${name} in ${colorScheme}`);
    }
    await this.page.emulateMedia({ colorScheme: 'light' });
  }

  close(): Promise<void> {
    return this.#browser.close();
  }
}

async function addAuthenticator(context: BrowserContext, page: Page): Promise<void> {
  const devTools = await context.newCDPSession(page);
  await devTools.send('WebAuthn.enable');
  await devTools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}
