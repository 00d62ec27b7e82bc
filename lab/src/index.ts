// SPDX-License-Identifier: Apache-2.0
export { labCacheDir } from './cache.ts';
export type { KubeAnswer, KubeClient } from './cluster/kube-client.ts';
export type { Seeded, SeedOptions } from './cluster/seed.ts';
export type { Lab, LabOptions } from './lab.ts';
export { LabError, type LabErrorCode } from './lab-error.ts';
export { BUSYBOX_IMAGE } from './node/busybox-image.ts';
export { ensureNodePackages, NODE_PACKAGES } from './node/node-packages.ts';
export { type NodeParts, type NodeSupport, nodeSupport } from './node/node-support.ts';
export { type CertificateAuthority, type CertificateSubject, createAuthority, type KeyPair } from './pki.ts';
export { type ClientPrograms, clientPackageDir, clientPrograms, clientsRunHere } from './programs/client-programs.ts';
export { findGo } from './programs/go-toolchain.ts';
export { OFFICIAL_RELEASES, type ReleaseHosts } from './programs/release-archive.ts';
export { type ProgramOptions, type ResolvedPrograms, resolvePrograms } from './programs/resolve-programs.ts';
export { formatProgress, type LabProgress, type ProgressListener } from './progress.ts';
export { LAB_PROGRAMS, startLab } from './start-lab.ts';
export { ETCD_VERSION, KUBERNETES_VERSION, type ProgramName } from './versions.ts';
