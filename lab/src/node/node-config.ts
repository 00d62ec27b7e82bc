// SPDX-License-Identifier: Apache-2.0
import { PAUSE_IMAGE } from './busybox-image.ts';

/**
 * Where a node's files are for its own programs: a short fixed path in the node's mount namespace, because a UNIX
 * socket's path has at most 107 bytes and a lab's directory may be anywhere.
 */
export const NODE_HOME = '/run/countersign-lab';

/** The container runtime's socket, in the node's mount namespace. */
export const RUNTIME_SOCKET = `${NODE_HOME}/containerd.sock`;

/** Directories that containerd, CNI and kubelet fix at build time; each node gets its own by a mount over it. */
const FIXED_DIRS = ['/run/containerd', '/run/netns', '/var/lib/cni', '/var/lib/kubelet', '/var/log/containers'];

/**
 * The first process of a node, for `sh -c` in new mount and process namespaces. Its arguments: the node's directory
 * outside, and containerd's configuration file. When it dies the kernel kills every process of the node, containers
 * included, and drops every mount, network namespace and interface that they made: nothing is left to clean up.
 */
export const NODE_INIT = [
  'set -eu',
  // /proc is still that of the machine, so this is the number by which the machine knows this shell.
  'read -r pid rest </proc/self/stat',
  'mount --make-rshared /',
  'mount -t proc proc /proc',
  `for dir in ${FIXED_DIRS.join(' ')}; do mkdir -p "$dir"; mount -t tmpfs tmpfs "$dir"; done`,
  `mkdir -p ${NODE_HOME}`,
  `mount --bind "$1" ${NODE_HOME}`,
  `echo "$pid" >${NODE_HOME}/init.pid`,
  // A shell that waits also collects the orphans that the kernel hands to the first process.
  'containerd --config "$2" & wait "$!"',
].join('\n');

/** containerd's configuration (version 2 of the format, which 1.6 and later read). */
export function containerdConfig(networkPluginDir: string): string {
  return `version = 2
root = "${NODE_HOME}/containerd/root"
state = "${NODE_HOME}/containerd/state"
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs"]

[grpc]
  address = "${RUNTIME_SOCKET}"

[plugins."io.containerd.internal.v1.opt"]
  path = "${NODE_HOME}/containerd/opt"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE_IMAGE}"
  # Without CAP_SYS_RESOURCE nobody may lower an OOM score, and every container would fail to start.
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    # Copies instead of overlays: works on every file system, and the one image is small.
    snapshotter = "native"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${networkPluginDir}"
    conf_dir = "${NODE_HOME}/cni"
`;
}

/** A point-to-point link to each pod; addresses are counted in the node's own directory. */
export function networkConfig(podSubnet: string): object {
  return {
    cniVersion: '1.0.0',
    name: 'lab',
    plugins: [
      {
        type: 'ptp',
        ipMasq: false,
        ipam: {
          type: 'host-local',
          dataDir: `${NODE_HOME}/addresses`,
          ranges: [[{ subnet: podSubnet }]],
          routes: [{ dst: '0.0.0.0/0' }],
        },
      },
    ],
  };
}

/**
 * The kubelet's configuration, for machines of every kind: containers with either cgroup version, no room to spare, no
 * firewall to change.
 * @see https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/
 */
export function kubeletConfig(options: {
  readonly address: string;
  readonly caFile: string;
  readonly certificate: string;
  readonly key: string;
  readonly webSockets: boolean;
}): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    featureGates: options.webSockets ? {} : { ExtendWebSocketsToKubelet: false },
    address: options.address,
    port: 10250,
    healthzPort: 0,
    tlsCertFile: options.certificate,
    tlsPrivateKeyFile: options.key,
    authentication: {
      x509: { clientCAFile: options.caFile },
      webhook: { enabled: true },
      anonymous: { enabled: false },
    },
    authorization: { mode: 'Webhook' },
    containerRuntimeEndpoint: `unix://${RUNTIME_SOCKET}`,
    podLogsDir: `${NODE_HOME}/pod-logs`,
    volumePluginDir: `${NODE_HOME}/volume-plugins`,
    failCgroupV1: false,
    failSwapOn: false,
    cgroupDriver: 'cgroupfs',
    cgroupsPerQOS: false,
    enforceNodeAllocatable: [],
    makeIPTablesUtilChains: false,
    clusterDNS: ['10.96.0.10'],
    evictionHard: {
      'memory.available': '0%',
      'nodefs.available': '0%',
      'imagefs.available': '0%',
      'nodefs.inodesFree': '0%',
    },
  };
}
