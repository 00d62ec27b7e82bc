// SPDX-License-Identifier: Apache-2.0
export { decodeBase64, encodeBase64 } from './base64.ts';
export { decodeBundle, encodeBundle } from './bundle.ts';
export { concatBytes, equalBytes, toHex } from './bytes.ts';
export {
  type Checkpoint,
  formatCheckpoint,
  parseCheckpoint,
  signCheckpoint,
  type VerifiedCheckpoint,
  verifyCheckpoint,
} from './checkpoint.ts';
export { proveConsistency, verifyConsistency } from './consistency.ts';
export {
  type Cosignature,
  cosignatureVerifier,
  cosignedMessage,
  cosigner,
  formatCosignature,
  parseCosignature,
} from './cosignature.ts';
export type { Ed25519Signer, Ed25519Verifier, Hash } from './crypto.ts';
export { TlogError, type TlogErrorCode } from './error.ts';
export { proveInclusion, rootFromInclusion, verifyInclusion } from './inclusion.ts';
export { leafHash, MAX_ENTRY_BYTES } from './leaf.ts';
export { emptyRoot, Frontier, HASH_BYTES, MAX_TREE_SIZE, merkleRoot, nodeHash } from './merkle.ts';
export {
  formatNote,
  formatSignatureLine,
  keyOf,
  type Note,
  type NoteSignature,
  type NoteSigner,
  type NoteVerifier,
  noteSigner,
  noteVerifier,
  parseNote,
  signNote,
  type VerifiedNote,
  verifyNote,
} from './note.ts';
export { meetsQuorum, type PolicyWitness, parsePolicy, type TlogPolicy } from './policy.ts';
export { formatProof, parseProof, type TlogProof, verifyProof } from './proof.ts';
export type { SubtreeReader } from './subtree.ts';
export {
  type Bundle,
  bundlePath,
  bundlesOf,
  parseTilePath,
  partialWidth,
  TILE_WIDTH,
  type Tile,
  type TileReader,
  tileBytes,
  tileHashes,
  tilePath,
  tileSubtrees,
  tilesOf,
} from './tile.ts';
export { type BuiltTile, TileBuilder } from './tile-builder.ts';
export {
  COSIGNATURE_V1,
  ED25519,
  formatVerifierKey,
  parseVerifierKey,
  type VerifierKey,
  verifierKey,
} from './vkey.ts';
