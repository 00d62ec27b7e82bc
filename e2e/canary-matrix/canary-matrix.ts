// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gatewayKubeconfig } from '../clients/kubeconfigs.ts';
import { type Programs, type RowResult, Side } from '../clients/side.ts';
import { watchesBegun } from '../installation/audit-events.ts';
import type { Installation } from '../installation.ts';
import type { Asking } from './asking.ts';
import type { Canary } from './canaries.ts';
import { findCanaries } from './find-canaries.ts';

/** How one asking went, for the table. */
export interface Report {
  readonly client: string;
  readonly name: string;
  /** Bytes that the agent was given: outputs and files. */
  readonly bytes: number;
  /** What the same asking shows to who has a permit with @reveal. */
  readonly revealed: ReadonlySet<Canary>;
}

/** Who asks: where its clients run, and how. */
interface Asker {
  readonly dir: string;
  readonly side: Side;
}

/**
 * Asks as an agent, which must be shown no canary, and as one whose permit has @reveal, which proves that the canaries are
 * there and that the search finds them.
 */
export class CanaryMatrix {
  readonly reports: Report[] = [];
  readonly #agent: Asker;
  readonly #owner: Asker;

  private constructor(agent: Asker, owner: Asker) {
    this.#agent = agent;
    this.#owner = owner;
  }

  static async open(site: Installation): Promise<CanaryMatrix> {
    return new CanaryMatrix(await askerOf(site, 'agent'), await askerOf(site, 'owner'));
  }

  /** Asks as both, and fails where a canary comes through or an asking ends otherwise than it should. */
  async check(client: string, asking: Asking, programs: Programs): Promise<void> {
    // One after the other: both may change the same object.
    const owner = await this.#owner.side.run(asking, client, programs);
    const agent = await this.#agent.side.run(asking, client, programs);
    assertEnds('owner', asking, owner, asking.codes);
    const shown = bytesOf(agent);
    assertNone(asking.name, shown);
    assertEnds('agent', asking, agent, asking.maskedCodes ?? asking.codes);
    this.report({ client, name: asking.name, bytes: shown.length, revealed: findCanaries(bytesOf(owner)) });
    assert.equal(
      this.reports.at(-1)?.revealed.size === 0,
      asking.showsNothing === true,
      `${asking.name}: to the owner`,
    );
  }

  report(report: Report): void {
    this.reports.push(report);
  }

  /** Fails if a canary stands in any file that the agent's clients left: caches, what was edited, what was compared. */
  async checkFiles(): Promise<number> {
    const entries = await readdir(this.#agent.dir, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    for (const file of files) assertNone(file, await readFile(file));
    return files.length;
  }
}

async function askerOf(site: Installation, agent: string): Promise<Asker> {
  const dir = join(site.dir, `canaries-${agent}`);
  await mkdir(dir);
  const kubeconfig = await gatewayKubeconfig(site, agent);
  const watchesOf = (namespace: string) => watchesBegun(site.lab('lab'), namespace);
  return { dir, side: new Side({ namespaceOf: () => 'demo', dir, kubeconfig, watchesOf }) };
}

function assertEnds(who: string, { name, steps }: Asking, result: RowResult, codes: readonly number[] = []): void {
  for (const [index, { code, stderr }] of result.steps.entries()) {
    assert.equal(code, codes[index] ?? 0, `${name}, ${who}: ${JSON.stringify(steps[index])}: ${stderr.slice(-2_000)}`);
  }
}

/** All that clients wrote and made. */
function bytesOf({ steps, files }: RowResult): Buffer {
  return Buffer.from([...steps.flatMap(({ stdout, stderr }) => [stdout, stderr]), ...Object.values(files)].join('\n'));
}

/** Fails if bytes hold a canary. */
export function assertNone(what: string, bytes: Buffer): void {
  const found = [...findCanaries(bytes)].map(({ place, spelling, form, words }) => {
    const at = words.map((word) => bytes.indexOf(word)).find((index) => index >= 0);
    const around = at === undefined ? 'encoded' : bytes.subarray(Math.max(0, at - 300), at + 100).toString();
    return `${place}, ${spelling}, ${form}: ${around}`;
  });
  assert.deepEqual(found, [], `${what} shows canaries`);
}
