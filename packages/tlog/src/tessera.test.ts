// SPDX-License-Identifier: Apache-2.0
// The test log of Tessera (github.com/transparency-dev/tessera v1.0.4, testdata/log), made here byte for byte: Ed25519
// signatures have no randomness, and the key that signed it is published in its build_log.sh.
import assert from 'node:assert/strict';
import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { test } from 'node:test';
import { encodeBundle } from './bundle.ts';
import { signCheckpoint, verifyCheckpoint } from './checkpoint.ts';
import type { Hash } from './crypto.ts';
import { leafHash } from './leaf.ts';
import { merkleRoot } from './merkle.ts';
import { noteSigner, noteVerifier } from './note.ts';
import { TileBuilder } from './tile-builder.ts';
import { parseVerifierKey } from './vkey.ts';

const ORIGIN = 'example.com/log/testdata';
const VKEY = 'example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx';
const SEED = Buffer.from('AeymY/SZAX0jZcJ8enZ5FY1Dz+wTML2yWSkK+9DSF3eg', 'base64').subarray(1);
const WORDS = 'one two three four five six seven eit nain ten ileven twelf threeten fourten fivten'.split(' ');
const LAST = `example.com/log/testdata
15
rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=

— example.com/log/testdata M9e0luh4jTG+UMBqOUo9/q+yAEvx1ilBEniMvjf1zfcBOhg+CKubMt53MvIt/uEWP6zdkdIQzd/fmwlM/dlPWF74ewI=
`;
/** SHA-256 over the published `checkpoint.<n>`, `tile/0/000.p/<n>` and `tile/entries/000.p/<n>`, for n from 1 to 15. */
const PUBLISHED = 'da49df28109f57f5d00ba8e505fcb3207fa0704f47498d1f01bdcf13a071136e';

const hash: Hash = { sha256: (bytes) => createHash('sha256').update(bytes).digest() };
const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), SEED]);
const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
const publicKey = createPublicKey(privateKey);
const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);

test("Tessera's test log comes out to the byte: checkpoints, tiles and entry bundles of every size", () => {
  const signer = noteSigner(hash, ORIGIN, { publicKey: raw, sign: (message) => sign(null, message, privateKey) });
  const builder = TileBuilder.empty(hash);
  const leaves: Uint8Array[] = [];
  const all = createHash('sha256');
  let checkpoint: Uint8Array = new Uint8Array(0);
  for (const [i, word] of WORDS.entries()) {
    const leaf = leafHash(hash, Buffer.from(word));
    leaves.push(leaf);
    builder.append(leaf);
    checkpoint = signCheckpoint({ origin: ORIGIN, size: BigInt(i + 1), root: merkleRoot(hash, leaves) }, [signer]);
    all.update(checkpoint);
    for (const tile of builder.partialTiles()) all.update(tile.bytes);
    all.update(encodeBundle(WORDS.slice(0, i + 1).map((entry) => Buffer.from(entry))));
  }
  assert.equal(Buffer.from(checkpoint).toString('utf8'), LAST);
  assert.equal(all.digest('hex'), PUBLISHED);
});

test("Tessera's checkpoint verifies with its published key", () => {
  const verifier = noteVerifier(
    {
      verify: (key, message, signature) =>
        Buffer.compare(key, raw) === 0 && verify(null, message, publicKey, signature),
    },
    parseVerifierKey(hash, VKEY),
  );
  const { checkpoint } = verifyCheckpoint(Buffer.from(LAST), [verifier]);
  assert.equal(checkpoint.size, 15n);
  assert.throws(() => verifyCheckpoint(Buffer.from(LAST.replace('15', '14')), [verifier]), {
    code: 'ERR_TLOG_SIGNATURE',
  });
});
