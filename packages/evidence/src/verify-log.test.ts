// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  randomUUID,
  sign,
  verify,
} from 'node:crypto';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import type { SealedCrypto } from '@countersign/recording';
import {
  COSIGNATURE_V1,
  cosigner,
  ED25519,
  formatVerifierKey,
  leafHash,
  noteSigner,
  parsePolicy,
  signCheckpoint,
  toHex,
  verifierKey,
} from '@countersign/tlog';
import fc from 'fast-check';
import { canonicalJson, type Json } from './canonical-json.ts';
import type { LogCrypto } from './evidence-crypto.ts';
import { type Draft, MemoryLog, type MemoryLogParts, memoryDirectory } from './fixtures/memory-log.ts';
import type { LogFault } from './log-fault.ts';
import { readLog } from './read-log.ts';
import { type LogVerdict, type VerifyLogOptions, verifyLog } from './verify-log.ts';
import { encodeFrame, FRAME_HEADER_BYTES } from './wal-frame.ts';

const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const crypto: LogCrypto = {
  hash: { sha256: (bytes) => createHash('sha256').update(bytes).digest() },
  ed25519: {
    verify: (publicKey, message, signature) => {
      const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' });
      return verify(null, message, key, signature);
    },
  },
  crc32,
};
const sealedCrypto: SealedCrypto = {
  hmacSha256: (key, bytes) => createHmac('sha256', key).update(bytes).digest(),
  decrypt: ({ key, nonce, ciphertext, tag, additionalData }) => {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(additionalData).setAuthTag(tag);
    try {
      return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
    } catch {
      return undefined;
    }
  },
};

const ORIGIN = 'gateway.example/audit/one';
const EXCHANGE = '0196f0a0-0000-4000-8000-000000000001';
const DATA_KEY = { id: '0196f0a0-0000-4000-8000-00000000aaaa', key: randomBytes(32) };

function newSigner() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX.length);
  return { publicKey: raw, sign: (message: Uint8Array) => sign(null, message, privateKey) };
}

const logSigner = newSigner();
const signer = noteSigner(crypto.hash, ORIGIN, logSigner);
const VKEY = formatVerifierKey(verifierKey(crypto.hash, ORIGIN, ED25519, logSigner.publicKey));
const policy = parsePolicy(crypto.hash, `log ${VKEY}\nquorum none\n`);

const parts: MemoryLogParts = {
  crypto,
  signer,
  newId: randomUUID,
  seal(recordId, json) {
    const [salt, nonce] = [randomBytes(32), randomBytes(12)];
    const cipher = createCipheriv('aes-256-gcm', DATA_KEY.key, nonce);
    cipher.setAAD(Buffer.from(`countersign-sealed-v1 ${recordId}`));
    const ciphertext = [cipher.update(salt), cipher.update(json), cipher.final()];
    const payload = Buffer.concat([nonce, ...ciphertext, cipher.getAuthTag()]);
    const ct = toHex(crypto.hash.sha256(payload));
    const pt = toHex(sealedCrypto.hmacSha256(salt, Buffer.from(json)));
    return { payload, reference: { key: DATA_KEY.id, bytes: payload.length, ct, pt } };
  },
};
const newLog = (): MemoryLog => new MemoryLog(parts);

const opened: Draft = {
  type: 'log.opened',
  origin: ORIGIN,
  vkey: VKEY,
  version: '0.1.0',
  segmentBytes: 65_536,
  survives: 'process',
  clean: true,
};
const heartbeat: Draft = { type: 'heartbeat', state: 'open', freeBytes: 1, uptimeSeconds: 1 };
const decision = {
  id: EXCHANGE,
  occasion: 'request',
  effect: 'allow',
  reveal: false,
  rules: [{ set: 'organisation', id: 'write' }],
  policyDigest: `sha256:${'0'.repeat(64)}`,
};
const intent = (exchange: string): Draft => ({
  type: 'intent',
  exchange,
  cluster: 'lab',
  decision,
  sealedFields: { source: { address: '192.0.2.7' }, reason: 'to see' },
});
const outcome = (exchange: string): Draft => ({ type: 'outcome', exchange, result: 'done', status: 201 });

/** A log of two segments and some hundred records, published. */
function sampleLog(): MemoryLog {
  const log = newLog();
  log.append(opened);
  log.append(heartbeat, intent(EXCHANGE));
  for (let i = 0; i < 150; i++) log.append(heartbeat, heartbeat);
  log.append(outcome(EXCHANGE), intent(EXCHANGE.replace('1', '2')));
  log.publish();
  return log;
}

type Changes = Partial<VerifyLogOptions>;
const check = (files: ReadonlyMap<string, Uint8Array>, changes: Changes = {}): Promise<LogVerdict> =>
  verifyLog({ directory: memoryDirectory(files), crypto, policy, ...changes });

async function faultOf(files: ReadonlyMap<string, Uint8Array>, changes: Changes = {}): Promise<LogFault> {
  const verdict = await check(files, changes);
  assert.equal(verdict.result, 'failed');
  return (verdict as { fault: LogFault }).fault;
}

async function reportOf(files: ReadonlyMap<string, Uint8Array>, changes: Changes = {}) {
  const verdict = await check(files, changes);
  assert.ok(
    verdict.result !== 'failed',
    JSON.stringify(verdict, (_, value) => (typeof value === 'bigint' ? `${value}` : value)),
  );
  return verdict;
}

const sample = sampleLog();

test('a whole log verifies, and its report counts what it holds', async () => {
  const { result, report } = await reportOf(sample.files);
  assert.equal(result, 'verified');
  assert.equal(report.size, 305);
  assert.ok(report.segments >= 2);
  assert.equal(report.publishedSize, 305n);
  assert.deepEqual(report.content, { sealed: 2, opened: 0, unopened: 2, destroyed: 0, destroyedUnrecorded: 0 });
  assert.equal(report.pairs.intents, 2);
  assert.equal(report.pairs.outcomes, 1);
  assert.deepEqual(report.pairs.open, [{ exchange: EXCHANGE.replace('1', '2'), entry: 304 }]);
  assert.equal(report.closed, false);
});

test('tiles and the published checkpoint may be absent, and tiles of other sizes may be left', async () => {
  const bare = new Map([...sample.files].filter(([path]) => path.startsWith('wal/')));
  assert.equal((await check(bare)).result, 'verified');
  const log = newLog();
  log.append(opened);
  log.publish();
  const earlier = new Map([...log.files].filter(([path]) => !path.startsWith('wal/')));
  for (let i = 0; i < 300; i++) log.append(heartbeat);
  assert.equal((await check(new Map([...log.files, ...earlier]))).result, 'verified', 'published early');
  log.publish();
  const { checkpoint: _, ...leftovers } = Object.fromEntries(earlier);
  assert.equal((await check(new Map([...log.files, ...Object.entries(leftovers)]))).result, 'verified');
});

test('no flip of one bit anywhere leaves the log standing, and the fault names an entry', async () => {
  const paths = [...sample.files.keys()];
  const total = paths.reduce((sum, path) => sum + (sample.files.get(path)?.length ?? 0), 0);
  await fc.assert(
    fc.asyncProperty(fc.nat(total - 1), fc.nat(7), async (position, bit) => {
      let at = position;
      const path = paths.find((candidate) => {
        const { length } = sample.files.get(candidate) as Uint8Array;
        if (at < length) return true;
        at -= length;
        return false;
      }) as string;
      const bytes = (sample.files.get(path) as Uint8Array).slice();
      bytes[at] = (bytes[at] as number) ^ (1 << bit);
      const fault = await faultOf(new Map([...sample.files, [path, bytes]]));
      assert.equal(typeof fault.entry, 'number', `${path} ${at}: ${fault.problem}`);
      assert.equal(fault.file, path);
    }),
    { numRuns: 250 },
  );
});

test('what does not belong in the directory is an error', async () => {
  for (const path of [
    'lock',
    'wal/notes.txt',
    'wal/00.seg',
    'tile/0/1',
    'tile/0/x000/001',
    'tile/0/000.p/256',
    'tile/9/9',
    'log/x',
    'tile/entries/001.p/0',
    'checkpoint.bak',
  ]) {
    const fault = await faultOf(new Map([...sample.files, [path, new Uint8Array(1)]]));
    assert.ok(path.startsWith(fault.file), `${path}: ${fault.file}`);
    assert.match(fault.problem, /does not belong/);
  }
  const beyond = new Map([...sample.files, ['tile/0/002.p/1', new Uint8Array(32)] as const]);
  assert.match((await faultOf(beyond)).problem, /beyond the log/);
});

test('missing files are told', async () => {
  for (const path of sample.files.keys()) {
    if (path === 'checkpoint') continue;
    const without = new Map(sample.files);
    without.delete(path);
    assert.equal((await check(without)).result, 'failed', path);
  }
});

test('a cut tail fails against a saved checkpoint, and a shorter one stands', async () => {
  const long = newLog();
  long.append(opened);
  for (let i = 0; i < 5; i++) long.append(heartbeat);
  const short = new Map([...long.files].map(([path, bytes]) => [path, bytes.slice()]));
  const middle = long.checkpoint;
  long.append(heartbeat, heartbeat);
  const fault = await faultOf(short, { savedCheckpoint: long.checkpoint });
  assert.deepEqual(
    { entry: fault.entry, expected: fault.expected, found: fault.found },
    { entry: 6, expected: '8 entries', found: '6 entries' },
  );
  assert.equal((await check(long.files, { savedCheckpoint: middle })).result, 'verified');
  const other = newLog();
  other.append(opened);
  for (let i = 0; i < 9; i++) other.append(heartbeat);
  const forked = await faultOf(other.files, { savedCheckpoint: middle });
  assert.equal(forked.entry, 5);
  assert.match(forked.problem, /not those that the saved checkpoint stands for/);
});

test('only the keys of the trust file count', async () => {
  const stranger = newSigner();
  const strangeKey = (name: string) => formatVerifierKey(verifierKey(crypto.hash, name, ED25519, stranger.publicKey));
  const other = parsePolicy(crypto.hash, `log ${strangeKey('other.example')}\nquorum none\n`);
  assert.match((await faultOf(sample.files, { policy: other })).problem, /does not name this log/);
  const forged = parsePolicy(crypto.hash, `log ${strangeKey(ORIGIN)}\nquorum none\n`);
  assert.match((await faultOf(sample.files, { policy: forged })).problem, /key that is not in the trust file/);
  const signed = signCheckpoint({ origin: ORIGIN, size: 1n, root: new Uint8Array(32) }, [
    noteSigner(crypto.hash, ORIGIN, stranger),
  ]);
  assert.match((await faultOf(sample.files, { savedCheckpoint: signed })).problem, /no known key signed/);
});

test('a rewritten entry with right CRCs is named by its leaf hash', async () => {
  const path = 'wal/00000000000000000000.seg';
  const files = new Map(sample.files);
  const segment = (files.get(path) as Uint8Array).slice();
  const at = Buffer.from(segment).indexOf('"freeBytes":1', 20_000);
  segment[at + 12] = '2'.charCodeAt(0);
  let offset = 0;
  for (let next = 0; next <= at; ) {
    offset = next;
    next = offset + FRAME_HEADER_BYTES + Buffer.from(segment).readUInt32BE(offset);
  }
  const length = Buffer.from(segment).readUInt32BE(offset);
  encodeFrame(segment, offset, 'entry', segment.slice(offset + 9, offset + 9 + length), crc32);
  const fault = await faultOf(files.set(path, segment));
  assert.match(fault.problem, /leaf hash of the entry/);
  const records = readLog(memoryDirectory(files), crc32);
  const changed = (await Array.fromAsync(records)).find(
    ({ leaf }) => leaf.type === 'heartbeat' && leaf.freeBytes === 2,
  );
  assert.equal(fault.entry, changed?.index);
});

test('records that break the schema or the sequence fail, each by its entry', async () => {
  for (const [why, ...drafts] of [
    [/has epoch 1/, { ...heartbeat, epoch: 1 }],
    [/ends what is not under way/, opened, outcome(EXCHANGE)],
    [/begins what is under way/, opened, intent(EXCHANGE), intent(EXCHANGE)],
    [/says clean: true/, opened, opened],
    [/recovery does not belong or is due/, opened, { ...opened, clean: false }, heartbeat],
    [/under another origin/, { ...opened, origin: 'other.example' }],
    [/no record of version 1/, { ...opened, extra: 1 }],
    [/no record of version 1/, { ...heartbeat, type: 'unheard-of' }],
  ] as [RegExp, ...Draft[]][]) {
    const log = newLog();
    for (const draft of drafts) log.append(draft);
    const fault = await faultOf(log.files);
    assert.match(fault.problem, why);
    assert.equal(fault.entry, drafts.length - 1, fault.problem);
  }
});

test('a segment file that was cut or grew fails by the entry where its batches end', async () => {
  const [path, bytes] = [...sample.files].find(([name]) => name.startsWith('wal/')) as [string, Uint8Array];
  const cut = await faultOf(new Map([...sample.files, [path, bytes.slice(0, 30_000)] as const]));
  assert.ok((cut.entry ?? 0) > 20 && (cut.entry ?? 0) < 200, `${cut.entry}`);
  const grown = await faultOf(new Map([...sample.files, [path, Buffer.concat([bytes, Buffer.alloc(512)])] as const]));
  assert.deepEqual([grown.expected, grown.found], ['65536 bytes', '66048 bytes']);
});

test('sealed fields open with their key alone, and a wrong commitment is told', async () => {
  const keys = (key: Uint8Array | undefined) => ({
    crypto: sealedCrypto,
    find: () => (key === undefined ? undefined : ({ state: 'there', key } as const)),
  });
  const right = await reportOf(sample.files, { keys: keys(DATA_KEY.key) });
  assert.deepEqual([right.result, right.report.content.opened], ['verified', 2]);
  assert.match((await faultOf(sample.files, { keys: keys(randomBytes(32)) })).problem, /do not open/);
  const without = await reportOf(sample.files, { keys: keys(undefined) });
  assert.equal(without.result, 'incomplete');
  const destroyed = { state: 'destroyed', at: '2026-11-24T00:00:00Z', rule: 'bodies-30d' } as const;
  const gone = await reportOf(sample.files, { keys: { crypto: sealedCrypto, find: () => destroyed } });
  assert.deepEqual([gone.result, gone.report.content.destroyedUnrecorded], ['incomplete', 2]);
  const log = newLog();
  log.append(opened, intent(EXCHANGE), { type: 'data.shredded', keys: [DATA_KEY.id], rule: 'bodies-30d' });
  const recorded = await reportOf(log.files, { keys: { crypto: sealedCrypto, find: () => destroyed } });
  assert.deepEqual([recorded.result, recorded.report.content.destroyed], ['verified', 1]);
});

test('witnesses count on a saved checkpoint, and their lack is incomplete', async () => {
  const witnessSigner = newSigner();
  const witness = cosigner(crypto.hash, 'witness.example', witnessSigner, () => 1_790_000_000n);
  const vkey = formatVerifierKey(verifierKey(crypto.hash, 'witness.example', COSIGNATURE_V1, witnessSigner.publicKey));
  const asking = parsePolicy(crypto.hash, `log ${VKEY}\nwitness w1 ${vkey}\nquorum w1\n`);
  assert.equal((await reportOf(sample.files, { policy: asking })).result, 'incomplete');
  const alone = await reportOf(sample.files, { policy: asking, savedCheckpoint: sample.checkpoint });
  assert.deepEqual([alone.result, alone.report.saved?.quorum], ['incomplete', 'not met']);
  const log = newLog();
  log.append(opened);
  const root = leafHash(crypto.hash, (await firstEntry(log)) as Uint8Array);
  const cosigned = signCheckpoint({ origin: ORIGIN, size: 1n, root }, [signer, witness]);
  const met = await reportOf(log.files, { policy: asking, savedCheckpoint: cosigned });
  assert.deepEqual(
    [met.result, met.report.saved?.witnesses],
    ['verified', [{ name: 'w1', cosigned: true, time: 1_790_000_000n }]],
  );
});

async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function firstEntry(log: MemoryLog): Promise<Uint8Array | undefined> {
  for await (const { leaf } of readLog(memoryDirectory(log.files), crc32)) {
    return new TextEncoder().encode(canonicalJson(leaf as Json));
  }
  return undefined;
}

test('a batch that is being written is waited for, and one that never comes whole is a failure', async () => {
  const log = newLog();
  log.append(opened);
  const before = new Map([...log.files].map(([path, bytes]) => [path, bytes.slice()]));
  log.append(heartbeat);
  const [path, whole] = [...log.files][0] as [string, Uint8Array];
  const end = whole.findLastIndex((byte) => byte !== 0) + 1;
  const torn = new Map<string, Uint8Array>([[path, Uint8Array.from(whole, (byte, i) => (i < end - 40 ? byte : 0))]]);
  const fault = await faultOf(torn);
  assert.equal(fault.entry, 1);
  assert.match(fault.problem, /checkpoint frame/);
  let asked = 0;
  const waitForWriter = async () => {
    asked += 1;
    torn.set(path, whole);
    return asked < 5;
  };
  assert.equal((await check(torn, { waitForWriter })).result, 'verified');
  assert.equal(asked, 1);
  assert.equal((await check(before)).result, 'verified');
});

test('records are read from any index on', async () => {
  const read = async (from: number) => {
    const records = await allOf(readLog(memoryDirectory(sample.files), crc32, { from }));
    return records.map(({ index }) => index);
  };
  assert.deepEqual(await read(300), [300, 301, 302, 303, 304]);
  assert.equal((await read(0)).length, 305);
  assert.deepEqual(await read(1_000), []);
});
