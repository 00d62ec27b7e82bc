// SPDX-License-Identifier: Apache-2.0

const set = (text: string): readonly string[] => text.trim().split(/\s+/);

/**
 * Members of built-in objects, wherever they stand, whose strings the API server or the kubelet checks or makes: names,
 * references, enumerations, times, quantities, addresses, images. They are never masked. The `reason` and `action` of events
 * and conditions are none of them: anybody writes anything there.
 */
export const HARMLESS_MEMBERS: readonly string[] = set(`
  apiVersion kind namespace uid resourceVersion group version resource subresource apiGroup apiGroups
  resources resourceNames verbs verb nonResourceURLs
  imageID imagePullPolicy containerID nodeName hostname subdomain ip hostIP podIP clusterIP clusterIPs podCIDR
  podCIDRs loadBalancerIP loadBalancerClass externalName ipFamilies ipFamilyPolicy hosts
  serviceAccount serviceAccountName schedulerName priorityClassName runtimeClassName storageClassName volumeName
  claimName secretName ingressClassName className serviceName mountPath devicePath volumeMode accessModes
  restartPolicy dnsPolicy preemptionPolicy terminationMessagePath terminationMessagePolicy concurrencyPolicy
  imagePullSecrets procMount seccompProfile fsGroupChangePolicy podManagementPolicy persistentVolumeReclaimPolicy
  volumeBindingMode reclaimPolicy externalTrafficPolicy internalTrafficPolicy sessionAffinity completionMode
  phase type status qosClass protocol appProtocol scheme operator effect key topologyKey
  lastTransitionTime lastProbeTime lastUpdateTime lastHeartbeatTime lastScheduleTime lastSuccessfulTime startTime
  startedAt finishedAt completionTime eventTime firstTimestamp lastTimestamp renewTime acquireTime timestamp
  creationTimestamp deletionTimestamp
  minAvailable maxUnavailable maxSurge schedule timeZone divisor
`);

/** Members of built-in objects below which there is nothing but numbers, quantities, labels, names and addresses. */
export const HARMLESS_TREES: readonly string[] = set(`
  labels matchLabels nodeSelector podSelector namespaceSelector labelSelector selector topology
  limits requests capacity allocatable hard used ports tolerations affinity topologySpreadConstraints readinessGates
  hostIPs podIPs addresses images nodeInfo ownerReferences claimRef targetRef nodeRef scaleTargetRef
  secretKeyRef configMapKeyRef fieldRef resourceFieldRef secretRef configMapRef roleRef
`);

/** Members of built-in objects whose own members anybody names, as a driver or an extension of the cluster understands. */
export const FREE_MEMBERS: readonly string[] = set(`
  parameters options attributes volumeAttributes attachmentMetadata extra opaque data
`);
