// SPDX-License-Identifier: Apache-2.0

/** The Kubernetes release that the lab builds and downloads; `programs/kubernetes/go.mod` names the same. */
export const KUBERNETES_VERSION = '1.37.2';

/** The etcd release that the lab builds and downloads; `programs/etcd/go.mod` names the same. */
export const ETCD_VERSION = '3.7.3';

/** The packaged Go toolchain that is used where no Go is installed. */
export const GO_PACKAGE_VERSION = '1.27.3';

/** The oldest Go that compiles the programs: major and minor. */
export const MINIMUM_GO: readonly [number, number] = [1, 26];

/** A program that the lab runs and that comes from a release, a build or the user. */
export type ProgramName =
  | 'etcd'
  | 'kube-apiserver'
  | 'kube-controller-manager'
  | 'kube-scheduler'
  | 'kubelet'
  | 'kubectl'
  | 'sample-apiserver';
