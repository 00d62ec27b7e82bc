// SPDX-License-Identifier: Apache-2.0

/**
 * What `conformance/protobuf-oracle table` says: a line for each built-in kind with its message, an empty line, and a
 * line for each message with its fields. `npm run generate:protobuf` makes it anew.
 */
export const builtInTypes = `admissionregistration.k8s.io/v1 DeleteOptions meta/v1.DeleteOptions
admissionregistration.k8s.io/v1 MutatingAdmissionPolicy admissionregistration/v1.MutatingAdmissionPolicy
admissionregistration.k8s.io/v1 MutatingAdmissionPolicyBinding admissionregistration/v1.MutatingAdmissionPolicyBinding
admissionregistration.k8s.io/v1 MutatingWebhookConfiguration admissionregistration/v1.MutatingWebhookConfiguration
admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy admissionregistration/v1.ValidatingAdmissionPolicy
admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding admissionregistration/v1.ValidatingAdmissionPolicyBinding
admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration admissionregistration/v1.ValidatingWebhookConfiguration
admissionregistration.k8s.io/v1alpha1 DeleteOptions meta/v1.DeleteOptions
admissionregistration.k8s.io/v1alpha1 MutatingAdmissionPolicy admissionregistration/v1alpha1.MutatingAdmissionPolicy
admissionregistration.k8s.io/v1alpha1 MutatingAdmissionPolicyBinding admissionregistration/v1alpha1.MutatingAdmissionPolicyBinding
admissionregistration.k8s.io/v1alpha1 ValidatingAdmissionPolicy admissionregistration/v1alpha1.ValidatingAdmissionPolicy
admissionregistration.k8s.io/v1alpha1 ValidatingAdmissionPolicyBinding admissionregistration/v1alpha1.ValidatingAdmissionPolicyBinding
admissionregistration.k8s.io/v1beta1 DeleteOptions meta/v1.DeleteOptions
admissionregistration.k8s.io/v1beta1 MutatingAdmissionPolicy admissionregistration/v1beta1.MutatingAdmissionPolicy
admissionregistration.k8s.io/v1beta1 MutatingAdmissionPolicyBinding admissionregistration/v1beta1.MutatingAdmissionPolicyBinding
admissionregistration.k8s.io/v1beta1 MutatingWebhookConfiguration admissionregistration/v1beta1.MutatingWebhookConfiguration
admissionregistration.k8s.io/v1beta1 ValidatingAdmissionPolicy admissionregistration/v1beta1.ValidatingAdmissionPolicy
admissionregistration.k8s.io/v1beta1 ValidatingAdmissionPolicyBinding admissionregistration/v1beta1.ValidatingAdmissionPolicyBinding
admissionregistration.k8s.io/v1beta1 ValidatingWebhookConfiguration admissionregistration/v1beta1.ValidatingWebhookConfiguration
apiextensions.k8s.io/v1 ConversionReview apiextensions/v1.ConversionReview
apiextensions.k8s.io/v1 CustomResourceDefinition apiextensions/v1.CustomResourceDefinition
apiextensions.k8s.io/v1 DeleteOptions meta/v1.DeleteOptions
apiextensions.k8s.io/v1beta1 ConversionReview apiextensions/v1beta1.ConversionReview
apiextensions.k8s.io/v1beta1 CustomResourceDefinition apiextensions/v1beta1.CustomResourceDefinition
apiextensions.k8s.io/v1beta1 DeleteOptions meta/v1.DeleteOptions
apiregistration.k8s.io/v1 APIService apiregistration/v1.APIService
apiregistration.k8s.io/v1 DeleteOptions meta/v1.DeleteOptions
apiregistration.k8s.io/v1beta1 APIService apiregistration/v1beta1.APIService
apiregistration.k8s.io/v1beta1 DeleteOptions meta/v1.DeleteOptions
apps/v1 ControllerRevision apps/v1.ControllerRevision
apps/v1 DaemonSet apps/v1.DaemonSet
apps/v1 DeleteOptions meta/v1.DeleteOptions
apps/v1 Deployment apps/v1.Deployment
apps/v1 ReplicaSet apps/v1.ReplicaSet
apps/v1 StatefulSet apps/v1.StatefulSet
apps/v1beta1 ControllerRevision apps/v1beta1.ControllerRevision
apps/v1beta1 DeleteOptions meta/v1.DeleteOptions
apps/v1beta1 Deployment apps/v1beta1.Deployment
apps/v1beta1 DeploymentRollback apps/v1beta1.DeploymentRollback
apps/v1beta1 Scale apps/v1beta1.Scale
apps/v1beta1 StatefulSet apps/v1beta1.StatefulSet
apps/v1beta2 ControllerRevision apps/v1beta2.ControllerRevision
apps/v1beta2 DaemonSet apps/v1beta2.DaemonSet
apps/v1beta2 DeleteOptions meta/v1.DeleteOptions
apps/v1beta2 Deployment apps/v1beta2.Deployment
apps/v1beta2 ReplicaSet apps/v1beta2.ReplicaSet
apps/v1beta2 Scale apps/v1beta2.Scale
apps/v1beta2 StatefulSet apps/v1beta2.StatefulSet
authentication.k8s.io/v1 DeleteOptions meta/v1.DeleteOptions
authentication.k8s.io/v1 SelfSubjectReview authentication/v1.SelfSubjectReview
authentication.k8s.io/v1 TokenRequest authentication/v1.TokenRequest
authentication.k8s.io/v1 TokenReview authentication/v1.TokenReview
authentication.k8s.io/v1alpha1 DeleteOptions meta/v1.DeleteOptions
authentication.k8s.io/v1alpha1 SelfSubjectReview authentication/v1alpha1.SelfSubjectReview
authentication.k8s.io/v1beta1 DeleteOptions meta/v1.DeleteOptions
authentication.k8s.io/v1beta1 SelfSubjectReview authentication/v1beta1.SelfSubjectReview
authentication.k8s.io/v1beta1 TokenReview authentication/v1beta1.TokenReview
authorization.k8s.io/v1 DeleteOptions meta/v1.DeleteOptions
authorization.k8s.io/v1 LocalSubjectAccessReview authorization/v1.LocalSubjectAccessReview
authorization.k8s.io/v1 SelfSubjectAccessReview authorization/v1.SelfSubjectAccessReview
authorization.k8s.io/v1 SelfSubjectRulesReview authorization/v1.SelfSubjectRulesReview
authorization.k8s.io/v1 SubjectAccessReview authorization/v1.SubjectAccessReview
authorization.k8s.io/v1beta1 DeleteOptions meta/v1.DeleteOptions
authorization.k8s.io/v1beta1 LocalSubjectAccessReview authorization/v1beta1.LocalSubjectAccessReview
authorization.k8s.io/v1beta1 SelfSubjectAccessReview authorization/v1beta1.SelfSubjectAccessReview
authorization.k8s.io/v1beta1 SelfSubjectRulesReview authorization/v1beta1.SelfSubjectRulesReview
authorization.k8s.io/v1beta1 SubjectAccessReview authorization/v1beta1.SubjectAccessReview
autoscaling/v1 DeleteOptions meta/v1.DeleteOptions
autoscaling/v1 HorizontalPodAutoscaler autoscaling/v1.HorizontalPodAutoscaler
autoscaling/v1 Scale autoscaling/v1.Scale
autoscaling/v2 DeleteOptions meta/v1.DeleteOptions
autoscaling/v2 HorizontalPodAutoscaler autoscaling/v2.HorizontalPodAutoscaler
batch/v1 CronJob batch/v1.CronJob
batch/v1 DeleteOptions meta/v1.DeleteOptions
batch/v1 Job batch/v1.Job
batch/v1beta1 CronJob batch/v1beta1.CronJob
batch/v1beta1 DeleteOptions meta/v1.DeleteOptions
certificates.k8s.io/v1 CertificateSigningRequest certificates/v1.CertificateSigningRequest
certificates.k8s.io/v1 ClusterTrustBundle certificates/v1.ClusterTrustBundle
certificates.k8s.io/v1 DeleteOptions meta/v1.DeleteOptions
certificates.k8s.io/v1 PodCertificateRequest certificates/v1.PodCertificateRequest
certificates.k8s.io/v1alpha1 ClusterTrustBundle certificates/v1alpha1.ClusterTrustBundle
certificates.k8s.io/v1alpha1 DeleteOptions meta/v1.DeleteOptions
certificates.k8s.io/v1beta1 CertificateSigningRequest certificates/v1beta1.CertificateSigningRequest
certificates.k8s.io/v1beta1 ClusterTrustBundle certificates/v1beta1.ClusterTrustBundle
certificates.k8s.io/v1beta1 DeleteOptions meta/v1.DeleteOptions
certificates.k8s.io/v1beta1 PodCertificateRequest certificates/v1beta1.PodCertificateRequest
coordination.k8s.io/v1 DeleteOptions meta/v1.DeleteOptions
coordination.k8s.io/v1 Lease coordination/v1.Lease
coordination.k8s.io/v1alpha2 DeleteOptions meta/v1.DeleteOptions
coordination.k8s.io/v1alpha2 LeaseCandidate coordination/v1alpha2.LeaseCandidate
coordination.k8s.io/v1beta1 DeleteOptions meta/v1.DeleteOptions
coordination.k8s.io/v1beta1 Lease coordination/v1beta1.Lease
coordination.k8s.io/v1beta1 LeaseCandidate coordination/v1beta1.LeaseCandidate
discovery.k8s.io/v1 DeleteOptions meta/v1.DeleteOptions
discovery.k8s.io/v1 EndpointSlice discovery/v1.EndpointSlice
discovery.k8s.io/v1beta1 DeleteOptions meta/v1.DeleteOptions
discovery.k8s.io/v1beta1 EndpointSlice discovery/v1beta1.EndpointSlice
events.k8s.io/v1 DeleteOptions meta/v1.DeleteOptions
events.k8s.io/v1 Event events/v1.Event
events.k8s.io/v1beta1 DeleteOptions meta/v1.DeleteOptions
events.k8s.io/v1beta1 Event events/v1beta1.Event
extensions/v1beta1 DaemonSet extensions/v1beta1.DaemonSet
extensions/v1beta1 DeleteOptions meta/v1.DeleteOptions
extensions/v1beta1 Deployment extensions/v1beta1.Deployment
extensions/v1beta1 DeploymentRollback extensions/v1beta1.DeploymentRollback
extensions/v1beta1 Ingress extensions/v1beta1.Ingress
extensions/v1beta1 NetworkPolicy extensions/v1beta1.NetworkPolicy
extensions/v1beta1 ReplicaSet extensions/v1beta1.ReplicaSet
extensions/v1beta1 Scale extensions/v1beta1.Scale
flowcontrol.apiserver.k8s.io/v1 DeleteOptions meta/v1.DeleteOptions
flowcontrol.apiserver.k8s.io/v1 FlowSchema flowcontrol/v1.FlowSchema
flowcontrol.apiserver.k8s.io/v1 PriorityLevelConfiguration flowcontrol/v1.PriorityLevelConfiguration
flowcontrol.apiserver.k8s.io/v1beta1 DeleteOptions meta/v1.DeleteOptions
flowcontrol.apiserver.k8s.io/v1beta1 FlowSchema flowcontrol/v1beta1.FlowSchema
flowcontrol.apiserver.k8s.io/v1beta1 PriorityLevelConfiguration flowcontrol/v1beta1.PriorityLevelConfiguration
flowcontrol.apiserver.k8s.io/v1beta2 DeleteOptions meta/v1.DeleteOptions
flowcontrol.apiserver.k8s.io/v1beta2 FlowSchema flowcontrol/v1beta2.FlowSchema
flowcontrol.apiserver.k8s.io/v1beta2 PriorityLevelConfiguration flowcontrol/v1beta2.PriorityLevelConfiguration
flowcontrol.apiserver.k8s.io/v1beta3 DeleteOptions meta/v1.DeleteOptions
flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema flowcontrol/v1beta3.FlowSchema
flowcontrol.apiserver.k8s.io/v1beta3 PriorityLevelConfiguration flowcontrol/v1beta3.PriorityLevelConfiguration
internal.apiserver.k8s.io/v1alpha1 DeleteOptions meta/v1.DeleteOptions
internal.apiserver.k8s.io/v1alpha1 StorageVersion apiserverinternal/v1alpha1.StorageVersion
lifecycle.k8s.io/v1alpha1 DeleteOptions meta/v1.DeleteOptions
lifecycle.k8s.io/v1alpha1 Eviction lifecycle/v1alpha1.Eviction
lifecycle.k8s.io/v1alpha1 EvictionRequest lifecycle/v1alpha1.EvictionRequest
networking.k8s.io/v1 DeleteOptions meta/v1.DeleteOptions
networking.k8s.io/v1 IPAddress networking/v1.IPAddress
networking.k8s.io/v1 Ingress networking/v1.Ingress
networking.k8s.io/v1 IngressClass networking/v1.IngressClass
networking.k8s.io/v1 NetworkPolicy networking/v1.NetworkPolicy
networking.k8s.io/v1 ServiceCIDR networking/v1.ServiceCIDR
networking.k8s.io/v1beta1 DeleteOptions meta/v1.DeleteOptions
networking.k8s.io/v1beta1 IPAddress networking/v1beta1.IPAddress
networking.k8s.io/v1beta1 Ingress networking/v1beta1.Ingress
networking.k8s.io/v1beta1 IngressClass networking/v1beta1.IngressClass
networking.k8s.io/v1beta1 ServiceCIDR networking/v1beta1.ServiceCIDR
node.k8s.io/v1 DeleteOptions meta/v1.DeleteOptions
node.k8s.io/v1 RuntimeClass node/v1.RuntimeClass
node.k8s.io/v1alpha1 DeleteOptions meta/v1.DeleteOptions
node.k8s.io/v1alpha1 RuntimeClass node/v1alpha1.RuntimeClass
node.k8s.io/v1beta1 DeleteOptions meta/v1.DeleteOptions
node.k8s.io/v1beta1 RuntimeClass node/v1beta1.RuntimeClass
policy/v1 DeleteOptions meta/v1.DeleteOptions
policy/v1 Eviction policy/v1.Eviction
policy/v1 PodDisruptionBudget policy/v1.PodDisruptionBudget
policy/v1beta1 DeleteOptions meta/v1.DeleteOptions
policy/v1beta1 Eviction policy/v1beta1.Eviction
policy/v1beta1 PodDisruptionBudget policy/v1beta1.PodDisruptionBudget
rbac.authorization.k8s.io/v1 ClusterRole rbac/v1.ClusterRole
rbac.authorization.k8s.io/v1 ClusterRoleBinding rbac/v1.ClusterRoleBinding
rbac.authorization.k8s.io/v1 DeleteOptions meta/v1.DeleteOptions
rbac.authorization.k8s.io/v1 Role rbac/v1.Role
rbac.authorization.k8s.io/v1 RoleBinding rbac/v1.RoleBinding
rbac.authorization.k8s.io/v1alpha1 ClusterRole rbac/v1alpha1.ClusterRole
rbac.authorization.k8s.io/v1alpha1 ClusterRoleBinding rbac/v1alpha1.ClusterRoleBinding
rbac.authorization.k8s.io/v1alpha1 DeleteOptions meta/v1.DeleteOptions
rbac.authorization.k8s.io/v1alpha1 Role rbac/v1alpha1.Role
rbac.authorization.k8s.io/v1alpha1 RoleBinding rbac/v1alpha1.RoleBinding
rbac.authorization.k8s.io/v1beta1 ClusterRole rbac/v1beta1.ClusterRole
rbac.authorization.k8s.io/v1beta1 ClusterRoleBinding rbac/v1beta1.ClusterRoleBinding
rbac.authorization.k8s.io/v1beta1 DeleteOptions meta/v1.DeleteOptions
rbac.authorization.k8s.io/v1beta1 Role rbac/v1beta1.Role
rbac.authorization.k8s.io/v1beta1 RoleBinding rbac/v1beta1.RoleBinding
resource.k8s.io/v1 DeleteOptions meta/v1.DeleteOptions
resource.k8s.io/v1 DeviceClass resource/v1.DeviceClass
resource.k8s.io/v1 DeviceTaintRule resource/v1.DeviceTaintRule
resource.k8s.io/v1 ResourceClaim resource/v1.ResourceClaim
resource.k8s.io/v1 ResourceClaimTemplate resource/v1.ResourceClaimTemplate
resource.k8s.io/v1 ResourceSlice resource/v1.ResourceSlice
resource.k8s.io/v1alpha3 DeleteOptions meta/v1.DeleteOptions
resource.k8s.io/v1alpha3 DeviceTaintRule resource/v1alpha3.DeviceTaintRule
resource.k8s.io/v1alpha3 ResourcePoolStatusRequest resource/v1alpha3.ResourcePoolStatusRequest
resource.k8s.io/v1beta1 DeleteOptions meta/v1.DeleteOptions
resource.k8s.io/v1beta1 DeviceClass resource/v1beta1.DeviceClass
resource.k8s.io/v1beta1 ResourceClaim resource/v1beta1.ResourceClaim
resource.k8s.io/v1beta1 ResourceClaimTemplate resource/v1beta1.ResourceClaimTemplate
resource.k8s.io/v1beta1 ResourceSlice resource/v1beta1.ResourceSlice
resource.k8s.io/v1beta2 DeleteOptions meta/v1.DeleteOptions
resource.k8s.io/v1beta2 DeviceClass resource/v1beta2.DeviceClass
resource.k8s.io/v1beta2 DeviceTaintRule resource/v1beta2.DeviceTaintRule
resource.k8s.io/v1beta2 ResourceClaim resource/v1beta2.ResourceClaim
resource.k8s.io/v1beta2 ResourceClaimTemplate resource/v1beta2.ResourceClaimTemplate
resource.k8s.io/v1beta2 ResourceSlice resource/v1beta2.ResourceSlice
scheduling.k8s.io/v1 DeleteOptions meta/v1.DeleteOptions
scheduling.k8s.io/v1 PriorityClass scheduling/v1.PriorityClass
scheduling.k8s.io/v1alpha3 CompositePodGroup scheduling/v1alpha3.CompositePodGroup
scheduling.k8s.io/v1alpha3 DeleteOptions meta/v1.DeleteOptions
scheduling.k8s.io/v1alpha3 PodGroup scheduling/v1alpha3.PodGroup
scheduling.k8s.io/v1alpha3 Workload scheduling/v1alpha3.Workload
scheduling.k8s.io/v1beta1 DeleteOptions meta/v1.DeleteOptions
scheduling.k8s.io/v1beta1 PodGroup scheduling/v1beta1.PodGroup
scheduling.k8s.io/v1beta1 PriorityClass scheduling/v1beta1.PriorityClass
scheduling.k8s.io/v1beta1 Workload scheduling/v1beta1.Workload
storage.k8s.io/v1 CSIDriver storage/v1.CSIDriver
storage.k8s.io/v1 CSINode storage/v1.CSINode
storage.k8s.io/v1 CSIStorageCapacity storage/v1.CSIStorageCapacity
storage.k8s.io/v1 DeleteOptions meta/v1.DeleteOptions
storage.k8s.io/v1 StorageClass storage/v1.StorageClass
storage.k8s.io/v1 VolumeAttachment storage/v1.VolumeAttachment
storage.k8s.io/v1 VolumeAttributesClass storage/v1.VolumeAttributesClass
storage.k8s.io/v1alpha1 CSIStorageCapacity storage/v1alpha1.CSIStorageCapacity
storage.k8s.io/v1alpha1 DeleteOptions meta/v1.DeleteOptions
storage.k8s.io/v1alpha1 VolumeAttachment storage/v1alpha1.VolumeAttachment
storage.k8s.io/v1alpha1 VolumeAttributesClass storage/v1alpha1.VolumeAttributesClass
storage.k8s.io/v1beta1 CSIDriver storage/v1beta1.CSIDriver
storage.k8s.io/v1beta1 CSINode storage/v1beta1.CSINode
storage.k8s.io/v1beta1 CSIStorageCapacity storage/v1beta1.CSIStorageCapacity
storage.k8s.io/v1beta1 DeleteOptions meta/v1.DeleteOptions
storage.k8s.io/v1beta1 StorageClass storage/v1beta1.StorageClass
storage.k8s.io/v1beta1 VolumeAttachment storage/v1beta1.VolumeAttachment
storage.k8s.io/v1beta1 VolumeAttributesClass storage/v1beta1.VolumeAttributesClass
storagemigration.k8s.io/v1 DeleteOptions meta/v1.DeleteOptions
storagemigration.k8s.io/v1 StorageVersionMigration storagemigration/v1.StorageVersionMigration
storagemigration.k8s.io/v1beta1 DeleteOptions meta/v1.DeleteOptions
storagemigration.k8s.io/v1beta1 StorageVersionMigration storagemigration/v1beta1.StorageVersionMigration
v1 APIGroup meta/v1.APIGroup
v1 APIVersions meta/v1.APIVersions
v1 Binding core/v1.Binding
v1 ComponentStatus core/v1.ComponentStatus
v1 ConfigMap core/v1.ConfigMap
v1 DeleteOptions meta/v1.DeleteOptions
v1 Endpoints core/v1.Endpoints
v1 Event core/v1.Event
v1 LimitRange core/v1.LimitRange
v1 List core/v1.List
v1 Namespace core/v1.Namespace
v1 Node core/v1.Node
v1 NodeProxyOptions core/v1.NodeProxyOptions
v1 PersistentVolume core/v1.PersistentVolume
v1 PersistentVolumeClaim core/v1.PersistentVolumeClaim
v1 Pod core/v1.Pod
v1 PodAttachOptions core/v1.PodAttachOptions
v1 PodExecOptions core/v1.PodExecOptions
v1 PodLogOptions core/v1.PodLogOptions
v1 PodPortForwardOptions core/v1.PodPortForwardOptions
v1 PodProxyOptions core/v1.PodProxyOptions
v1 PodTemplate core/v1.PodTemplate
v1 RangeAllocation core/v1.RangeAllocation
v1 ReplicationController core/v1.ReplicationController
v1 ResourceQuota core/v1.ResourceQuota
v1 Secret core/v1.Secret
v1 SerializedReference core/v1.SerializedReference
v1 Service core/v1.Service
v1 ServiceAccount core/v1.ServiceAccount
v1 ServiceProxyOptions core/v1.ServiceProxyOptions
v1 Status meta/v1.Status

admissionregistration/v1.ApplyConfiguration expression:1:string:e
admissionregistration/v1.AuditAnnotation key:1:string: valueExpression:2:string:
admissionregistration/v1.ExpressionWarning fieldRef:2:string: warning:3:string:
admissionregistration/v1.JSONPatch expression:1:string:e
admissionregistration/v1.MatchCondition name:1:string: expression:2:string:
admissionregistration/v1.MatchResources namespaceSelector:1:*meta/v1.LabelSelector:e objectSelector:2:*meta/v1.LabelSelector:e resourceRules:3:[]admissionregistration/v1.NamedRuleWithOperations:e excludeResourceRules:4:[]admissionregistration/v1.NamedRuleWithOperations:e matchPolicy:7:*string:e
admissionregistration/v1.MutatingAdmissionPolicy metadata:1:meta/v1.ObjectMeta:e spec:2:admissionregistration/v1.MutatingAdmissionPolicySpec:e
admissionregistration/v1.MutatingAdmissionPolicyBinding metadata:1:meta/v1.ObjectMeta:e spec:2:admissionregistration/v1.MutatingAdmissionPolicyBindingSpec:e
admissionregistration/v1.MutatingAdmissionPolicyBindingSpec policyName:1:string:e paramRef:2:*admissionregistration/v1.ParamRef:e matchResources:3:*admissionregistration/v1.MatchResources:e
admissionregistration/v1.MutatingAdmissionPolicySpec paramKind:1:*admissionregistration/v1.ParamKind:e matchConstraints:2:*admissionregistration/v1.MatchResources:e variables:3:[]admissionregistration/v1.Variable:e mutations:4:[]admissionregistration/v1.Mutation:e failurePolicy:5:*string:e matchConditions:6:[]admissionregistration/v1.MatchCondition:e reinvocationPolicy:7:string:e
admissionregistration/v1.MutatingWebhook name:1:string: clientConfig:2:admissionregistration/v1.WebhookClientConfig: rules:3:[]admissionregistration/v1.RuleWithOperations:e failurePolicy:4:*string:e matchPolicy:9:*string:e namespaceSelector:5:*meta/v1.LabelSelector:e objectSelector:11:*meta/v1.LabelSelector:e sideEffects:6:*string: timeoutSeconds:7:*int32:e admissionReviewVersions:8:[]string: reinvocationPolicy:10:*string:e matchConditions:12:[]admissionregistration/v1.MatchCondition:e
admissionregistration/v1.MutatingWebhookConfiguration metadata:1:meta/v1.ObjectMeta:e webhooks:2:[]admissionregistration/v1.MutatingWebhook:e
admissionregistration/v1.Mutation patchType:2:string: applyConfiguration:3:*admissionregistration/v1.ApplyConfiguration:e jsonPatch:4:*admissionregistration/v1.JSONPatch:e
admissionregistration/v1.NamedRuleWithOperations resourceNames:1:[]string:e :2:admissionregistration/v1.RuleWithOperations:i
admissionregistration/v1.ParamKind apiVersion:1:string:e kind:2:string:e
admissionregistration/v1.ParamRef name:1:string:e namespace:2:string:e selector:3:*meta/v1.LabelSelector:e parameterNotFoundAction:4:*string:e
admissionregistration/v1.Rule apiGroups:1:[]string:e apiVersions:2:[]string:e resources:3:[]string:e scope:4:*string:e
admissionregistration/v1.RuleWithOperations operations:1:[]string:e :2:admissionregistration/v1.Rule:i
admissionregistration/v1.ServiceReference namespace:1:string: name:2:string: path:3:*string:e port:4:*int32:e
admissionregistration/v1.TypeChecking expressionWarnings:1:[]admissionregistration/v1.ExpressionWarning:e
admissionregistration/v1.ValidatingAdmissionPolicy metadata:1:meta/v1.ObjectMeta:e spec:2:admissionregistration/v1.ValidatingAdmissionPolicySpec:e status:3:admissionregistration/v1.ValidatingAdmissionPolicyStatus:e
admissionregistration/v1.ValidatingAdmissionPolicyBinding metadata:1:meta/v1.ObjectMeta:e spec:2:admissionregistration/v1.ValidatingAdmissionPolicyBindingSpec:e
admissionregistration/v1.ValidatingAdmissionPolicyBindingSpec policyName:1:string:e paramRef:2:*admissionregistration/v1.ParamRef:e matchResources:3:*admissionregistration/v1.MatchResources:e validationActions:4:[]string:e
admissionregistration/v1.ValidatingAdmissionPolicySpec paramKind:1:*admissionregistration/v1.ParamKind:e matchConstraints:2:*admissionregistration/v1.MatchResources:e validations:3:[]admissionregistration/v1.Validation:e failurePolicy:4:*string:e auditAnnotations:5:[]admissionregistration/v1.AuditAnnotation:e matchConditions:6:[]admissionregistration/v1.MatchCondition:e variables:7:[]admissionregistration/v1.Variable:e
admissionregistration/v1.ValidatingAdmissionPolicyStatus observedGeneration:1:int64:e typeChecking:2:*admissionregistration/v1.TypeChecking:e conditions:3:[]meta/v1.Condition:e
admissionregistration/v1.ValidatingWebhook name:1:string: clientConfig:2:admissionregistration/v1.WebhookClientConfig: rules:3:[]admissionregistration/v1.RuleWithOperations:e failurePolicy:4:*string:e matchPolicy:9:*string:e namespaceSelector:5:*meta/v1.LabelSelector:e objectSelector:10:*meta/v1.LabelSelector:e sideEffects:6:*string: timeoutSeconds:7:*int32:e admissionReviewVersions:8:[]string: matchConditions:11:[]admissionregistration/v1.MatchCondition:e
admissionregistration/v1.ValidatingWebhookConfiguration metadata:1:meta/v1.ObjectMeta:e webhooks:2:[]admissionregistration/v1.ValidatingWebhook:e
admissionregistration/v1.Validation expression:1:string: message:2:string:e reason:3:*string:e messageExpression:4:string:e
admissionregistration/v1.Variable name:1:string: expression:2:string:
admissionregistration/v1.WebhookClientConfig url:3:*string:e service:1:*admissionregistration/v1.ServiceReference:e caBundle:2:bytes:e
admissionregistration/v1alpha1.ApplyConfiguration expression:1:string:e
admissionregistration/v1alpha1.AuditAnnotation key:1:string: valueExpression:2:string:
admissionregistration/v1alpha1.ExpressionWarning fieldRef:2:string: warning:3:string:
admissionregistration/v1alpha1.JSONPatch expression:1:string:e
admissionregistration/v1alpha1.MatchCondition name:1:string: expression:2:string:
admissionregistration/v1alpha1.MatchResources namespaceSelector:1:*meta/v1.LabelSelector:e objectSelector:2:*meta/v1.LabelSelector:e resourceRules:3:[]admissionregistration/v1alpha1.NamedRuleWithOperations:e excludeResourceRules:4:[]admissionregistration/v1alpha1.NamedRuleWithOperations:e matchPolicy:7:*string:e
admissionregistration/v1alpha1.MutatingAdmissionPolicy metadata:1:meta/v1.ObjectMeta:e spec:2:admissionregistration/v1alpha1.MutatingAdmissionPolicySpec:e
admissionregistration/v1alpha1.MutatingAdmissionPolicyBinding metadata:1:meta/v1.ObjectMeta:e spec:2:admissionregistration/v1alpha1.MutatingAdmissionPolicyBindingSpec:e
admissionregistration/v1alpha1.MutatingAdmissionPolicyBindingSpec policyName:1:string:e paramRef:2:*admissionregistration/v1alpha1.ParamRef:e matchResources:3:*admissionregistration/v1alpha1.MatchResources:e
admissionregistration/v1alpha1.MutatingAdmissionPolicySpec paramKind:1:*admissionregistration/v1alpha1.ParamKind:e matchConstraints:2:*admissionregistration/v1alpha1.MatchResources:e variables:3:[]admissionregistration/v1alpha1.Variable:e mutations:4:[]admissionregistration/v1alpha1.Mutation:e failurePolicy:5:*string:e matchConditions:6:[]admissionregistration/v1alpha1.MatchCondition:e reinvocationPolicy:7:string:e
admissionregistration/v1alpha1.Mutation patchType:2:string: applyConfiguration:3:*admissionregistration/v1alpha1.ApplyConfiguration:e jsonPatch:4:*admissionregistration/v1alpha1.JSONPatch:e
admissionregistration/v1alpha1.NamedRuleWithOperations resourceNames:1:[]string:e :2:admissionregistration/v1.RuleWithOperations:i
admissionregistration/v1alpha1.ParamKind apiVersion:1:string:e kind:2:string:e
admissionregistration/v1alpha1.ParamRef name:1:string:e namespace:2:string:e selector:3:*meta/v1.LabelSelector:e parameterNotFoundAction:4:*string:e
admissionregistration/v1alpha1.TypeChecking expressionWarnings:1:[]admissionregistration/v1alpha1.ExpressionWarning:e
admissionregistration/v1alpha1.ValidatingAdmissionPolicy metadata:1:meta/v1.ObjectMeta:e spec:2:admissionregistration/v1alpha1.ValidatingAdmissionPolicySpec:e status:3:admissionregistration/v1alpha1.ValidatingAdmissionPolicyStatus:e
admissionregistration/v1alpha1.ValidatingAdmissionPolicyBinding metadata:1:meta/v1.ObjectMeta:e spec:2:admissionregistration/v1alpha1.ValidatingAdmissionPolicyBindingSpec:e
admissionregistration/v1alpha1.ValidatingAdmissionPolicyBindingSpec policyName:1:string:e paramRef:2:*admissionregistration/v1alpha1.ParamRef:e matchResources:3:*admissionregistration/v1alpha1.MatchResources:e validationActions:4:[]string:e
admissionregistration/v1alpha1.ValidatingAdmissionPolicySpec paramKind:1:*admissionregistration/v1alpha1.ParamKind:e matchConstraints:2:*admissionregistration/v1alpha1.MatchResources:e validations:3:[]admissionregistration/v1alpha1.Validation:e failurePolicy:4:*string:e auditAnnotations:5:[]admissionregistration/v1alpha1.AuditAnnotation:e matchConditions:6:[]admissionregistration/v1alpha1.MatchCondition:e variables:7:[]admissionregistration/v1alpha1.Variable:e
admissionregistration/v1alpha1.ValidatingAdmissionPolicyStatus observedGeneration:1:int64:e typeChecking:2:*admissionregistration/v1alpha1.TypeChecking:e conditions:3:[]meta/v1.Condition:e
admissionregistration/v1alpha1.Validation expression:1:string: message:2:string:e reason:3:*string:e messageExpression:4:string:e
admissionregistration/v1alpha1.Variable name:1:string: expression:2:string:
admissionregistration/v1beta1.ApplyConfiguration expression:1:string:e
admissionregistration/v1beta1.AuditAnnotation key:1:string: valueExpression:2:string:
admissionregistration/v1beta1.ExpressionWarning fieldRef:2:string: warning:3:string:
admissionregistration/v1beta1.JSONPatch expression:1:string:e
admissionregistration/v1beta1.MatchCondition name:1:string: expression:2:string:
admissionregistration/v1beta1.MatchResources namespaceSelector:1:*meta/v1.LabelSelector:e objectSelector:2:*meta/v1.LabelSelector:e resourceRules:3:[]admissionregistration/v1beta1.NamedRuleWithOperations:e excludeResourceRules:4:[]admissionregistration/v1beta1.NamedRuleWithOperations:e matchPolicy:7:*string:e
admissionregistration/v1beta1.MutatingAdmissionPolicy metadata:1:meta/v1.ObjectMeta:e spec:2:admissionregistration/v1beta1.MutatingAdmissionPolicySpec:e
admissionregistration/v1beta1.MutatingAdmissionPolicyBinding metadata:1:meta/v1.ObjectMeta:e spec:2:admissionregistration/v1beta1.MutatingAdmissionPolicyBindingSpec:e
admissionregistration/v1beta1.MutatingAdmissionPolicyBindingSpec policyName:1:string:e paramRef:2:*admissionregistration/v1beta1.ParamRef:e matchResources:3:*admissionregistration/v1beta1.MatchResources:e
admissionregistration/v1beta1.MutatingAdmissionPolicySpec paramKind:1:*admissionregistration/v1beta1.ParamKind:e matchConstraints:2:*admissionregistration/v1beta1.MatchResources:e variables:3:[]admissionregistration/v1beta1.Variable:e mutations:4:[]admissionregistration/v1beta1.Mutation:e failurePolicy:5:*string:e matchConditions:6:[]admissionregistration/v1beta1.MatchCondition:e reinvocationPolicy:7:string:e
admissionregistration/v1beta1.MutatingWebhook name:1:string: clientConfig:2:admissionregistration/v1beta1.WebhookClientConfig: rules:3:[]admissionregistration/v1.RuleWithOperations:e failurePolicy:4:*string:e matchPolicy:9:*string:e namespaceSelector:5:*meta/v1.LabelSelector:e objectSelector:11:*meta/v1.LabelSelector:e sideEffects:6:*string:e timeoutSeconds:7:*int32:e admissionReviewVersions:8:[]string:e reinvocationPolicy:10:*string:e matchConditions:12:[]admissionregistration/v1beta1.MatchCondition:e
admissionregistration/v1beta1.MutatingWebhookConfiguration metadata:1:meta/v1.ObjectMeta:e webhooks:2:[]admissionregistration/v1beta1.MutatingWebhook:e
admissionregistration/v1beta1.Mutation patchType:2:string: applyConfiguration:3:*admissionregistration/v1beta1.ApplyConfiguration:e jsonPatch:4:*admissionregistration/v1beta1.JSONPatch:e
admissionregistration/v1beta1.NamedRuleWithOperations resourceNames:1:[]string:e :2:admissionregistration/v1.RuleWithOperations:i
admissionregistration/v1beta1.ParamKind apiVersion:1:string:e kind:2:string:e
admissionregistration/v1beta1.ParamRef name:1:string:e namespace:2:string:e selector:3:*meta/v1.LabelSelector:e parameterNotFoundAction:4:*string:e
admissionregistration/v1beta1.ServiceReference namespace:1:string: name:2:string: path:3:*string:e port:4:*int32:e
admissionregistration/v1beta1.TypeChecking expressionWarnings:1:[]admissionregistration/v1beta1.ExpressionWarning:e
admissionregistration/v1beta1.ValidatingAdmissionPolicy metadata:1:meta/v1.ObjectMeta:e spec:2:admissionregistration/v1beta1.ValidatingAdmissionPolicySpec:e status:3:admissionregistration/v1beta1.ValidatingAdmissionPolicyStatus:e
admissionregistration/v1beta1.ValidatingAdmissionPolicyBinding metadata:1:meta/v1.ObjectMeta:e spec:2:admissionregistration/v1beta1.ValidatingAdmissionPolicyBindingSpec:e
admissionregistration/v1beta1.ValidatingAdmissionPolicyBindingSpec policyName:1:string:e paramRef:2:*admissionregistration/v1beta1.ParamRef:e matchResources:3:*admissionregistration/v1beta1.MatchResources:e validationActions:4:[]string:e
admissionregistration/v1beta1.ValidatingAdmissionPolicySpec paramKind:1:*admissionregistration/v1beta1.ParamKind:e matchConstraints:2:*admissionregistration/v1beta1.MatchResources:e validations:3:[]admissionregistration/v1beta1.Validation:e failurePolicy:4:*string:e auditAnnotations:5:[]admissionregistration/v1beta1.AuditAnnotation:e matchConditions:6:[]admissionregistration/v1beta1.MatchCondition:e variables:7:[]admissionregistration/v1beta1.Variable:e
admissionregistration/v1beta1.ValidatingAdmissionPolicyStatus observedGeneration:1:int64:e typeChecking:2:*admissionregistration/v1beta1.TypeChecking:e conditions:3:[]meta/v1.Condition:e
admissionregistration/v1beta1.ValidatingWebhook name:1:string: clientConfig:2:admissionregistration/v1beta1.WebhookClientConfig: rules:3:[]admissionregistration/v1.RuleWithOperations:e failurePolicy:4:*string:e matchPolicy:9:*string:e namespaceSelector:5:*meta/v1.LabelSelector:e objectSelector:10:*meta/v1.LabelSelector:e sideEffects:6:*string:e timeoutSeconds:7:*int32:e admissionReviewVersions:8:[]string:e matchConditions:11:[]admissionregistration/v1beta1.MatchCondition:e
admissionregistration/v1beta1.ValidatingWebhookConfiguration metadata:1:meta/v1.ObjectMeta:e webhooks:2:[]admissionregistration/v1beta1.ValidatingWebhook:e
admissionregistration/v1beta1.Validation expression:1:string: message:2:string:e reason:3:*string:e messageExpression:4:string:e
admissionregistration/v1beta1.Variable name:1:string: expression:2:string:
admissionregistration/v1beta1.WebhookClientConfig url:3:*string:e service:1:*admissionregistration/v1beta1.ServiceReference:e caBundle:2:bytes:e
apiextensions/v1.ConversionRequest uid:1:string: desiredAPIVersion:2:string: objects:3:[]!RawExtension:
apiextensions/v1.ConversionResponse uid:1:string: convertedObjects:2:[]!RawExtension: result:3:meta/v1.Status:
apiextensions/v1.ConversionReview request:1:*apiextensions/v1.ConversionRequest:e response:2:*apiextensions/v1.ConversionResponse:e
apiextensions/v1.CustomResourceColumnDefinition name:1:string: type:2:string: format:3:string:e description:4:string:e priority:5:int32:e jsonPath:6:string:
apiextensions/v1.CustomResourceConversion strategy:1:string: webhook:2:*apiextensions/v1.WebhookConversion:e
apiextensions/v1.CustomResourceDefinition metadata:1:meta/v1.ObjectMeta:e spec:2:apiextensions/v1.CustomResourceDefinitionSpec: status:3:apiextensions/v1.CustomResourceDefinitionStatus:e
apiextensions/v1.CustomResourceDefinitionCondition type:1:string: status:2:string: lastTransitionTime:3:!Time:e reason:4:string:e message:5:string:e observedGeneration:6:int64:e
apiextensions/v1.CustomResourceDefinitionNames plural:1:string: singular:2:string:e shortNames:3:[]string:e kind:4:string: listKind:5:string:e categories:6:[]string:e
apiextensions/v1.CustomResourceDefinitionSpec group:1:string: names:3:apiextensions/v1.CustomResourceDefinitionNames: scope:4:string: versions:7:[]apiextensions/v1.CustomResourceDefinitionVersion: conversion:9:*apiextensions/v1.CustomResourceConversion:e preserveUnknownFields:10:bool:e
apiextensions/v1.CustomResourceDefinitionStatus conditions:1:[]apiextensions/v1.CustomResourceDefinitionCondition: acceptedNames:2:apiextensions/v1.CustomResourceDefinitionNames: storedVersions:3:[]string: observedGeneration:4:int64:e
apiextensions/v1.CustomResourceDefinitionVersion name:1:string: served:2:bool: storage:3:bool: deprecated:7:bool:e deprecationWarning:8:*string:e schema:4:*apiextensions/v1.CustomResourceValidation:e subresources:5:*apiextensions/v1.CustomResourceSubresources:e additionalPrinterColumns:6:[]apiextensions/v1.CustomResourceColumnDefinition:e selectableFields:9:[]apiextensions/v1.SelectableField:e
apiextensions/v1.CustomResourceSubresourceScale specReplicasPath:1:string: statusReplicasPath:2:string: labelSelectorPath:3:*string:e
apiextensions/v1.CustomResourceSubresourceStatus
apiextensions/v1.CustomResourceSubresources status:1:*apiextensions/v1.CustomResourceSubresourceStatus:e scale:2:*apiextensions/v1.CustomResourceSubresourceScale:e
apiextensions/v1.CustomResourceValidation openAPIV3Schema:1:*apiextensions/v1.JSONSchemaProps:e
apiextensions/v1.ExternalDocumentation description:1:string:e url:2:string:e
apiextensions/v1.JSONSchemaProps id:1:string:e $schema:2:string:e $ref:3:*string:e description:4:string:e type:5:string:e format:6:string:e title:7:string:e default:8:*!Raw:e maximum:9:*float64:e exclusiveMaximum:10:bool:e minimum:11:*float64:e exclusiveMinimum:12:bool:e maxLength:13:*int64:e minLength:14:*int64:e pattern:15:string:e maxItems:16:*int64:e minItems:17:*int64:e uniqueItems:18:bool:e multipleOf:19:*float64:e enum:20:[]!Raw:e maxProperties:21:*int64:e minProperties:22:*int64:e required:23:[]string:e items:24:*!OrArray=apiextensions/v1.JSONSchemaProps:e allOf:25:[]apiextensions/v1.JSONSchemaProps:e oneOf:26:[]apiextensions/v1.JSONSchemaProps:e anyOf:27:[]apiextensions/v1.JSONSchemaProps:e not:28:*apiextensions/v1.JSONSchemaProps:e properties:29:{}apiextensions/v1.JSONSchemaProps:e additionalProperties:30:*!OrBool=apiextensions/v1.JSONSchemaProps:e patternProperties:31:{}apiextensions/v1.JSONSchemaProps:e dependencies:32:{}!OrStringArray=apiextensions/v1.JSONSchemaProps:e additionalItems:33:*!OrBool=apiextensions/v1.JSONSchemaProps:e definitions:34:{}apiextensions/v1.JSONSchemaProps:e externalDocs:35:*apiextensions/v1.ExternalDocumentation:e example:36:*!Raw:e nullable:37:bool:e x-kubernetes-preserve-unknown-fields:38:*bool:e x-kubernetes-embedded-resource:39:bool:e x-kubernetes-int-or-string:40:bool:e x-kubernetes-list-map-keys:41:[]string:e x-kubernetes-list-type:42:*string:e x-kubernetes-map-type:43:*string:e x-kubernetes-validations:44:[]apiextensions/v1.ValidationRule:e
apiextensions/v1.SelectableField jsonPath:1:string:
apiextensions/v1.ServiceReference namespace:1:string: name:2:string: path:3:*string:e port:4:*int32:e
apiextensions/v1.ValidationRule rule:1:string: message:2:string:e messageExpression:3:string:e reason:4:*string:e fieldPath:5:string:e optionalOldSelf:6:*bool:e
apiextensions/v1.WebhookClientConfig url:3:*string:e service:1:*apiextensions/v1.ServiceReference:e caBundle:2:bytes:e
apiextensions/v1.WebhookConversion clientConfig:2:*apiextensions/v1.WebhookClientConfig:e conversionReviewVersions:3:[]string:
apiextensions/v1beta1.ConversionRequest uid:1:string: desiredAPIVersion:2:string: objects:3:[]!RawExtension:
apiextensions/v1beta1.ConversionResponse uid:1:string: convertedObjects:2:[]!RawExtension: result:3:meta/v1.Status:
apiextensions/v1beta1.ConversionReview request:1:*apiextensions/v1beta1.ConversionRequest:e response:2:*apiextensions/v1beta1.ConversionResponse:e
apiextensions/v1beta1.CustomResourceColumnDefinition name:1:string: type:2:string: format:3:string:e description:4:string:e priority:5:int32:e JSONPath:6:string:
apiextensions/v1beta1.CustomResourceConversion strategy:1:string: webhookClientConfig:2:*apiextensions/v1beta1.WebhookClientConfig:e conversionReviewVersions:3:[]string:e
apiextensions/v1beta1.CustomResourceDefinition metadata:1:meta/v1.ObjectMeta:e spec:2:apiextensions/v1beta1.CustomResourceDefinitionSpec: status:3:apiextensions/v1beta1.CustomResourceDefinitionStatus:e
apiextensions/v1beta1.CustomResourceDefinitionCondition type:1:string: status:2:string: lastTransitionTime:3:!Time:e reason:4:string:e message:5:string:e observedGeneration:6:int64:e
apiextensions/v1beta1.CustomResourceDefinitionNames plural:1:string: singular:2:string:e shortNames:3:[]string:e kind:4:string: listKind:5:string:e categories:6:[]string:e
apiextensions/v1beta1.CustomResourceDefinitionSpec group:1:string: version:2:string:e names:3:apiextensions/v1beta1.CustomResourceDefinitionNames: scope:4:string: validation:5:*apiextensions/v1beta1.CustomResourceValidation:e subresources:6:*apiextensions/v1beta1.CustomResourceSubresources:e versions:7:[]apiextensions/v1beta1.CustomResourceDefinitionVersion:e additionalPrinterColumns:8:[]apiextensions/v1beta1.CustomResourceColumnDefinition:e selectableFields:11:[]apiextensions/v1beta1.SelectableField:e conversion:9:*apiextensions/v1beta1.CustomResourceConversion:e preserveUnknownFields:10:*bool:e
apiextensions/v1beta1.CustomResourceDefinitionStatus conditions:1:[]apiextensions/v1beta1.CustomResourceDefinitionCondition: acceptedNames:2:apiextensions/v1beta1.CustomResourceDefinitionNames: storedVersions:3:[]string: observedGeneration:4:int64:e
apiextensions/v1beta1.CustomResourceDefinitionVersion name:1:string: served:2:bool: storage:3:bool: deprecated:7:bool:e deprecationWarning:8:*string:e schema:4:*apiextensions/v1beta1.CustomResourceValidation:e subresources:5:*apiextensions/v1beta1.CustomResourceSubresources:e additionalPrinterColumns:6:[]apiextensions/v1beta1.CustomResourceColumnDefinition:e selectableFields:9:[]apiextensions/v1beta1.SelectableField:e
apiextensions/v1beta1.CustomResourceSubresourceScale specReplicasPath:1:string: statusReplicasPath:2:string: labelSelectorPath:3:*string:e
apiextensions/v1beta1.CustomResourceSubresourceStatus
apiextensions/v1beta1.CustomResourceSubresources status:1:*apiextensions/v1beta1.CustomResourceSubresourceStatus:e scale:2:*apiextensions/v1beta1.CustomResourceSubresourceScale:e
apiextensions/v1beta1.CustomResourceValidation openAPIV3Schema:1:*apiextensions/v1beta1.JSONSchemaProps:e
apiextensions/v1beta1.ExternalDocumentation description:1:string:e url:2:string:e
apiextensions/v1beta1.JSONSchemaProps id:1:string:e $schema:2:string:e $ref:3:*string:e description:4:string:e type:5:string:e format:6:string:e title:7:string:e default:8:*!Raw:e maximum:9:*float64:e exclusiveMaximum:10:bool:e minimum:11:*float64:e exclusiveMinimum:12:bool:e maxLength:13:*int64:e minLength:14:*int64:e pattern:15:string:e maxItems:16:*int64:e minItems:17:*int64:e uniqueItems:18:bool:e multipleOf:19:*float64:e enum:20:[]!Raw:e maxProperties:21:*int64:e minProperties:22:*int64:e required:23:[]string:e items:24:*!OrArray=apiextensions/v1beta1.JSONSchemaProps:e allOf:25:[]apiextensions/v1beta1.JSONSchemaProps:e oneOf:26:[]apiextensions/v1beta1.JSONSchemaProps:e anyOf:27:[]apiextensions/v1beta1.JSONSchemaProps:e not:28:*apiextensions/v1beta1.JSONSchemaProps:e properties:29:{}apiextensions/v1beta1.JSONSchemaProps:e additionalProperties:30:*!OrBool=apiextensions/v1beta1.JSONSchemaProps:e patternProperties:31:{}apiextensions/v1beta1.JSONSchemaProps:e dependencies:32:{}!OrStringArray=apiextensions/v1beta1.JSONSchemaProps:e additionalItems:33:*!OrBool=apiextensions/v1beta1.JSONSchemaProps:e definitions:34:{}apiextensions/v1beta1.JSONSchemaProps:e externalDocs:35:*apiextensions/v1beta1.ExternalDocumentation:e example:36:*!Raw:e nullable:37:bool:e x-kubernetes-preserve-unknown-fields:38:*bool:e x-kubernetes-embedded-resource:39:bool:e x-kubernetes-int-or-string:40:bool:e x-kubernetes-list-map-keys:41:[]string:e x-kubernetes-list-type:42:*string:e x-kubernetes-map-type:43:*string:e x-kubernetes-validations:44:[]apiextensions/v1beta1.ValidationRule:e
apiextensions/v1beta1.SelectableField jsonPath:1:string:
apiextensions/v1beta1.ServiceReference namespace:1:string: name:2:string: path:3:*string:e port:4:*int32:e
apiextensions/v1beta1.ValidationRule rule:1:string: message:2:string:e messageExpression:3:string:e reason:4:*string:e fieldPath:5:string:e optionalOldSelf:6:*bool:e
apiextensions/v1beta1.WebhookClientConfig url:3:*string:e service:1:*apiextensions/v1beta1.ServiceReference:e caBundle:2:bytes:e
apiregistration/v1.APIService metadata:1:meta/v1.ObjectMeta:e spec:2:apiregistration/v1.APIServiceSpec:e status:3:apiregistration/v1.APIServiceStatus:e
apiregistration/v1.APIServiceCondition type:1:string: status:2:string: lastTransitionTime:3:!Time:e reason:4:string:e message:5:string:e
apiregistration/v1.APIServiceSpec service:1:*apiregistration/v1.ServiceReference:e group:2:string:e version:3:string:e insecureSkipTLSVerify:4:bool:e caBundle:5:bytes:e groupPriorityMinimum:7:int32: versionPriority:8:int32:
apiregistration/v1.APIServiceStatus conditions:1:[]apiregistration/v1.APIServiceCondition:e
apiregistration/v1.ServiceReference namespace:1:string:e name:2:string:e port:3:*int32:e
apiregistration/v1beta1.APIService metadata:1:meta/v1.ObjectMeta:e spec:2:apiregistration/v1beta1.APIServiceSpec:e status:3:apiregistration/v1beta1.APIServiceStatus:e
apiregistration/v1beta1.APIServiceCondition type:1:string: status:2:string: lastTransitionTime:3:!Time:e reason:4:string:e message:5:string:e
apiregistration/v1beta1.APIServiceSpec service:1:*apiregistration/v1beta1.ServiceReference:e group:2:string:e version:3:string:e insecureSkipTLSVerify:4:bool:e caBundle:5:bytes:e groupPriorityMinimum:7:int32: versionPriority:8:int32:
apiregistration/v1beta1.APIServiceStatus conditions:1:[]apiregistration/v1beta1.APIServiceCondition:e
apiregistration/v1beta1.ServiceReference namespace:1:string:e name:2:string:e port:3:*int32:e
apiserverinternal/v1alpha1.ServerStorageVersion apiServerID:1:string:e encodingVersion:2:string:e decodableVersions:3:[]string:e servedVersions:4:[]string:e
apiserverinternal/v1alpha1.StorageVersion metadata:1:meta/v1.ObjectMeta:e spec:2:apiserverinternal/v1alpha1.StorageVersionSpec: status:3:apiserverinternal/v1alpha1.StorageVersionStatus:
apiserverinternal/v1alpha1.StorageVersionCondition type:1:string: status:2:string: observedGeneration:3:int64:e lastTransitionTime:4:!Time:e reason:5:string: message:6:string:e
apiserverinternal/v1alpha1.StorageVersionSpec
apiserverinternal/v1alpha1.StorageVersionStatus storageVersions:1:[]apiserverinternal/v1alpha1.ServerStorageVersion:e commonEncodingVersion:2:*string:e conditions:3:[]apiserverinternal/v1alpha1.StorageVersionCondition:e
apps/v1.ControllerRevision metadata:1:meta/v1.ObjectMeta:e data:2:!RawExtension: revision:3:int64:
apps/v1.DaemonSet metadata:1:meta/v1.ObjectMeta:e spec:2:apps/v1.DaemonSetSpec:e status:3:apps/v1.DaemonSetStatus:e
apps/v1.DaemonSetCondition type:1:string: status:2:string: lastTransitionTime:3:!Time:e reason:4:string:e message:5:string:e
apps/v1.DaemonSetSpec selector:1:*meta/v1.LabelSelector: template:2:core/v1.PodTemplateSpec: updateStrategy:3:apps/v1.DaemonSetUpdateStrategy:e minReadySeconds:4:int32:e revisionHistoryLimit:6:*int32:e
apps/v1.DaemonSetStatus currentNumberScheduled:1:int32: numberMisscheduled:2:int32: desiredNumberScheduled:3:int32: numberReady:4:int32: observedGeneration:5:int64:e updatedNumberScheduled:6:int32:e numberAvailable:7:int32:e numberUnavailable:8:int32:e collisionCount:9:*int32:e conditions:10:[]apps/v1.DaemonSetCondition:e
apps/v1.DaemonSetUpdateStrategy type:1:string:e rollingUpdate:2:*apps/v1.RollingUpdateDaemonSet:e
apps/v1.Deployment metadata:1:meta/v1.ObjectMeta:e spec:2:apps/v1.DeploymentSpec:e status:3:apps/v1.DeploymentStatus:e
apps/v1.DeploymentCondition type:1:string: status:2:string: lastUpdateTime:6:!Time:e lastTransitionTime:7:!Time:e reason:4:string:e message:5:string:e
apps/v1.DeploymentSpec replicas:1:*int32:e selector:2:*meta/v1.LabelSelector: template:3:core/v1.PodTemplateSpec: strategy:4:apps/v1.DeploymentStrategy:e minReadySeconds:5:int32:e revisionHistoryLimit:6:*int32:e paused:7:bool:e progressDeadlineSeconds:9:*int32:e
apps/v1.DeploymentStatus observedGeneration:1:int64:e replicas:2:int32:e updatedReplicas:3:int32:e readyReplicas:7:int32:e availableReplicas:4:int32:e unavailableReplicas:5:int32:e terminatingReplicas:9:*int32:e conditions:6:[]apps/v1.DeploymentCondition:e collisionCount:8:*int32:e
apps/v1.DeploymentStrategy type:1:string:e rollingUpdate:2:*apps/v1.RollingUpdateDeployment:e
apps/v1.ReplicaSet metadata:1:meta/v1.ObjectMeta:e spec:2:apps/v1.ReplicaSetSpec:e status:3:apps/v1.ReplicaSetStatus:e
apps/v1.ReplicaSetCondition type:1:string: status:2:string: lastTransitionTime:3:!Time:e reason:4:string:e message:5:string:e
apps/v1.ReplicaSetSpec replicas:1:*int32:e minReadySeconds:4:int32:e selector:2:*meta/v1.LabelSelector: template:3:core/v1.PodTemplateSpec:e
apps/v1.ReplicaSetStatus replicas:1:int32: fullyLabeledReplicas:2:int32:e readyReplicas:4:int32:e availableReplicas:5:int32:e terminatingReplicas:7:*int32:e observedGeneration:3:int64:e conditions:6:[]apps/v1.ReplicaSetCondition:e
apps/v1.RollingUpdateDaemonSet maxUnavailable:1:*!IntOrString:e maxSurge:2:*!IntOrString:e
apps/v1.RollingUpdateDeployment maxUnavailable:1:*!IntOrString:e maxSurge:2:*!IntOrString:e
apps/v1.RollingUpdateStatefulSetStrategy partition:1:*int32:e maxUnavailable:2:*!IntOrString:e
apps/v1.StatefulSet metadata:1:meta/v1.ObjectMeta:e spec:2:apps/v1.StatefulSetSpec:e status:3:apps/v1.StatefulSetStatus:e
apps/v1.StatefulSetCondition type:1:string: status:2:string: lastTransitionTime:3:!Time:e reason:4:string:e message:5:string:e
apps/v1.StatefulSetOrdinals start:1:int32:
apps/v1.StatefulSetPersistentVolumeClaimRetentionPolicy whenDeleted:1:string:e whenScaled:2:string:e
apps/v1.StatefulSetSpec replicas:1:*int32:e selector:2:*meta/v1.LabelSelector: template:3:core/v1.PodTemplateSpec: volumeClaimTemplates:4:[]core/v1.PersistentVolumeClaim:e serviceName:5:string: podManagementPolicy:6:string:e updateStrategy:7:apps/v1.StatefulSetUpdateStrategy:e revisionHistoryLimit:8:*int32:e minReadySeconds:9:int32:e persistentVolumeClaimRetentionPolicy:10:*apps/v1.StatefulSetPersistentVolumeClaimRetentionPolicy:e ordinals:11:*apps/v1.StatefulSetOrdinals:e
apps/v1.StatefulSetStatus observedGeneration:1:int64:e replicas:2:int32: readyReplicas:3:int32:e currentReplicas:4:int32:e updatedReplicas:5:int32:e currentRevision:6:string:e updateRevision:7:string:e collisionCount:9:*int32:e conditions:10:[]apps/v1.StatefulSetCondition:e availableReplicas:11:int32:
apps/v1.StatefulSetUpdateStrategy type:1:string:e rollingUpdate:2:*apps/v1.RollingUpdateStatefulSetStrategy:e
apps/v1beta1.ControllerRevision metadata:1:meta/v1.ObjectMeta:e data:2:!RawExtension: revision:3:int64:
apps/v1beta1.Deployment metadata:1:meta/v1.ObjectMeta:e spec:2:apps/v1beta1.DeploymentSpec:e status:3:apps/v1beta1.DeploymentStatus:e
apps/v1beta1.DeploymentCondition type:1:string: status:2:string: lastUpdateTime:6:!Time:e lastTransitionTime:7:!Time:e reason:4:string:e message:5:string:e
apps/v1beta1.DeploymentRollback name:1:string: updatedAnnotations:2:{}string:e rollbackTo:3:apps/v1beta1.RollbackConfig:
apps/v1beta1.DeploymentSpec replicas:1:*int32:e selector:2:*meta/v1.LabelSelector:e template:3:core/v1.PodTemplateSpec: strategy:4:apps/v1beta1.DeploymentStrategy:e minReadySeconds:5:int32:e revisionHistoryLimit:6:*int32:e paused:7:bool:e rollbackTo:8:*apps/v1beta1.RollbackConfig:e progressDeadlineSeconds:9:*int32:e
apps/v1beta1.DeploymentStatus observedGeneration:1:int64:e replicas:2:int32:e updatedReplicas:3:int32:e readyReplicas:7:int32:e availableReplicas:4:int32:e unavailableReplicas:5:int32:e terminatingReplicas:9:*int32:e conditions:6:[]apps/v1beta1.DeploymentCondition:e collisionCount:8:*int32:e
apps/v1beta1.DeploymentStrategy type:1:string:e rollingUpdate:2:*apps/v1beta1.RollingUpdateDeployment:e
apps/v1beta1.RollbackConfig revision:1:int64:e
apps/v1beta1.RollingUpdateDeployment maxUnavailable:1:*!IntOrString:e maxSurge:2:*!IntOrString:e
apps/v1beta1.RollingUpdateStatefulSetStrategy partition:1:*int32:e maxUnavailable:2:*!IntOrString:e
apps/v1beta1.Scale metadata:1:meta/v1.ObjectMeta:e spec:2:apps/v1beta1.ScaleSpec:e status:3:apps/v1beta1.ScaleStatus:e
apps/v1beta1.ScaleSpec replicas:1:int32:e
apps/v1beta1.ScaleStatus replicas:1:int32: selector:2:{}string:e targetSelector:3:string:e
apps/v1beta1.StatefulSet metadata:1:meta/v1.ObjectMeta:e spec:2:apps/v1beta1.StatefulSetSpec:e status:3:apps/v1beta1.StatefulSetStatus:e
apps/v1beta1.StatefulSetCondition type:1:string: status:2:string: lastTransitionTime:3:!Time:e reason:4:string:e message:5:string:e
apps/v1beta1.StatefulSetOrdinals start:1:int32:
apps/v1beta1.StatefulSetPersistentVolumeClaimRetentionPolicy whenDeleted:1:string:e whenScaled:2:string:e
apps/v1beta1.StatefulSetSpec replicas:1:*int32:e selector:2:*meta/v1.LabelSelector:e template:3:core/v1.PodTemplateSpec: volumeClaimTemplates:4:[]core/v1.PersistentVolumeClaim:e serviceName:5:string: podManagementPolicy:6:string:e updateStrategy:7:apps/v1beta1.StatefulSetUpdateStrategy:e revisionHistoryLimit:8:*int32:e minReadySeconds:9:int32:e persistentVolumeClaimRetentionPolicy:10:*apps/v1beta1.StatefulSetPersistentVolumeClaimRetentionPolicy:e ordinals:11:*apps/v1beta1.StatefulSetOrdinals:e
apps/v1beta1.StatefulSetStatus observedGeneration:1:*int64:e replicas:2:int32: readyReplicas:3:int32:e currentReplicas:4:int32:e updatedReplicas:5:int32:e currentRevision:6:string:e updateRevision:7:string:e collisionCount:9:*int32:e conditions:10:[]apps/v1beta1.StatefulSetCondition:e availableReplicas:11:int32:
apps/v1beta1.StatefulSetUpdateStrategy type:1:string:e rollingUpdate:2:*apps/v1beta1.RollingUpdateStatefulSetStrategy:e
apps/v1beta2.ControllerRevision metadata:1:meta/v1.ObjectMeta:e data:2:!RawExtension: revision:3:int64:
apps/v1beta2.DaemonSet metadata:1:meta/v1.ObjectMeta:e spec:2:apps/v1beta2.DaemonSetSpec:e status:3:apps/v1beta2.DaemonSetStatus:e
apps/v1beta2.DaemonSetCondition type:1:string: status:2:string: lastTransitionTime:3:!Time:e reason:4:string:e message:5:string:e
apps/v1beta2.DaemonSetSpec selector:1:*meta/v1.LabelSelector: template:2:core/v1.PodTemplateSpec: updateStrategy:3:apps/v1beta2.DaemonSetUpdateStrategy:e minReadySeconds:4:int32:e revisionHistoryLimit:6:*int32:e
apps/v1beta2.DaemonSetStatus currentNumberScheduled:1:int32: numberMisscheduled:2:int32: desiredNumberScheduled:3:int32: numberReady:4:int32: observedGeneration:5:int64:e updatedNumberScheduled:6:int32:e numberAvailable:7:int32:e numberUnavailable:8:int32:e collisionCount:9:*int32:e conditions:10:[]apps/v1beta2.DaemonSetCondition:e
apps/v1beta2.DaemonSetUpdateStrategy type:1:string:e rollingUpdate:2:*apps/v1beta2.RollingUpdateDaemonSet:e
apps/v1beta2.Deployment metadata:1:meta/v1.ObjectMeta:e spec:2:apps/v1beta2.DeploymentSpec:e status:3:apps/v1beta2.DeploymentStatus:e
apps/v1beta2.DeploymentCondition type:1:string: status:2:string: lastUpdateTime:6:!Time:e lastTransitionTime:7:!Time:e reason:4:string:e message:5:string:e
apps/v1beta2.DeploymentSpec replicas:1:*int32:e selector:2:*meta/v1.LabelSelector: template:3:core/v1.PodTemplateSpec: strategy:4:apps/v1beta2.DeploymentStrategy:e minReadySeconds:5:int32:e revisionHistoryLimit:6:*int32:e paused:7:bool:e progressDeadlineSeconds:9:*int32:e
apps/v1beta2.DeploymentStatus observedGeneration:1:int64:e replicas:2:int32:e updatedReplicas:3:int32:e readyReplicas:7:int32:e availableReplicas:4:int32:e unavailableReplicas:5:int32:e terminatingReplicas:9:*int32:e conditions:6:[]apps/v1beta2.DeploymentCondition:e collisionCount:8:*int32:e
apps/v1beta2.DeploymentStrategy type:1:string:e rollingUpdate:2:*apps/v1beta2.RollingUpdateDeployment:e
apps/v1beta2.ReplicaSet metadata:1:meta/v1.ObjectMeta:e spec:2:apps/v1beta2.ReplicaSetSpec:e status:3:apps/v1beta2.ReplicaSetStatus:e
apps/v1beta2.ReplicaSetCondition type:1:string: status:2:string: lastTransitionTime:3:!Time:e reason:4:string:e message:5:string:e
apps/v1beta2.ReplicaSetSpec replicas:1:*int32:e minReadySeconds:4:int32:e selector:2:*meta/v1.LabelSelector: template:3:core/v1.PodTemplateSpec:e
apps/v1beta2.ReplicaSetStatus replicas:1:int32: fullyLabeledReplicas:2:int32:e readyReplicas:4:int32:e availableReplicas:5:int32:e terminatingReplicas:7:*int32:e observedGeneration:3:int64:e conditions:6:[]apps/v1beta2.ReplicaSetCondition:e
apps/v1beta2.RollingUpdateDaemonSet maxUnavailable:1:*!IntOrString:e maxSurge:2:*!IntOrString:e
apps/v1beta2.RollingUpdateDeployment maxUnavailable:1:*!IntOrString:e maxSurge:2:*!IntOrString:e
apps/v1beta2.RollingUpdateStatefulSetStrategy partition:1:*int32:e maxUnavailable:2:*!IntOrString:e
apps/v1beta2.Scale metadata:1:meta/v1.ObjectMeta:e spec:2:apps/v1beta2.ScaleSpec:e status:3:apps/v1beta2.ScaleStatus:e
apps/v1beta2.ScaleSpec replicas:1:int32:e
apps/v1beta2.ScaleStatus replicas:1:int32: selector:2:{}string:e targetSelector:3:string:e
apps/v1beta2.StatefulSet metadata:1:meta/v1.ObjectMeta:e spec:2:apps/v1beta2.StatefulSetSpec:e status:3:apps/v1beta2.StatefulSetStatus:e
apps/v1beta2.StatefulSetCondition type:1:string: status:2:string: lastTransitionTime:3:!Time:e reason:4:string:e message:5:string:e
apps/v1beta2.StatefulSetOrdinals start:1:int32:
apps/v1beta2.StatefulSetPersistentVolumeClaimRetentionPolicy whenDeleted:1:string:e whenScaled:2:string:e
apps/v1beta2.StatefulSetSpec replicas:1:*int32:e selector:2:*meta/v1.LabelSelector: template:3:core/v1.PodTemplateSpec: volumeClaimTemplates:4:[]core/v1.PersistentVolumeClaim:e serviceName:5:string: podManagementPolicy:6:string:e updateStrategy:7:apps/v1beta2.StatefulSetUpdateStrategy:e revisionHistoryLimit:8:*int32:e minReadySeconds:9:int32:e persistentVolumeClaimRetentionPolicy:10:*apps/v1beta2.StatefulSetPersistentVolumeClaimRetentionPolicy:e ordinals:11:*apps/v1beta2.StatefulSetOrdinals:e
apps/v1beta2.StatefulSetStatus observedGeneration:1:int64:e replicas:2:int32: readyReplicas:3:int32:e currentReplicas:4:int32:e updatedReplicas:5:int32:e currentRevision:6:string:e updateRevision:7:string:e collisionCount:9:*int32:e conditions:10:[]apps/v1beta2.StatefulSetCondition:e availableReplicas:11:int32:
apps/v1beta2.StatefulSetUpdateStrategy type:1:string:e rollingUpdate:2:*apps/v1beta2.RollingUpdateStatefulSetStrategy:e
authentication/v1.BoundObjectReference kind:1:string:e apiVersion:2:string:e name:3:string:e uid:4:string:e
authentication/v1.SelfSubjectReview metadata:1:meta/v1.ObjectMeta:e status:2:authentication/v1.SelfSubjectReviewStatus:e
authentication/v1.SelfSubjectReviewStatus userInfo:1:authentication/v1.UserInfo:e
authentication/v1.TokenRequest metadata:1:meta/v1.ObjectMeta:e spec:2:authentication/v1.TokenRequestSpec: status:3:authentication/v1.TokenRequestStatus:e
authentication/v1.TokenRequestSpec audiences:1:[]string: expirationSeconds:4:*int64: boundObjectRef:3:*authentication/v1.BoundObjectReference: attestations:5:{}!Items:e
authentication/v1.TokenRequestStatus token:1:string: expirationTimestamp:2:!Time:
authentication/v1.TokenReview metadata:1:meta/v1.ObjectMeta:e spec:2:authentication/v1.TokenReviewSpec: status:3:authentication/v1.TokenReviewStatus:e
authentication/v1.TokenReviewSpec token:1:string:e audiences:2:[]string:e
authentication/v1.TokenReviewStatus authenticated:1:bool:e user:2:authentication/v1.UserInfo:e audiences:4:[]string:e error:3:string:e
authentication/v1.UserInfo username:1:string:e uid:2:string:e groups:3:[]string:e extra:4:{}!Items:e
authentication/v1alpha1.SelfSubjectReview metadata:1:meta/v1.ObjectMeta:e status:2:authentication/v1alpha1.SelfSubjectReviewStatus:e
authentication/v1alpha1.SelfSubjectReviewStatus userInfo:1:authentication/v1.UserInfo:e
authentication/v1beta1.SelfSubjectReview metadata:1:meta/v1.ObjectMeta:e status:2:authentication/v1beta1.SelfSubjectReviewStatus:e
authentication/v1beta1.SelfSubjectReviewStatus userInfo:1:authentication/v1.UserInfo:e
authentication/v1beta1.TokenReview metadata:1:meta/v1.ObjectMeta:e spec:2:authentication/v1beta1.TokenReviewSpec: status:3:authentication/v1beta1.TokenReviewStatus:e
authentication/v1beta1.TokenReviewSpec token:1:string:e audiences:2:[]string:e
authentication/v1beta1.TokenReviewStatus authenticated:1:bool:e user:2:authentication/v1beta1.UserInfo:e audiences:4:[]string:e error:3:string:e
authentication/v1beta1.UserInfo username:1:string:e uid:2:string:e groups:3:[]string:e extra:4:{}!Items:e
authorization/v1.FieldSelectorAttributes rawSelector:1:string:e requirements:2:[]meta/v1.FieldSelectorRequirement:e
authorization/v1.LabelSelectorAttributes rawSelector:1:string:e requirements:2:[]meta/v1.LabelSelectorRequirement:e
authorization/v1.LocalSubjectAccessReview metadata:1:meta/v1.ObjectMeta:e spec:2:authorization/v1.SubjectAccessReviewSpec: status:3:authorization/v1.SubjectAccessReviewStatus:e
authorization/v1.NonResourceAttributes path:1:string:e verb:2:string:e
authorization/v1.NonResourceRule verbs:1:[]string: nonResourceURLs:2:[]string:e
authorization/v1.ResourceAttributes namespace:1:string:e verb:2:string:e group:3:string:e version:4:string:e resource:5:string:e subresource:6:string:e name:7:string:e fieldSelector:8:*authorization/v1.FieldSelectorAttributes:e labelSelector:9:*authorization/v1.LabelSelectorAttributes:e
authorization/v1.ResourceRule verbs:1:[]string: apiGroups:2:[]string:e resources:3:[]string:e resourceNames:4:[]string:e
authorization/v1.SelfSubjectAccessReview metadata:1:meta/v1.ObjectMeta:e spec:2:authorization/v1.SelfSubjectAccessReviewSpec: status:3:authorization/v1.SubjectAccessReviewStatus:e
authorization/v1.SelfSubjectAccessReviewSpec resourceAttributes:1:*authorization/v1.ResourceAttributes:e nonResourceAttributes:2:*authorization/v1.NonResourceAttributes:e
authorization/v1.SelfSubjectRulesReview metadata:1:meta/v1.ObjectMeta:e spec:2:authorization/v1.SelfSubjectRulesReviewSpec: status:3:authorization/v1.SubjectRulesReviewStatus:e
authorization/v1.SelfSubjectRulesReviewSpec namespace:1:string:e
authorization/v1.SubjectAccessReview metadata:1:meta/v1.ObjectMeta:e spec:2:authorization/v1.SubjectAccessReviewSpec: status:3:authorization/v1.SubjectAccessReviewStatus:e
authorization/v1.SubjectAccessReviewSpec resourceAttributes:1:*authorization/v1.ResourceAttributes:e nonResourceAttributes:2:*authorization/v1.NonResourceAttributes:e user:3:string:e groups:4:[]string:e extra:5:{}!Items:e uid:6:string:e
authorization/v1.SubjectAccessReviewStatus allowed:1:bool: denied:4:bool:e reason:2:string:e evaluationError:3:string:e
authorization/v1.SubjectRulesReviewStatus resourceRules:1:[]authorization/v1.ResourceRule: nonResourceRules:2:[]authorization/v1.NonResourceRule: incomplete:3:bool: evaluationError:4:string:e
authorization/v1beta1.LocalSubjectAccessReview metadata:1:meta/v1.ObjectMeta:e spec:2:authorization/v1beta1.SubjectAccessReviewSpec: status:3:authorization/v1beta1.SubjectAccessReviewStatus:e
authorization/v1beta1.NonResourceAttributes path:1:string:e verb:2:string:e
authorization/v1beta1.NonResourceRule verbs:1:[]string: nonResourceURLs:2:[]string:e
authorization/v1beta1.ResourceAttributes namespace:1:string:e verb:2:string:e group:3:string:e version:4:string:e resource:5:string:e subresource:6:string:e name:7:string:e fieldSelector:8:*authorization/v1.FieldSelectorAttributes:e labelSelector:9:*authorization/v1.LabelSelectorAttributes:e
authorization/v1beta1.ResourceRule verbs:1:[]string: apiGroups:2:[]string:e resources:3:[]string:e resourceNames:4:[]string:e
authorization/v1beta1.SelfSubjectAccessReview metadata:1:meta/v1.ObjectMeta:e spec:2:authorization/v1beta1.SelfSubjectAccessReviewSpec: status:3:authorization/v1beta1.SubjectAccessReviewStatus:e
authorization/v1beta1.SelfSubjectAccessReviewSpec resourceAttributes:1:*authorization/v1beta1.ResourceAttributes:e nonResourceAttributes:2:*authorization/v1beta1.NonResourceAttributes:e
authorization/v1beta1.SelfSubjectRulesReview metadata:1:meta/v1.ObjectMeta:e spec:2:authorization/v1beta1.SelfSubjectRulesReviewSpec: status:3:authorization/v1beta1.SubjectRulesReviewStatus:e
authorization/v1beta1.SelfSubjectRulesReviewSpec namespace:1:string:e
authorization/v1beta1.SubjectAccessReview metadata:1:meta/v1.ObjectMeta:e spec:2:authorization/v1beta1.SubjectAccessReviewSpec: status:3:authorization/v1beta1.SubjectAccessReviewStatus:e
authorization/v1beta1.SubjectAccessReviewSpec resourceAttributes:1:*authorization/v1beta1.ResourceAttributes:e nonResourceAttributes:2:*authorization/v1beta1.NonResourceAttributes:e user:3:string:e group:4:[]string:e extra:5:{}!Items:e uid:6:string:e
authorization/v1beta1.SubjectAccessReviewStatus allowed:1:bool: denied:4:bool:e reason:2:string:e evaluationError:3:string:e
authorization/v1beta1.SubjectRulesReviewStatus resourceRules:1:[]authorization/v1beta1.ResourceRule: nonResourceRules:2:[]authorization/v1beta1.NonResourceRule: incomplete:3:bool: evaluationError:4:string:e
autoscaling/v1.CrossVersionObjectReference kind:1:string: name:2:string: apiVersion:3:string:e
autoscaling/v1.HorizontalPodAutoscaler metadata:1:meta/v1.ObjectMeta:e spec:2:autoscaling/v1.HorizontalPodAutoscalerSpec:e status:3:autoscaling/v1.HorizontalPodAutoscalerStatus:e
autoscaling/v1.HorizontalPodAutoscalerSpec scaleTargetRef:1:autoscaling/v1.CrossVersionObjectReference: minReplicas:2:*int32:e maxReplicas:3:int32: targetCPUUtilizationPercentage:4:*int32:e
autoscaling/v1.HorizontalPodAutoscalerStatus observedGeneration:1:*int64:e lastScaleTime:2:*!Time:e currentReplicas:3:int32: desiredReplicas:4:int32: currentCPUUtilizationPercentage:5:*int32:e
autoscaling/v1.Scale metadata:1:meta/v1.ObjectMeta:e spec:2:autoscaling/v1.ScaleSpec:e status:3:autoscaling/v1.ScaleStatus:e
autoscaling/v1.ScaleSpec replicas:1:int32:e
autoscaling/v1.ScaleStatus replicas:1:int32: selector:2:string:e
autoscaling/v2.ContainerResourceMetricSource name:1:string: target:2:autoscaling/v2.MetricTarget: container:3:string:
autoscaling/v2.ContainerResourceMetricStatus name:1:string: current:2:autoscaling/v2.MetricValueStatus: container:3:string:
autoscaling/v2.CrossVersionObjectReference kind:1:string: name:2:string: apiVersion:3:string:e
autoscaling/v2.ExternalMetricSource metric:1:autoscaling/v2.MetricIdentifier: target:2:autoscaling/v2.MetricTarget:
autoscaling/v2.ExternalMetricStatus metric:1:autoscaling/v2.MetricIdentifier: current:2:autoscaling/v2.MetricValueStatus:
autoscaling/v2.HPAScalingPolicy type:1:string: value:2:int32: periodSeconds:3:int32:
autoscaling/v2.HPAScalingRules stabilizationWindowSeconds:3:*int32:e selectPolicy:1:*string:e policies:2:[]autoscaling/v2.HPAScalingPolicy:e tolerance:4:*!Quantity:e
autoscaling/v2.HorizontalPodAutoscaler metadata:1:meta/v1.ObjectMeta:e spec:2:autoscaling/v2.HorizontalPodAutoscalerSpec:e status:3:autoscaling/v2.HorizontalPodAutoscalerStatus:e
autoscaling/v2.HorizontalPodAutoscalerBehavior scaleUp:1:*autoscaling/v2.HPAScalingRules:e scaleDown:2:*autoscaling/v2.HPAScalingRules:e
autoscaling/v2.HorizontalPodAutoscalerCondition type:1:string: status:2:string: lastTransitionTime:3:!Time:e reason:4:string:e message:5:string:e observedGeneration:6:*int64:e
autoscaling/v2.HorizontalPodAutoscalerSpec scaleTargetRef:1:autoscaling/v2.CrossVersionObjectReference: minReplicas:2:*int32:e maxReplicas:3:int32: metrics:4:[]autoscaling/v2.MetricSpec:e behavior:5:*autoscaling/v2.HorizontalPodAutoscalerBehavior:e
autoscaling/v2.HorizontalPodAutoscalerStatus observedGeneration:1:*int64:e lastScaleTime:2:*!Time:e currentReplicas:3:int32:e desiredReplicas:4:int32: currentMetrics:5:[]autoscaling/v2.MetricStatus: conditions:6:[]autoscaling/v2.HorizontalPodAutoscalerCondition:e
autoscaling/v2.MetricIdentifier name:1:string: selector:2:*meta/v1.LabelSelector:e
autoscaling/v2.MetricSpec type:1:string: object:2:*autoscaling/v2.ObjectMetricSource:e pods:3:*autoscaling/v2.PodsMetricSource:e resource:4:*autoscaling/v2.ResourceMetricSource:e containerResource:7:*autoscaling/v2.ContainerResourceMetricSource:e external:5:*autoscaling/v2.ExternalMetricSource:e
autoscaling/v2.MetricStatus type:1:string: object:2:*autoscaling/v2.ObjectMetricStatus:e pods:3:*autoscaling/v2.PodsMetricStatus:e resource:4:*autoscaling/v2.ResourceMetricStatus:e containerResource:7:*autoscaling/v2.ContainerResourceMetricStatus:e external:5:*autoscaling/v2.ExternalMetricStatus:e
autoscaling/v2.MetricTarget type:1:string: value:2:*!Quantity:e averageValue:3:*!Quantity:e averageUtilization:4:*int32:e
autoscaling/v2.MetricValueStatus value:1:*!Quantity:e averageValue:2:*!Quantity:e averageUtilization:3:*int32:e
autoscaling/v2.ObjectMetricSource describedObject:1:autoscaling/v2.CrossVersionObjectReference: target:2:autoscaling/v2.MetricTarget: metric:3:autoscaling/v2.MetricIdentifier:
autoscaling/v2.ObjectMetricStatus metric:1:autoscaling/v2.MetricIdentifier: current:2:autoscaling/v2.MetricValueStatus: describedObject:3:autoscaling/v2.CrossVersionObjectReference:
autoscaling/v2.PodsMetricSource metric:1:autoscaling/v2.MetricIdentifier: target:2:autoscaling/v2.MetricTarget:
autoscaling/v2.PodsMetricStatus metric:1:autoscaling/v2.MetricIdentifier: current:2:autoscaling/v2.MetricValueStatus:
autoscaling/v2.ResourceMetricSource name:1:string: target:2:autoscaling/v2.MetricTarget:
autoscaling/v2.ResourceMetricStatus name:1:string: current:2:autoscaling/v2.MetricValueStatus:
batch/v1.CronJob metadata:1:meta/v1.ObjectMeta:e spec:2:batch/v1.CronJobSpec:e status:3:batch/v1.CronJobStatus:e
batch/v1.CronJobSpec schedule:1:string: timeZone:8:*string:e startingDeadlineSeconds:2:*int64:e concurrencyPolicy:3:string:e suspend:4:*bool:e jobTemplate:5:batch/v1.JobTemplateSpec: successfulJobsHistoryLimit:6:*int32:e failedJobsHistoryLimit:7:*int32:e
batch/v1.CronJobStatus active:1:[]core/v1.ObjectReference:e lastScheduleTime:4:*!Time:e lastSuccessfulTime:5:*!Time:e
batch/v1.Job metadata:1:meta/v1.ObjectMeta:e spec:2:batch/v1.JobSpec:e status:3:batch/v1.JobStatus:e
batch/v1.JobCondition type:1:string: status:2:string: lastProbeTime:3:!Time:e lastTransitionTime:4:!Time:e reason:5:string:e message:6:string:e
batch/v1.JobSchedulingConfiguration schedulingPolicy:1:*scheduling/v1alpha3.WorkloadPodGroupSchedulingPolicy:e schedulingConstraints:2:*scheduling/v1alpha3.WorkloadPodGroupSchedulingConstraints:e disruptionMode:3:*scheduling/v1alpha3.WorkloadPodGroupDisruptionMode:e resourceClaims:4:[]scheduling/v1alpha3.WorkloadPodGroupResourceClaim:e
batch/v1.JobSpec parallelism:1:*int32:e completions:2:*int32:e activeDeadlineSeconds:3:*int64:e podFailurePolicy:11:*batch/v1.PodFailurePolicy:e successPolicy:16:*batch/v1.SuccessPolicy:e backoffLimit:7:*int32:e backoffLimitPerIndex:12:*int32:e maxFailedIndexes:13:*int32:e selector:4:*meta/v1.LabelSelector:e manualSelector:5:*bool:e template:6:core/v1.PodTemplateSpec: ttlSecondsAfterFinished:8:*int32:e completionMode:9:*string:e suspend:10:*bool:e podReplacementPolicy:14:*string:e managedBy:15:*string:e scheduling:17:*batch/v1.JobSchedulingConfiguration:e
batch/v1.JobStatus conditions:1:[]batch/v1.JobCondition:e startTime:2:*!Time:e completionTime:3:*!Time:e active:4:int32:e succeeded:5:int32:e failed:6:int32:e terminating:11:*int32:e completedIndexes:7:string:e failedIndexes:10:*string:e uncountedTerminatedPods:8:*batch/v1.UncountedTerminatedPods:e ready:9:*int32:e
batch/v1.JobTemplateSpec metadata:1:meta/v1.ObjectMeta:e spec:2:batch/v1.JobSpec:e
batch/v1.PodFailurePolicy rules:1:[]batch/v1.PodFailurePolicyRule:
batch/v1.PodFailurePolicyOnExitCodesRequirement containerName:1:*string:e operator:2:string: values:3:[]int32:
batch/v1.PodFailurePolicyOnPodConditionsPattern type:1:string: status:2:string:
batch/v1.PodFailurePolicyRule action:1:string: onExitCodes:2:*batch/v1.PodFailurePolicyOnExitCodesRequirement:e onPodConditions:3:[]batch/v1.PodFailurePolicyOnPodConditionsPattern:e
batch/v1.SuccessPolicy rules:1:[]batch/v1.SuccessPolicyRule:
batch/v1.SuccessPolicyRule succeededIndexes:1:*string:e succeededCount:2:*int32:e
batch/v1.UncountedTerminatedPods succeeded:1:[]string:e failed:2:[]string:e
batch/v1beta1.CronJob metadata:1:meta/v1.ObjectMeta:e spec:2:batch/v1beta1.CronJobSpec:e status:3:batch/v1beta1.CronJobStatus:e
batch/v1beta1.CronJobSpec schedule:1:string: timeZone:8:*string:e startingDeadlineSeconds:2:*int64:e concurrencyPolicy:3:string:e suspend:4:*bool:e jobTemplate:5:batch/v1beta1.JobTemplateSpec: successfulJobsHistoryLimit:6:*int32:e failedJobsHistoryLimit:7:*int32:e
batch/v1beta1.CronJobStatus active:1:[]core/v1.ObjectReference:e lastScheduleTime:4:*!Time:e lastSuccessfulTime:5:*!Time:e
batch/v1beta1.JobTemplateSpec metadata:1:meta/v1.ObjectMeta:e spec:2:batch/v1.JobSpec:e
certificates/v1.CertificateSigningRequest metadata:1:meta/v1.ObjectMeta:e spec:2:certificates/v1.CertificateSigningRequestSpec: status:3:certificates/v1.CertificateSigningRequestStatus:e
certificates/v1.CertificateSigningRequestCondition type:1:string: status:6:string: reason:2:string:e message:3:string:e lastUpdateTime:4:!Time:e lastTransitionTime:5:!Time:e
certificates/v1.CertificateSigningRequestSpec request:1:bytes: signerName:7:string: expirationSeconds:8:*int32:e usages:5:[]string:e username:2:string:e uid:3:string:e groups:4:[]string:e extra:6:{}!Items:e
certificates/v1.CertificateSigningRequestStatus conditions:1:[]certificates/v1.CertificateSigningRequestCondition:e certificate:2:bytes:e
certificates/v1.ClusterTrustBundle metadata:1:meta/v1.ObjectMeta:e spec:2:certificates/v1.ClusterTrustBundleSpec:
certificates/v1.ClusterTrustBundleSpec signerName:1:string:e trustBundle:2:string:
certificates/v1.PodCertificateRequest metadata:1:meta/v1.ObjectMeta:e spec:2:certificates/v1.PodCertificateRequestSpec: status:3:certificates/v1.PodCertificateRequestStatus:e
certificates/v1.PodCertificateRequestSpec signerName:1:string: podName:2:string: podUID:3:string: serviceAccountName:4:string: serviceAccountUID:5:string: nodeName:6:string: nodeUID:7:string: maxExpirationSeconds:8:*int32:e stubPKCS10Request:12:bytes: unverifiedUserAnnotations:11:{}string:e
certificates/v1.PodCertificateRequestStatus conditions:1:[]meta/v1.Condition:e certificateChain:2:string:e notBefore:4:*!Time:e beginRefreshAt:5:*!Time:e notAfter:6:*!Time:e
certificates/v1alpha1.ClusterTrustBundle metadata:1:meta/v1.ObjectMeta:e spec:2:certificates/v1alpha1.ClusterTrustBundleSpec:
certificates/v1alpha1.ClusterTrustBundleSpec signerName:1:string:e trustBundle:2:string:
certificates/v1beta1.CertificateSigningRequest metadata:1:meta/v1.ObjectMeta:e spec:2:certificates/v1beta1.CertificateSigningRequestSpec: status:3:certificates/v1beta1.CertificateSigningRequestStatus:e
certificates/v1beta1.CertificateSigningRequestCondition type:1:string: status:6:string: reason:2:string:e message:3:string:e lastUpdateTime:4:!Time:e lastTransitionTime:5:!Time:e
certificates/v1beta1.CertificateSigningRequestSpec request:1:bytes: signerName:7:*string:e expirationSeconds:8:*int32:e usages:5:[]string:e username:2:string:e uid:3:string:e groups:4:[]string:e extra:6:{}!Items:e
certificates/v1beta1.CertificateSigningRequestStatus conditions:1:[]certificates/v1beta1.CertificateSigningRequestCondition:e certificate:2:bytes:e
certificates/v1beta1.ClusterTrustBundle metadata:1:meta/v1.ObjectMeta:e spec:2:certificates/v1beta1.ClusterTrustBundleSpec:
certificates/v1beta1.ClusterTrustBundleSpec signerName:1:string:e trustBundle:2:string:
certificates/v1beta1.PodCertificateRequest metadata:1:meta/v1.ObjectMeta:e spec:2:certificates/v1beta1.PodCertificateRequestSpec: status:3:certificates/v1beta1.PodCertificateRequestStatus:e
certificates/v1beta1.PodCertificateRequestSpec signerName:1:string: podName:2:string: podUID:3:string: serviceAccountName:4:string: serviceAccountUID:5:string: nodeName:6:string: nodeUID:7:string: maxExpirationSeconds:8:*int32:e pkixPublicKey:9:bytes: proofOfPossession:10:bytes: stubPKCS10Request:12:bytes: unverifiedUserAnnotations:11:{}string:e
certificates/v1beta1.PodCertificateRequestStatus conditions:1:[]meta/v1.Condition:e certificateChain:2:string:e notBefore:4:*!Time:e beginRefreshAt:5:*!Time:e notAfter:6:*!Time:e
coordination/v1.Lease metadata:1:meta/v1.ObjectMeta:e spec:2:coordination/v1.LeaseSpec:e
coordination/v1.LeaseSpec holderIdentity:1:*string:e leaseDurationSeconds:2:*int32:e acquireTime:3:*!MicroTime:e renewTime:4:*!MicroTime:e leaseTransitions:5:*int32:e strategy:6:*string:e preferredHolder:7:*string:e
coordination/v1alpha2.LeaseCandidate metadata:1:meta/v1.ObjectMeta:e spec:2:coordination/v1alpha2.LeaseCandidateSpec:e
coordination/v1alpha2.LeaseCandidateSpec leaseName:1:string: pingTime:2:*!MicroTime:e renewTime:3:*!MicroTime:e binaryVersion:4:string: emulationVersion:5:string:e strategy:6:string:e
coordination/v1beta1.Lease metadata:1:meta/v1.ObjectMeta:e spec:2:coordination/v1beta1.LeaseSpec:e
coordination/v1beta1.LeaseCandidate metadata:1:meta/v1.ObjectMeta:e spec:2:coordination/v1beta1.LeaseCandidateSpec:e
coordination/v1beta1.LeaseCandidateSpec leaseName:1:string: pingTime:2:*!MicroTime:e renewTime:3:*!MicroTime:e binaryVersion:4:string: emulationVersion:5:string:e strategy:6:string:e
coordination/v1beta1.LeaseSpec holderIdentity:1:*string:e leaseDurationSeconds:2:*int32:e acquireTime:3:*!MicroTime:e renewTime:4:*!MicroTime:e leaseTransitions:5:*int32:e strategy:6:*string:e preferredHolder:7:*string:e
core/v1.AWSElasticBlockStoreVolumeSource volumeID:1:string: fsType:2:string:e partition:3:int32:e readOnly:4:bool:e
core/v1.Affinity nodeAffinity:1:*core/v1.NodeAffinity:e podAffinity:2:*core/v1.PodAffinity:e podAntiAffinity:3:*core/v1.PodAntiAffinity:e
core/v1.AppArmorProfile type:1:string: localhostProfile:2:*string:e
core/v1.AttachedVolume name:1:string: devicePath:2:string:
core/v1.AzureDiskVolumeSource diskName:1:string: diskURI:2:string: cachingMode:3:*string:e fsType:4:*string:e readOnly:5:*bool:e kind:6:*string:e
core/v1.AzureFilePersistentVolumeSource secretName:1:string: shareName:2:string: readOnly:3:bool:e secretNamespace:4:*string:
core/v1.AzureFileVolumeSource secretName:1:string: shareName:2:string: readOnly:3:bool:e
core/v1.Binding metadata:1:meta/v1.ObjectMeta:e target:2:core/v1.ObjectReference:
core/v1.CSIPersistentVolumeSource driver:1:string: volumeHandle:2:string: readOnly:3:bool:e fsType:4:string:e volumeAttributes:5:{}string:e controllerPublishSecretRef:6:*core/v1.SecretReference:e nodeStageSecretRef:7:*core/v1.SecretReference:e nodePublishSecretRef:8:*core/v1.SecretReference:e controllerExpandSecretRef:9:*core/v1.SecretReference:e nodeExpandSecretRef:10:*core/v1.SecretReference:e
core/v1.CSIVolumeSource driver:1:string: readOnly:2:*bool:e fsType:3:*string:e volumeAttributes:4:{}string:e nodePublishSecretRef:5:*core/v1.LocalObjectReference:e
core/v1.Capabilities add:1:[]string:e drop:2:[]string:e
core/v1.CephFSPersistentVolumeSource monitors:1:[]string: path:2:string:e user:3:string:e secretFile:4:string:e secretRef:5:*core/v1.SecretReference:e readOnly:6:bool:e
core/v1.CephFSVolumeSource monitors:1:[]string: path:2:string:e user:3:string:e secretFile:4:string:e secretRef:5:*core/v1.LocalObjectReference:e readOnly:6:bool:e
core/v1.CinderPersistentVolumeSource volumeID:1:string: fsType:2:string:e readOnly:3:bool:e secretRef:4:*core/v1.SecretReference:e
core/v1.CinderVolumeSource volumeID:1:string: fsType:2:string:e readOnly:3:bool:e secretRef:4:*core/v1.LocalObjectReference:e
core/v1.ClientIPConfig timeoutSeconds:1:*int32:e
core/v1.ClusterTrustBundleProjection name:1:*string:e signerName:2:*string:e labelSelector:3:*meta/v1.LabelSelector:e optional:5:*bool:e path:4:string: user:6:*int64:e
core/v1.ComponentCondition type:1:string: status:2:string: message:3:string:e error:4:string:e
core/v1.ComponentStatus metadata:1:meta/v1.ObjectMeta:e conditions:2:[]core/v1.ComponentCondition:e
core/v1.ConfigMap metadata:1:meta/v1.ObjectMeta:e immutable:4:*bool:e data:2:{}string:e binaryData:3:{}bytes:e
core/v1.ConfigMapEnvSource :1:core/v1.LocalObjectReference:i optional:2:*bool:e
core/v1.ConfigMapKeySelector :1:core/v1.LocalObjectReference:i key:2:string: optional:3:*bool:e
core/v1.ConfigMapNodeConfigSource namespace:1:string: name:2:string: uid:3:string:e resourceVersion:4:string:e kubeletConfigKey:5:string:
core/v1.ConfigMapProjection :1:core/v1.LocalObjectReference:i items:2:[]core/v1.KeyToPath:e optional:4:*bool:e
core/v1.ConfigMapVolumeSource :1:core/v1.LocalObjectReference:i items:2:[]core/v1.KeyToPath:e defaultMode:3:*int32:e optional:4:*bool:e defaultUser:5:*int64:e
core/v1.Container name:1:string: image:2:string:e command:3:[]string:e args:4:[]string:e workingDir:5:string:e ports:6:[]core/v1.ContainerPort:e envFrom:19:[]core/v1.EnvFromSource:e env:7:[]core/v1.EnvVar:e resources:8:core/v1.ResourceRequirements:e resizePolicy:23:[]core/v1.ContainerResizePolicy:e restartPolicy:24:*string:e restartPolicyRules:25:[]core/v1.ContainerRestartRule:e volumeMounts:9:[]core/v1.VolumeMount:e volumeDevices:21:[]core/v1.VolumeDevice:e livenessProbe:10:*core/v1.Probe:e readinessProbe:11:*core/v1.Probe:e startupProbe:22:*core/v1.Probe:e lifecycle:12:*core/v1.Lifecycle:e terminationMessagePath:13:string:e terminationMessagePolicy:20:string:e imagePullPolicy:14:string:e securityContext:15:*core/v1.SecurityContext:e stdin:16:bool:e stdinOnce:17:bool:e tty:18:bool:e
core/v1.ContainerExtendedResourceRequest containerName:1:string: resourceName:2:string: requestName:3:string:
core/v1.ContainerImage names:1:[]string: sizeBytes:2:int64:e
core/v1.ContainerPort name:1:string:e hostPort:2:int32:e containerPort:3:int32: protocol:4:string:e hostIP:5:string:e
core/v1.ContainerResizePolicy resourceName:1:string: restartPolicy:2:string:
core/v1.ContainerRestartRule action:1:string:e exitCodes:2:*core/v1.ContainerRestartRuleOnExitCodes:e
core/v1.ContainerRestartRuleOnExitCodes operator:1:string:e values:2:[]int32:e
core/v1.ContainerState waiting:1:*core/v1.ContainerStateWaiting:e running:2:*core/v1.ContainerStateRunning:e terminated:3:*core/v1.ContainerStateTerminated:e
core/v1.ContainerStateRunning startedAt:1:!Time:e
core/v1.ContainerStateTerminated exitCode:1:int32: signal:2:int32:e reason:3:string:e message:4:string:e startedAt:5:!Time:e finishedAt:6:!Time:e containerID:7:string:e
core/v1.ContainerStateWaiting reason:1:string:e message:2:string:e
core/v1.ContainerStatus name:1:string: state:2:core/v1.ContainerState:e lastState:3:core/v1.ContainerState:e ready:4:bool: restartCount:5:int32: image:6:string: imageID:7:string: containerID:8:string:e started:9:*bool:e allocatedResources:10:{}!Quantity:e resources:11:*core/v1.ResourceRequirements:e volumeMounts:12:[]core/v1.VolumeMountStatus:e user:13:*core/v1.ContainerUser:e allocatedResourcesStatus:14:[]core/v1.ResourceStatus:e stopSignal:15:*string:e
core/v1.ContainerUser linux:1:*core/v1.LinuxContainerUser:e
core/v1.DaemonEndpoint Port:1:int32:
core/v1.DownwardAPIProjection items:1:[]core/v1.DownwardAPIVolumeFile:e
core/v1.DownwardAPIVolumeFile path:1:string: fieldRef:2:*core/v1.ObjectFieldSelector:e resourceFieldRef:3:*core/v1.ResourceFieldSelector:e mode:4:*int32:e user:5:*int64:e
core/v1.DownwardAPIVolumeSource items:1:[]core/v1.DownwardAPIVolumeFile:e defaultMode:2:*int32:e defaultUser:3:*int64:e
core/v1.EmptyDirVolumeSource medium:1:string:e sizeLimit:2:*!Quantity:e mode:3:*int32:e
core/v1.EndpointAddress ip:1:string: hostname:3:string:e nodeName:4:*string:e targetRef:2:*core/v1.ObjectReference:e
core/v1.EndpointPort name:1:string:e port:2:int32: protocol:3:string:e appProtocol:4:*string:e
core/v1.EndpointSubset addresses:1:[]core/v1.EndpointAddress:e notReadyAddresses:2:[]core/v1.EndpointAddress:e ports:3:[]core/v1.EndpointPort:e
core/v1.Endpoints metadata:1:meta/v1.ObjectMeta:e subsets:2:[]core/v1.EndpointSubset:e
core/v1.EnvFromSource prefix:1:string:e configMapRef:2:*core/v1.ConfigMapEnvSource:e secretRef:3:*core/v1.SecretEnvSource:e
core/v1.EnvVar name:1:string: value:2:string:e valueFrom:3:*core/v1.EnvVarSource:e
core/v1.EnvVarSource fieldRef:1:*core/v1.ObjectFieldSelector:e resourceFieldRef:2:*core/v1.ResourceFieldSelector:e configMapKeyRef:3:*core/v1.ConfigMapKeySelector:e secretKeyRef:4:*core/v1.SecretKeySelector:e fileKeyRef:5:*core/v1.FileKeySelector:e
core/v1.EphemeralContainer :1:core/v1.EphemeralContainerCommon:i targetContainerName:2:string:e
core/v1.EphemeralContainerCommon name:1:string: image:2:string:e command:3:[]string:e args:4:[]string:e workingDir:5:string:e ports:6:[]core/v1.ContainerPort:e envFrom:19:[]core/v1.EnvFromSource:e env:7:[]core/v1.EnvVar:e resources:8:core/v1.ResourceRequirements:e resizePolicy:23:[]core/v1.ContainerResizePolicy:e restartPolicy:24:*string:e restartPolicyRules:25:[]core/v1.ContainerRestartRule:e volumeMounts:9:[]core/v1.VolumeMount:e volumeDevices:21:[]core/v1.VolumeDevice:e livenessProbe:10:*core/v1.Probe:e readinessProbe:11:*core/v1.Probe:e startupProbe:22:*core/v1.Probe:e lifecycle:12:*core/v1.Lifecycle:e terminationMessagePath:13:string:e terminationMessagePolicy:20:string:e imagePullPolicy:14:string:e securityContext:15:*core/v1.SecurityContext:e stdin:16:bool:e stdinOnce:17:bool:e tty:18:bool:e
core/v1.EphemeralVolumeSource volumeClaimTemplate:1:*core/v1.PersistentVolumeClaimTemplate:e
core/v1.Event metadata:1:meta/v1.ObjectMeta: involvedObject:2:core/v1.ObjectReference: reason:3:string:e message:4:string:e source:5:core/v1.EventSource:e firstTimestamp:6:!Time:e lastTimestamp:7:!Time:e count:8:int32:e type:9:string:e eventTime:10:!MicroTime:e series:11:*core/v1.EventSeries:e action:12:string:e related:13:*core/v1.ObjectReference:e reportingComponent:14:string: reportingInstance:15:string:
core/v1.EventSeries count:1:int32:e lastObservedTime:2:!MicroTime:e
core/v1.EventSource component:1:string:e host:2:string:e
core/v1.EvictionResponder name:1:string: priority:2:*int32:
core/v1.ExecAction command:1:[]string:e
core/v1.FCVolumeSource targetWWNs:1:[]string:e lun:2:*int32:e fsType:3:string:e readOnly:4:bool:e wwids:5:[]string:e
core/v1.FileKeySelector volumeName:1:string: path:2:string: key:3:string: optional:4:*bool:e
core/v1.FlexPersistentVolumeSource driver:1:string: fsType:2:string:e secretRef:3:*core/v1.SecretReference:e readOnly:4:bool:e options:5:{}string:e
core/v1.FlexVolumeSource driver:1:string: fsType:2:string:e secretRef:3:*core/v1.LocalObjectReference:e readOnly:4:bool:e options:5:{}string:e
core/v1.FlockerVolumeSource datasetName:1:string:e datasetUUID:2:string:e
core/v1.GCEPersistentDiskVolumeSource pdName:1:string: fsType:2:string:e partition:3:int32:e readOnly:4:bool:e
core/v1.GRPCAction port:1:int32: service:2:*string: mode:3:*string:e
core/v1.GitRepoVolumeSource repository:1:string: revision:2:string:e directory:3:string:e
core/v1.GlusterfsPersistentVolumeSource endpoints:1:string: path:2:string: readOnly:3:bool:e endpointsNamespace:4:*string:e
core/v1.GlusterfsVolumeSource endpoints:1:string: path:2:string: readOnly:3:bool:e
core/v1.HTTPGetAction path:1:string:e port:2:!IntOrString: host:3:string:e scheme:4:string:e httpHeaders:5:[]core/v1.HTTPHeader:e protocol:6:*string:e
core/v1.HTTPHeader name:1:string: value:2:string:
core/v1.HostAlias ip:1:string: hostnames:2:[]string:e
core/v1.HostIP ip:1:string:
core/v1.HostPathVolumeSource path:1:string: type:2:*string:e
core/v1.ISCSIPersistentVolumeSource targetPortal:1:string: iqn:2:string: lun:3:int32: iscsiInterface:4:string:e fsType:5:string:e readOnly:6:bool:e portals:7:[]string:e chapAuthDiscovery:8:bool:e chapAuthSession:11:bool:e secretRef:10:*core/v1.SecretReference:e initiatorName:12:*string:e
core/v1.ISCSIVolumeSource targetPortal:1:string: iqn:2:string: lun:3:int32: iscsiInterface:4:string:e fsType:5:string:e readOnly:6:bool:e portals:7:[]string:e chapAuthDiscovery:8:bool:e chapAuthSession:11:bool:e secretRef:10:*core/v1.LocalObjectReference:e initiatorName:12:*string:e
core/v1.ImageVolumeSource reference:1:string:e pullPolicy:2:string:e
core/v1.ImageVolumeStatus imageRef:1:string:e
core/v1.KeyToPath key:1:string: path:2:string: mode:3:*int32:e user:4:*int64:e
core/v1.Lifecycle postStart:1:*core/v1.LifecycleHandler:e preStop:2:*core/v1.LifecycleHandler:e stopSignal:3:*string:e
core/v1.LifecycleHandler exec:1:*core/v1.ExecAction:e httpGet:2:*core/v1.HTTPGetAction:e tcpSocket:3:*core/v1.TCPSocketAction:e sleep:4:*core/v1.SleepAction:e
core/v1.LimitRange metadata:1:meta/v1.ObjectMeta:e spec:2:core/v1.LimitRangeSpec:e
core/v1.LimitRangeItem type:1:string: max:2:{}!Quantity:e min:3:{}!Quantity:e default:4:{}!Quantity:e defaultRequest:5:{}!Quantity:e maxLimitRequestRatio:6:{}!Quantity:e
core/v1.LimitRangeSpec limits:1:[]core/v1.LimitRangeItem:
core/v1.LinuxContainerUser uid:1:int64: gid:2:int64: supplementalGroups:3:[]int64:e
core/v1.List metadata:1:meta/v1.ListMeta:e items:2:[]!RawExtension:
core/v1.LoadBalancerIngress ip:1:string:e hostname:2:string:e ipMode:3:*string:e ports:4:[]core/v1.PortStatus:e
core/v1.LoadBalancerStatus ingress:1:[]core/v1.LoadBalancerIngress:e
core/v1.LocalObjectReference name:1:string:e
core/v1.LocalVolumeSource path:1:string: fsType:2:*string:e
core/v1.ModifyVolumeStatus targetVolumeAttributesClassName:1:string:e status:2:string:
core/v1.NFSVolumeSource server:1:string: path:2:string: readOnly:3:bool:e
core/v1.Namespace metadata:1:meta/v1.ObjectMeta:e spec:2:core/v1.NamespaceSpec:e status:3:core/v1.NamespaceStatus:e
core/v1.NamespaceCondition type:1:string: status:2:string: lastTransitionTime:4:!Time:e reason:5:string:e message:6:string:e
core/v1.NamespaceSpec finalizers:1:[]string:e
core/v1.NamespaceStatus phase:1:string:e conditions:2:[]core/v1.NamespaceCondition:e
core/v1.Node metadata:1:meta/v1.ObjectMeta:e spec:2:core/v1.NodeSpec:e status:3:core/v1.NodeStatus:e
core/v1.NodeAddress type:1:string: address:2:string:
core/v1.NodeAffinity requiredDuringSchedulingIgnoredDuringExecution:1:*core/v1.NodeSelector:e preferredDuringSchedulingIgnoredDuringExecution:2:[]core/v1.PreferredSchedulingTerm:e
core/v1.NodeAllocatableMappedResources name:1:string: quantity:2:*!Quantity:
core/v1.NodeAllocatableOverheadResources name:1:string: perPod:2:*!Quantity:e perContainer:3:*!Quantity:e
core/v1.NodeAllocatableResourceClaimStatus resourceClaimName:1:string: containers:2:[]string:e mapping:4:[]core/v1.NodeAllocatableMappedResources:e overhead:5:[]core/v1.NodeAllocatableOverheadResources:e
core/v1.NodeCondition type:1:string: status:2:string: lastHeartbeatTime:3:!Time:e lastTransitionTime:4:!Time:e reason:5:string:e message:6:string:e
core/v1.NodeConfigSource configMap:2:*core/v1.ConfigMapNodeConfigSource:e
core/v1.NodeConfigStatus assigned:1:*core/v1.NodeConfigSource:e active:2:*core/v1.NodeConfigSource:e lastKnownGood:3:*core/v1.NodeConfigSource:e error:4:string:e
core/v1.NodeDaemonEndpoints kubeletEndpoint:1:core/v1.DaemonEndpoint:e
core/v1.NodeFeatures supplementalGroupsPolicy:1:*bool:e
core/v1.NodePodPreemptionPolicy disableResizePreemption:1:[]string:e
core/v1.NodeProxyOptions path:1:string:e
core/v1.NodeRuntimeHandler name:1:string: features:2:*core/v1.NodeRuntimeHandlerFeatures:e
core/v1.NodeRuntimeHandlerFeatures recursiveReadOnlyMounts:1:*bool:e userNamespaces:2:*bool:e
core/v1.NodeSelector nodeSelectorTerms:1:[]core/v1.NodeSelectorTerm:
core/v1.NodeSelectorRequirement key:1:string: operator:2:string: values:3:[]string:e
core/v1.NodeSelectorTerm matchExpressions:1:[]core/v1.NodeSelectorRequirement:e matchFields:2:[]core/v1.NodeSelectorRequirement:e
core/v1.NodeSpec podCIDR:1:string:e podCIDRs:7:[]string:e providerID:3:string:e unschedulable:4:bool:e taints:5:[]core/v1.Taint:e configSource:6:*core/v1.NodeConfigSource:e externalID:2:string:e podPreemptionPolicy:8:*core/v1.NodePodPreemptionPolicy:e
core/v1.NodeStatus capacity:1:{}!Quantity:e allocatable:2:{}!Quantity:e phase:3:string:e conditions:4:[]core/v1.NodeCondition:e addresses:5:[]core/v1.NodeAddress:e daemonEndpoints:6:core/v1.NodeDaemonEndpoints:e nodeInfo:7:core/v1.NodeSystemInfo:e images:8:[]core/v1.ContainerImage:e volumesInUse:9:[]string:e volumesAttached:10:[]core/v1.AttachedVolume:e config:11:*core/v1.NodeConfigStatus:e runtimeHandlers:12:[]core/v1.NodeRuntimeHandler:e features:13:*core/v1.NodeFeatures:e declaredFeatures:14:[]string:e
core/v1.NodeSwapStatus capacity:1:*int64:e
core/v1.NodeSystemInfo machineID:1:string: systemUUID:2:string: bootID:3:string: kernelVersion:4:string: osImage:5:string: containerRuntimeVersion:6:string: kubeletVersion:7:string: kubeProxyVersion:8:string: operatingSystem:9:string: architecture:10:string: swap:11:*core/v1.NodeSwapStatus:e runningInUserNamespace:12:*bool:e
core/v1.ObjectFieldSelector apiVersion:1:string:e fieldPath:2:string:
core/v1.ObjectReference kind:1:string:e namespace:2:string:e name:3:string:e uid:4:string:e apiVersion:5:string:e resourceVersion:6:string:e fieldPath:7:string:e
core/v1.PersistentVolume metadata:1:meta/v1.ObjectMeta:e spec:2:core/v1.PersistentVolumeSpec:e status:3:core/v1.PersistentVolumeStatus:e
core/v1.PersistentVolumeClaim metadata:1:meta/v1.ObjectMeta:e spec:2:core/v1.PersistentVolumeClaimSpec:e status:3:core/v1.PersistentVolumeClaimStatus:e
core/v1.PersistentVolumeClaimCondition type:1:string: status:2:string: lastProbeTime:3:!Time:e lastTransitionTime:4:!Time:e reason:5:string:e message:6:string:e
core/v1.PersistentVolumeClaimSpec accessModes:1:[]string:e selector:4:*meta/v1.LabelSelector:e resources:2:core/v1.VolumeResourceRequirements:e volumeName:3:string:e storageClassName:5:*string:e volumeMode:6:*string:e dataSource:7:*core/v1.TypedLocalObjectReference:e dataSourceRef:8:*core/v1.TypedObjectReference:e volumeAttributesClassName:9:*string:e
core/v1.PersistentVolumeClaimStatus phase:1:string:e accessModes:2:[]string:e capacity:3:{}!Quantity:e conditions:4:[]core/v1.PersistentVolumeClaimCondition:e allocatedResources:5:{}!Quantity:e allocatedResourceStatuses:7:{}string:e currentVolumeAttributesClassName:8:*string:e modifyVolumeStatus:9:*core/v1.ModifyVolumeStatus:e healthStatus:10:*core/v1.VolumeHealthStatus:e
core/v1.PersistentVolumeClaimTemplate metadata:1:meta/v1.ObjectMeta:e spec:2:core/v1.PersistentVolumeClaimSpec:
core/v1.PersistentVolumeClaimVolumeSource claimName:1:string: readOnly:2:bool:e
core/v1.PersistentVolumeSource gcePersistentDisk:1:*core/v1.GCEPersistentDiskVolumeSource:e awsElasticBlockStore:2:*core/v1.AWSElasticBlockStoreVolumeSource:e hostPath:3:*core/v1.HostPathVolumeSource:e glusterfs:4:*core/v1.GlusterfsPersistentVolumeSource:e nfs:5:*core/v1.NFSVolumeSource:e rbd:6:*core/v1.RBDPersistentVolumeSource:e iscsi:7:*core/v1.ISCSIPersistentVolumeSource:e cinder:8:*core/v1.CinderPersistentVolumeSource:e cephfs:9:*core/v1.CephFSPersistentVolumeSource:e fc:10:*core/v1.FCVolumeSource:e flocker:11:*core/v1.FlockerVolumeSource:e flexVolume:12:*core/v1.FlexPersistentVolumeSource:e azureFile:13:*core/v1.AzureFilePersistentVolumeSource:e vsphereVolume:14:*core/v1.VsphereVirtualDiskVolumeSource:e quobyte:15:*core/v1.QuobyteVolumeSource:e azureDisk:16:*core/v1.AzureDiskVolumeSource:e photonPersistentDisk:17:*core/v1.PhotonPersistentDiskVolumeSource:e portworxVolume:18:*core/v1.PortworxVolumeSource:e scaleIO:19:*core/v1.ScaleIOPersistentVolumeSource:e local:20:*core/v1.LocalVolumeSource:e storageos:21:*core/v1.StorageOSPersistentVolumeSource:e csi:22:*core/v1.CSIPersistentVolumeSource:e
core/v1.PersistentVolumeSpec capacity:1:{}!Quantity:e :2:core/v1.PersistentVolumeSource:i accessModes:3:[]string:e claimRef:4:*core/v1.ObjectReference:e persistentVolumeReclaimPolicy:5:string:e storageClassName:6:string:e mountOptions:7:[]string:e volumeMode:8:*string:e nodeAffinity:9:*core/v1.VolumeNodeAffinity:e volumeAttributesClassName:10:*string:e
core/v1.PersistentVolumeStatus phase:1:string:e message:2:string:e reason:3:string:e lastPhaseTransitionTime:4:*!Time:e
core/v1.PhotonPersistentDiskVolumeSource pdID:1:string: fsType:2:string:e
core/v1.Pod metadata:1:meta/v1.ObjectMeta:e spec:2:core/v1.PodSpec:e status:3:core/v1.PodStatus:e
core/v1.PodAffinity requiredDuringSchedulingIgnoredDuringExecution:1:[]core/v1.PodAffinityTerm:e preferredDuringSchedulingIgnoredDuringExecution:2:[]core/v1.WeightedPodAffinityTerm:e
core/v1.PodAffinityTerm labelSelector:1:*meta/v1.LabelSelector:e namespaces:2:[]string:e topologyKey:3:string: namespaceSelector:4:*meta/v1.LabelSelector:e matchLabelKeys:5:[]string:e mismatchLabelKeys:6:[]string:e
core/v1.PodAntiAffinity requiredDuringSchedulingIgnoredDuringExecution:1:[]core/v1.PodAffinityTerm:e preferredDuringSchedulingIgnoredDuringExecution:2:[]core/v1.WeightedPodAffinityTerm:e
core/v1.PodAttachOptions stdin:1:bool:e stdout:2:bool:e stderr:3:bool:e tty:4:bool:e container:5:string:e
core/v1.PodCertificateProjection signerName:1:string:e keyType:2:string:e maxExpirationSeconds:3:*int32:e credentialBundlePath:4:string:e keyPath:5:string:e certificateChainPath:6:string:e userAnnotations:7:{}string:e user:8:*int64:e
core/v1.PodCondition type:1:string: observedGeneration:7:int64:e status:2:string: lastProbeTime:3:!Time:e lastTransitionTime:4:!Time:e reason:5:string:e message:6:string:e
core/v1.PodDNSConfig nameservers:1:[]string:e searches:2:[]string:e options:3:[]core/v1.PodDNSConfigOption:e
core/v1.PodDNSConfigOption name:1:string:e value:2:*string:e
core/v1.PodExecOptions stdin:1:bool:e stdout:2:bool:e stderr:3:bool:e tty:4:bool:e container:5:string:e command:6:[]string:
core/v1.PodExtendedResourceClaimStatus requestMappings:1:[]core/v1.ContainerExtendedResourceRequest: resourceClaimName:2:string:
core/v1.PodIP ip:1:string:
core/v1.PodLogOptions container:1:string:e follow:2:bool:e previous:3:bool:e sinceSeconds:4:*int64:e sinceTime:5:*!Time:e timestamps:6:bool:e tailLines:7:*int64:e limitBytes:8:*int64:e insecureSkipTLSVerifyBackend:9:bool:e stream:10:*string:e
core/v1.PodOS name:1:string:
core/v1.PodPortForwardOptions ports:1:[]int32:e
core/v1.PodProxyOptions path:1:string:e
core/v1.PodReadinessGate conditionType:1:string:
core/v1.PodResourceClaim name:1:string: resourceClaimName:3:*string:e resourceClaimTemplateName:4:*string:e
core/v1.PodResourceClaimStatus name:1:string: resourceClaimName:2:*string:e
core/v1.PodSchedulingGate name:1:string:
core/v1.PodSchedulingGroup podGroupName:1:*string:e
core/v1.PodSecurityContext seLinuxOptions:1:*core/v1.SELinuxOptions:e windowsOptions:8:*core/v1.WindowsSecurityContextOptions:e runAsUser:2:*int64:e runAsGroup:6:*int64:e runAsNonRoot:3:*bool:e supplementalGroups:4:[]int64:e supplementalGroupsPolicy:12:*string:e fsGroup:5:*int64:e sysctls:7:[]core/v1.Sysctl:e fsGroupChangePolicy:9:*string:e seccompProfile:10:*core/v1.SeccompProfile:e appArmorProfile:11:*core/v1.AppArmorProfile:e seLinuxChangePolicy:13:*string:e
core/v1.PodSpec volumes:1:[]core/v1.Volume:e initContainers:20:[]core/v1.Container:e containers:2:[]core/v1.Container: ephemeralContainers:34:[]core/v1.EphemeralContainer:e restartPolicy:3:string:e terminationGracePeriodSeconds:4:*int64:e activeDeadlineSeconds:5:*int64:e dnsPolicy:6:string:e nodeSelector:7:{}string:e serviceAccountName:8:string:e serviceAccount:9:string:e automountServiceAccountToken:21:*bool:e nodeName:10:string:e hostNetwork:11:bool:e hostPID:12:bool:e hostIPC:13:bool:e shareProcessNamespace:27:*bool:e securityContext:14:*core/v1.PodSecurityContext:e imagePullSecrets:15:[]core/v1.LocalObjectReference:e hostname:16:string:e subdomain:17:string:e affinity:18:*core/v1.Affinity:e schedulerName:19:string:e tolerations:22:[]core/v1.Toleration:e hostAliases:23:[]core/v1.HostAlias:e priorityClassName:24:string:e priority:25:*int32:e dnsConfig:26:*core/v1.PodDNSConfig:e readinessGates:28:[]core/v1.PodReadinessGate:e runtimeClassName:29:*string:e enableServiceLinks:30:*bool:e preemptionPolicy:31:*string:e overhead:32:{}!Quantity:e topologySpreadConstraints:33:[]core/v1.TopologySpreadConstraint:e setHostnameAsFQDN:35:*bool:e os:36:*core/v1.PodOS:e hostUsers:37:*bool:e schedulingGates:38:[]core/v1.PodSchedulingGate:e resourceClaims:39:[]core/v1.PodResourceClaim:e resources:40:*core/v1.ResourceRequirements:e hostnameOverride:41:*string:e schedulingGroup:43:*core/v1.PodSchedulingGroup:e evictionResponders:44:[]core/v1.EvictionResponder:e
core/v1.PodStatus observedGeneration:17:int64:e phase:1:string:e conditions:2:[]core/v1.PodCondition:e message:3:string:e reason:4:string:e nominatedNodeName:11:string:e hostIP:5:string:e hostIPs:16:[]core/v1.HostIP:e podIP:6:string:e podIPs:12:[]core/v1.PodIP:e startTime:7:*!Time:e initContainerStatuses:10:[]core/v1.ContainerStatus:e containerStatuses:8:[]core/v1.ContainerStatus:e qosClass:9:string:e ephemeralContainerStatuses:13:[]core/v1.ContainerStatus:e resize:14:string:e resourceClaimStatuses:15:[]core/v1.PodResourceClaimStatus:e extendedResourceClaimStatus:18:*core/v1.PodExtendedResourceClaimStatus:e allocatedResources:19:{}!Quantity:e resources:20:*core/v1.ResourceRequirements:e nodeAllocatableResourceClaimStatuses:21:[]core/v1.NodeAllocatableResourceClaimStatus:e volumeHealth:22:[]core/v1.PodVolumeHealth:e
core/v1.PodTemplate metadata:1:meta/v1.ObjectMeta:e template:2:core/v1.PodTemplateSpec:e
core/v1.PodTemplateSpec metadata:1:meta/v1.ObjectMeta:e spec:2:core/v1.PodSpec:e
core/v1.PodVolumeHealth name:1:string: healthConditions:2:[]core/v1.VolumeHealthCondition:e lastTransitionTime:3:!Time:e
core/v1.PortStatus port:1:int32: protocol:2:string: error:3:*string:e
core/v1.PortworxVolumeSource volumeID:1:string: fsType:2:string:e readOnly:3:bool:e
core/v1.PreferredSchedulingTerm weight:1:int32: preference:2:core/v1.NodeSelectorTerm:
core/v1.Probe :1:core/v1.ProbeHandler:i initialDelaySeconds:2:int32:e timeoutSeconds:3:int32:e periodSeconds:4:int32:e successThreshold:5:int32:e failureThreshold:6:int32:e terminationGracePeriodSeconds:7:*int64:e
core/v1.ProbeHandler exec:1:*core/v1.ExecAction:e httpGet:2:*core/v1.HTTPGetAction:e tcpSocket:3:*core/v1.TCPSocketAction:e grpc:4:*core/v1.GRPCAction:e
core/v1.ProjectedVolumeSource sources:1:[]core/v1.VolumeProjection: defaultMode:2:*int32:e defaultUser:3:*int64:e
core/v1.QuobyteVolumeSource registry:1:string: volume:2:string: readOnly:3:bool:e user:4:string:e group:5:string:e tenant:6:string:e
core/v1.RBDPersistentVolumeSource monitors:1:[]string: image:2:string: fsType:3:string:e pool:4:string:e user:5:string:e keyring:6:string:e secretRef:7:*core/v1.SecretReference:e readOnly:8:bool:e
core/v1.RBDVolumeSource monitors:1:[]string: image:2:string: fsType:3:string:e pool:4:string:e user:5:string:e keyring:6:string:e secretRef:7:*core/v1.LocalObjectReference:e readOnly:8:bool:e
core/v1.RangeAllocation metadata:1:meta/v1.ObjectMeta:e range:2:string: data:3:bytes:
core/v1.ReplicationController metadata:1:meta/v1.ObjectMeta:e spec:2:core/v1.ReplicationControllerSpec:e status:3:core/v1.ReplicationControllerStatus:e
core/v1.ReplicationControllerCondition type:1:string: status:2:string: lastTransitionTime:3:!Time:e reason:4:string:e message:5:string:e
core/v1.ReplicationControllerSpec replicas:1:*int32:e minReadySeconds:4:int32:e selector:2:{}string:e template:3:*core/v1.PodTemplateSpec:e
core/v1.ReplicationControllerStatus replicas:1:int32: fullyLabeledReplicas:2:int32:e readyReplicas:4:int32:e availableReplicas:5:int32:e observedGeneration:3:int64:e conditions:6:[]core/v1.ReplicationControllerCondition:e
core/v1.ResourceClaim name:1:string: request:2:string:e
core/v1.ResourceFieldSelector containerName:1:string:e resource:2:string: divisor:3:!Quantity:e
core/v1.ResourceHealth resourceID:1:string: health:2:string:e message:6:*string:e
core/v1.ResourceQuota metadata:1:meta/v1.ObjectMeta:e spec:2:core/v1.ResourceQuotaSpec:e status:3:core/v1.ResourceQuotaStatus:e
core/v1.ResourceQuotaSpec hard:1:{}!Quantity:e scopes:2:[]string:e scopeSelector:3:*core/v1.ScopeSelector:e
core/v1.ResourceQuotaStatus hard:1:{}!Quantity:e used:2:{}!Quantity:e
core/v1.ResourceRequirements limits:1:{}!Quantity:e requests:2:{}!Quantity:e claims:3:[]core/v1.ResourceClaim:e
core/v1.ResourceStatus name:1:string: resources:2:[]core/v1.ResourceHealth:e
core/v1.SELinuxOptions user:1:string:e role:2:string:e type:3:string:e level:4:string:e
core/v1.ScaleIOPersistentVolumeSource gateway:1:string: system:2:string: secretRef:3:*core/v1.SecretReference: sslEnabled:4:bool:e protectionDomain:5:string:e storagePool:6:string:e storageMode:7:string:e volumeName:8:string:e fsType:9:string:e readOnly:10:bool:e
core/v1.ScaleIOVolumeSource gateway:1:string: system:2:string: secretRef:3:*core/v1.LocalObjectReference: sslEnabled:4:bool:e protectionDomain:5:string:e storagePool:6:string:e storageMode:7:string:e volumeName:8:string:e fsType:9:string:e readOnly:10:bool:e
core/v1.ScopeSelector matchExpressions:1:[]core/v1.ScopedResourceSelectorRequirement:e
core/v1.ScopedResourceSelectorRequirement scopeName:1:string: operator:2:string: values:3:[]string:e
core/v1.SeccompProfile type:1:string: localhostProfile:2:*string:e
core/v1.Secret metadata:1:meta/v1.ObjectMeta:e immutable:5:*bool:e data:2:{}bytes:e stringData:4:{}string:e type:3:string:e
core/v1.SecretEnvSource :1:core/v1.LocalObjectReference:i optional:2:*bool:e
core/v1.SecretKeySelector :1:core/v1.LocalObjectReference:i key:2:string: optional:3:*bool:e
core/v1.SecretProjection :1:core/v1.LocalObjectReference:i items:2:[]core/v1.KeyToPath:e optional:4:*bool:e
core/v1.SecretReference name:1:string:e namespace:2:string:e
core/v1.SecretVolumeSource secretName:1:string:e items:2:[]core/v1.KeyToPath:e defaultMode:3:*int32:e optional:4:*bool:e defaultUser:5:*int64:e
core/v1.SecurityContext capabilities:1:*core/v1.Capabilities:e privileged:2:*bool:e seLinuxOptions:3:*core/v1.SELinuxOptions:e windowsOptions:10:*core/v1.WindowsSecurityContextOptions:e runAsUser:4:*int64:e runAsGroup:8:*int64:e runAsNonRoot:5:*bool:e readOnlyRootFilesystem:6:*bool:e allowPrivilegeEscalation:7:*bool:e procMount:9:*string:e seccompProfile:11:*core/v1.SeccompProfile:e appArmorProfile:12:*core/v1.AppArmorProfile:e
core/v1.SerializedReference reference:1:core/v1.ObjectReference:e
core/v1.Service metadata:1:meta/v1.ObjectMeta:e spec:2:core/v1.ServiceSpec:e status:3:core/v1.ServiceStatus:e
core/v1.ServiceAccount metadata:1:meta/v1.ObjectMeta:e secrets:2:[]core/v1.ObjectReference:e imagePullSecrets:3:[]core/v1.LocalObjectReference:e automountServiceAccountToken:4:*bool:e
core/v1.ServiceAccountTokenProjection audience:1:string:e expirationSeconds:2:*int64:e path:3:string: user:4:*int64:e
core/v1.ServicePort name:1:string:e protocol:2:string:e appProtocol:6:*string:e port:3:int32: targetPort:4:!IntOrString:e nodePort:5:int32:e
core/v1.ServiceProxyOptions path:1:string:e
core/v1.ServiceSpec ports:1:[]core/v1.ServicePort:e selector:2:{}string:e clusterIP:3:string:e clusterIPs:18:[]string:e type:4:string:e externalIPs:5:[]string:e sessionAffinity:7:string:e loadBalancerIP:8:string:e loadBalancerSourceRanges:9:[]string:e externalName:10:string:e externalTrafficPolicy:11:string:e healthCheckNodePort:12:int32:e publishNotReadyAddresses:13:bool:e sessionAffinityConfig:14:*core/v1.SessionAffinityConfig:e ipFamilies:19:[]string:e ipFamilyPolicy:17:*string:e allocateLoadBalancerNodePorts:20:*bool:e loadBalancerClass:21:*string:e internalTrafficPolicy:22:*string:e trafficDistribution:23:*string:e
core/v1.ServiceStatus loadBalancer:1:core/v1.LoadBalancerStatus:e conditions:2:[]meta/v1.Condition:e
core/v1.SessionAffinityConfig clientIP:1:*core/v1.ClientIPConfig:e
core/v1.SleepAction seconds:1:int64:
core/v1.StorageOSPersistentVolumeSource volumeName:1:string:e volumeNamespace:2:string:e fsType:3:string:e readOnly:4:bool:e secretRef:5:*core/v1.ObjectReference:e
core/v1.StorageOSVolumeSource volumeName:1:string:e volumeNamespace:2:string:e fsType:3:string:e readOnly:4:bool:e secretRef:5:*core/v1.LocalObjectReference:e
core/v1.Sysctl name:1:string: value:2:string:
core/v1.TCPSocketAction port:1:!IntOrString: host:2:string:e
core/v1.Taint key:1:string: value:2:string:e effect:3:string: timeAdded:4:*!Time:e
core/v1.Toleration key:1:string:e operator:2:string:e value:3:string:e effect:4:string:e tolerationSeconds:5:*int64:e
core/v1.TopologySelectorLabelRequirement key:1:string: values:2:[]string:
core/v1.TopologySelectorTerm matchLabelExpressions:1:[]core/v1.TopologySelectorLabelRequirement:e
core/v1.TopologySpreadConstraint maxSkew:1:int32: topologyKey:2:string: whenUnsatisfiable:3:string: labelSelector:4:*meta/v1.LabelSelector:e minDomains:5:*int32:e nodeAffinityPolicy:6:*string:e nodeTaintsPolicy:7:*string:e matchLabelKeys:8:[]string:e
core/v1.TypedLocalObjectReference apiGroup:1:*string: kind:2:string: name:3:string:
core/v1.TypedObjectReference apiGroup:1:*string: kind:2:string: name:3:string: namespace:4:*string:e
core/v1.Volume name:1:string: :2:core/v1.VolumeSource:i
core/v1.VolumeDevice name:1:string: devicePath:2:string:
core/v1.VolumeHealthCondition status:1:string: reason:2:string: message:3:string:e
core/v1.VolumeHealthStatus healthConditions:1:[]core/v1.VolumeHealthCondition:e lastTransitionTime:2:!Time:e
core/v1.VolumeMount name:1:string: readOnly:2:bool:e recursiveReadOnly:7:*string:e mountPath:3:string: subPath:4:string:e mountPropagation:5:*string:e subPathExpr:6:string:e bindMountOptions:8:[]string:e
core/v1.VolumeMountStatus name:1:string: mountPath:2:string: readOnly:3:bool:e recursiveReadOnly:4:*string:e volumeStatus:5:*core/v1.VolumeStatus:e
core/v1.VolumeNodeAffinity required:1:*core/v1.NodeSelector:e
core/v1.VolumeProjection secret:1:*core/v1.SecretProjection:e downwardAPI:2:*core/v1.DownwardAPIProjection:e configMap:3:*core/v1.ConfigMapProjection:e serviceAccountToken:4:*core/v1.ServiceAccountTokenProjection:e clusterTrustBundle:5:*core/v1.ClusterTrustBundleProjection:e podCertificate:6:*core/v1.PodCertificateProjection:e
core/v1.VolumeResourceRequirements limits:1:{}!Quantity:e requests:2:{}!Quantity:e
core/v1.VolumeSource hostPath:1:*core/v1.HostPathVolumeSource:e emptyDir:2:*core/v1.EmptyDirVolumeSource:e gcePersistentDisk:3:*core/v1.GCEPersistentDiskVolumeSource:e awsElasticBlockStore:4:*core/v1.AWSElasticBlockStoreVolumeSource:e gitRepo:5:*core/v1.GitRepoVolumeSource:e secret:6:*core/v1.SecretVolumeSource:e nfs:7:*core/v1.NFSVolumeSource:e iscsi:8:*core/v1.ISCSIVolumeSource:e glusterfs:9:*core/v1.GlusterfsVolumeSource:e persistentVolumeClaim:10:*core/v1.PersistentVolumeClaimVolumeSource:e rbd:11:*core/v1.RBDVolumeSource:e flexVolume:12:*core/v1.FlexVolumeSource:e cinder:13:*core/v1.CinderVolumeSource:e cephfs:14:*core/v1.CephFSVolumeSource:e flocker:15:*core/v1.FlockerVolumeSource:e downwardAPI:16:*core/v1.DownwardAPIVolumeSource:e fc:17:*core/v1.FCVolumeSource:e azureFile:18:*core/v1.AzureFileVolumeSource:e configMap:19:*core/v1.ConfigMapVolumeSource:e vsphereVolume:20:*core/v1.VsphereVirtualDiskVolumeSource:e quobyte:21:*core/v1.QuobyteVolumeSource:e azureDisk:22:*core/v1.AzureDiskVolumeSource:e photonPersistentDisk:23:*core/v1.PhotonPersistentDiskVolumeSource:e projected:26:*core/v1.ProjectedVolumeSource:e portworxVolume:24:*core/v1.PortworxVolumeSource:e scaleIO:25:*core/v1.ScaleIOVolumeSource:e storageos:27:*core/v1.StorageOSVolumeSource:e csi:28:*core/v1.CSIVolumeSource:e ephemeral:29:*core/v1.EphemeralVolumeSource:e image:30:*core/v1.ImageVolumeSource:e
core/v1.VolumeStatus image:1:*core/v1.ImageVolumeStatus:e
core/v1.VsphereVirtualDiskVolumeSource volumePath:1:string: fsType:2:string:e storagePolicyName:3:string:e storagePolicyID:4:string:e
core/v1.WeightedPodAffinityTerm weight:1:int32: podAffinityTerm:2:core/v1.PodAffinityTerm:
core/v1.WindowsSecurityContextOptions gmsaCredentialSpecName:1:*string:e gmsaCredentialSpec:2:*string:e runAsUserName:3:*string:e hostProcess:4:*bool:e
discovery/v1.Endpoint addresses:1:[]string: conditions:2:discovery/v1.EndpointConditions:e hostname:3:*string:e targetRef:4:*core/v1.ObjectReference:e deprecatedTopology:5:{}string:e nodeName:6:*string:e zone:7:*string:e hints:8:*discovery/v1.EndpointHints:e
discovery/v1.EndpointConditions ready:1:*bool:e serving:2:*bool:e terminating:3:*bool:e
discovery/v1.EndpointHints forZones:1:[]discovery/v1.ForZone:e forNodes:2:[]discovery/v1.ForNode:e
discovery/v1.EndpointPort name:1:*string:e protocol:2:*string:e port:3:*int32:e appProtocol:4:*string:e
discovery/v1.EndpointSlice metadata:1:meta/v1.ObjectMeta:e addressType:4:string: endpoints:2:[]discovery/v1.Endpoint: ports:3:[]discovery/v1.EndpointPort:
discovery/v1.ForNode name:1:string:
discovery/v1.ForZone name:1:string:
discovery/v1beta1.Endpoint addresses:1:[]string: conditions:2:discovery/v1beta1.EndpointConditions:e hostname:3:*string:e targetRef:4:*core/v1.ObjectReference:e topology:5:{}string:e nodeName:6:*string:e hints:7:*discovery/v1beta1.EndpointHints:e
discovery/v1beta1.EndpointConditions ready:1:*bool:e serving:2:*bool:e terminating:3:*bool:e
discovery/v1beta1.EndpointHints forZones:1:[]discovery/v1beta1.ForZone:e forNodes:2:[]discovery/v1beta1.ForNode:e
discovery/v1beta1.EndpointPort name:1:*string:e protocol:2:*string:e port:3:*int32:e appProtocol:4:*string:e
discovery/v1beta1.EndpointSlice metadata:1:meta/v1.ObjectMeta:e addressType:4:string: endpoints:2:[]discovery/v1beta1.Endpoint: ports:3:[]discovery/v1beta1.EndpointPort:
discovery/v1beta1.ForNode name:1:string:
discovery/v1beta1.ForZone name:1:string:
events/v1.Event metadata:1:meta/v1.ObjectMeta: eventTime:2:!MicroTime: series:3:*events/v1.EventSeries:e reportingController:4:string:e reportingInstance:5:string:e action:6:string:e reason:7:string:e regarding:8:core/v1.ObjectReference:e related:9:*core/v1.ObjectReference:e note:10:string:e type:11:string:e deprecatedSource:12:core/v1.EventSource:e deprecatedFirstTimestamp:13:!Time:e deprecatedLastTimestamp:14:!Time:e deprecatedCount:15:int32:e
events/v1.EventSeries count:1:int32: lastObservedTime:2:!MicroTime:
events/v1beta1.Event metadata:1:meta/v1.ObjectMeta: eventTime:2:!MicroTime: series:3:*events/v1beta1.EventSeries:e reportingController:4:string:e reportingInstance:5:string:e action:6:string:e reason:7:string:e regarding:8:core/v1.ObjectReference:e related:9:*core/v1.ObjectReference:e note:10:string:e type:11:string:e deprecatedSource:12:core/v1.EventSource:e deprecatedFirstTimestamp:13:!Time:e deprecatedLastTimestamp:14:!Time:e deprecatedCount:15:int32:e
events/v1beta1.EventSeries count:1:int32: lastObservedTime:2:!MicroTime:
extensions/v1beta1.DaemonSet metadata:1:meta/v1.ObjectMeta:e spec:2:extensions/v1beta1.DaemonSetSpec:e status:3:extensions/v1beta1.DaemonSetStatus:e
extensions/v1beta1.DaemonSetCondition type:1:string: status:2:string: lastTransitionTime:3:!Time:e reason:4:string:e message:5:string:e
extensions/v1beta1.DaemonSetSpec selector:1:*meta/v1.LabelSelector:e template:2:core/v1.PodTemplateSpec: updateStrategy:3:extensions/v1beta1.DaemonSetUpdateStrategy:e minReadySeconds:4:int32:e templateGeneration:5:int64:e revisionHistoryLimit:6:*int32:e
extensions/v1beta1.DaemonSetStatus currentNumberScheduled:1:int32: numberMisscheduled:2:int32: desiredNumberScheduled:3:int32: numberReady:4:int32: observedGeneration:5:int64:e updatedNumberScheduled:6:int32:e numberAvailable:7:int32:e numberUnavailable:8:int32:e collisionCount:9:*int32:e conditions:10:[]extensions/v1beta1.DaemonSetCondition:e
extensions/v1beta1.DaemonSetUpdateStrategy type:1:string:e rollingUpdate:2:*extensions/v1beta1.RollingUpdateDaemonSet:e
extensions/v1beta1.Deployment metadata:1:meta/v1.ObjectMeta:e spec:2:extensions/v1beta1.DeploymentSpec:e status:3:extensions/v1beta1.DeploymentStatus:e
extensions/v1beta1.DeploymentCondition type:1:string: status:2:string: lastUpdateTime:6:!Time:e lastTransitionTime:7:!Time:e reason:4:string:e message:5:string:e
extensions/v1beta1.DeploymentRollback name:1:string: updatedAnnotations:2:{}string:e rollbackTo:3:extensions/v1beta1.RollbackConfig:
extensions/v1beta1.DeploymentSpec replicas:1:*int32:e selector:2:*meta/v1.LabelSelector:e template:3:core/v1.PodTemplateSpec: strategy:4:extensions/v1beta1.DeploymentStrategy:e minReadySeconds:5:int32:e revisionHistoryLimit:6:*int32:e paused:7:bool:e rollbackTo:8:*extensions/v1beta1.RollbackConfig:e progressDeadlineSeconds:9:*int32:e
extensions/v1beta1.DeploymentStatus observedGeneration:1:int64:e replicas:2:int32:e updatedReplicas:3:int32:e readyReplicas:7:int32:e availableReplicas:4:int32:e unavailableReplicas:5:int32:e terminatingReplicas:9:*int32:e conditions:6:[]extensions/v1beta1.DeploymentCondition:e collisionCount:8:*int32:e
extensions/v1beta1.DeploymentStrategy type:1:string:e rollingUpdate:2:*extensions/v1beta1.RollingUpdateDeployment:e
extensions/v1beta1.HTTPIngressPath path:1:string:e pathType:3:*string:e backend:2:extensions/v1beta1.IngressBackend:
extensions/v1beta1.HTTPIngressRuleValue paths:1:[]extensions/v1beta1.HTTPIngressPath:
extensions/v1beta1.IPBlock cidr:1:string: except:2:[]string:e
extensions/v1beta1.Ingress metadata:1:meta/v1.ObjectMeta:e spec:2:extensions/v1beta1.IngressSpec:e status:3:extensions/v1beta1.IngressStatus:e
extensions/v1beta1.IngressBackend serviceName:1:string:e servicePort:2:!IntOrString:e resource:3:*core/v1.TypedLocalObjectReference:e
extensions/v1beta1.IngressLoadBalancerIngress ip:1:string:e hostname:2:string:e ports:4:[]extensions/v1beta1.IngressPortStatus:e
extensions/v1beta1.IngressLoadBalancerStatus ingress:1:[]extensions/v1beta1.IngressLoadBalancerIngress:e
extensions/v1beta1.IngressPortStatus port:1:int32: protocol:2:string: error:3:*string:e
extensions/v1beta1.IngressRule host:1:string:e :2:extensions/v1beta1.IngressRuleValue:i
extensions/v1beta1.IngressRuleValue http:1:*extensions/v1beta1.HTTPIngressRuleValue:e
extensions/v1beta1.IngressSpec ingressClassName:4:*string:e backend:1:*extensions/v1beta1.IngressBackend:e tls:2:[]extensions/v1beta1.IngressTLS:e rules:3:[]extensions/v1beta1.IngressRule:e
extensions/v1beta1.IngressStatus loadBalancer:1:extensions/v1beta1.IngressLoadBalancerStatus:e
extensions/v1beta1.IngressTLS hosts:1:[]string:e secretName:2:string:e
extensions/v1beta1.NetworkPolicy metadata:1:meta/v1.ObjectMeta:e spec:2:extensions/v1beta1.NetworkPolicySpec:e
extensions/v1beta1.NetworkPolicyEgressRule ports:1:[]extensions/v1beta1.NetworkPolicyPort:e to:2:[]extensions/v1beta1.NetworkPolicyPeer:e
extensions/v1beta1.NetworkPolicyIngressRule ports:1:[]extensions/v1beta1.NetworkPolicyPort:e from:2:[]extensions/v1beta1.NetworkPolicyPeer:e
extensions/v1beta1.NetworkPolicyPeer podSelector:1:*meta/v1.LabelSelector:e namespaceSelector:2:*meta/v1.LabelSelector:e ipBlock:3:*extensions/v1beta1.IPBlock:e
extensions/v1beta1.NetworkPolicyPort protocol:1:*string:e port:2:*!IntOrString:e endPort:3:*int32:e
extensions/v1beta1.NetworkPolicySpec podSelector:1:meta/v1.LabelSelector: ingress:2:[]extensions/v1beta1.NetworkPolicyIngressRule:e egress:3:[]extensions/v1beta1.NetworkPolicyEgressRule:e policyTypes:4:[]string:e
extensions/v1beta1.ReplicaSet metadata:1:meta/v1.ObjectMeta:e spec:2:extensions/v1beta1.ReplicaSetSpec:e status:3:extensions/v1beta1.ReplicaSetStatus:e
extensions/v1beta1.ReplicaSetCondition type:1:string: status:2:string: lastTransitionTime:3:!Time:e reason:4:string:e message:5:string:e
extensions/v1beta1.ReplicaSetSpec replicas:1:*int32:e minReadySeconds:4:int32:e selector:2:*meta/v1.LabelSelector:e template:3:core/v1.PodTemplateSpec:e
extensions/v1beta1.ReplicaSetStatus replicas:1:int32: fullyLabeledReplicas:2:int32:e readyReplicas:4:int32:e availableReplicas:5:int32:e terminatingReplicas:7:*int32:e observedGeneration:3:int64:e conditions:6:[]extensions/v1beta1.ReplicaSetCondition:e
extensions/v1beta1.RollbackConfig revision:1:int64:e
extensions/v1beta1.RollingUpdateDaemonSet maxUnavailable:1:*!IntOrString:e maxSurge:2:*!IntOrString:e
extensions/v1beta1.RollingUpdateDeployment maxUnavailable:1:*!IntOrString:e maxSurge:2:*!IntOrString:e
extensions/v1beta1.Scale metadata:1:meta/v1.ObjectMeta:e spec:2:extensions/v1beta1.ScaleSpec:e status:3:extensions/v1beta1.ScaleStatus:e
extensions/v1beta1.ScaleSpec replicas:1:int32:e
extensions/v1beta1.ScaleStatus replicas:1:int32: selector:2:{}string:e targetSelector:3:string:e
flowcontrol/v1.ExemptPriorityLevelConfiguration nominalConcurrencyShares:1:*int32:e lendablePercent:2:*int32:e
flowcontrol/v1.FlowDistinguisherMethod type:1:string:
flowcontrol/v1.FlowSchema metadata:1:meta/v1.ObjectMeta:e spec:2:flowcontrol/v1.FlowSchemaSpec:e status:3:flowcontrol/v1.FlowSchemaStatus:e
flowcontrol/v1.FlowSchemaCondition type:1:string:e status:2:string:e lastTransitionTime:3:!Time:e reason:4:string:e message:5:string:e
flowcontrol/v1.FlowSchemaSpec priorityLevelConfiguration:1:flowcontrol/v1.PriorityLevelConfigurationReference: matchingPrecedence:2:int32: distinguisherMethod:3:*flowcontrol/v1.FlowDistinguisherMethod:e rules:4:[]flowcontrol/v1.PolicyRulesWithSubjects:e
flowcontrol/v1.FlowSchemaStatus conditions:1:[]flowcontrol/v1.FlowSchemaCondition:e
flowcontrol/v1.GroupSubject name:1:string:
flowcontrol/v1.LimitResponse type:1:string: queuing:2:*flowcontrol/v1.QueuingConfiguration:e
flowcontrol/v1.LimitedPriorityLevelConfiguration nominalConcurrencyShares:1:*int32: limitResponse:2:flowcontrol/v1.LimitResponse:e lendablePercent:3:*int32:e borrowingLimitPercent:4:*int32:e
flowcontrol/v1.NonResourcePolicyRule verbs:1:[]string: nonResourceURLs:6:[]string:
flowcontrol/v1.PolicyRulesWithSubjects subjects:1:[]flowcontrol/v1.Subject: resourceRules:2:[]flowcontrol/v1.ResourcePolicyRule:e nonResourceRules:3:[]flowcontrol/v1.NonResourcePolicyRule:e
flowcontrol/v1.PriorityLevelConfiguration metadata:1:meta/v1.ObjectMeta:e spec:2:flowcontrol/v1.PriorityLevelConfigurationSpec:e status:3:flowcontrol/v1.PriorityLevelConfigurationStatus:e
flowcontrol/v1.PriorityLevelConfigurationCondition type:1:string:e status:2:string:e lastTransitionTime:3:!Time:e reason:4:string:e message:5:string:e
flowcontrol/v1.PriorityLevelConfigurationReference name:1:string:
flowcontrol/v1.PriorityLevelConfigurationSpec type:1:string: limited:2:*flowcontrol/v1.LimitedPriorityLevelConfiguration:e exempt:3:*flowcontrol/v1.ExemptPriorityLevelConfiguration:e
flowcontrol/v1.PriorityLevelConfigurationStatus conditions:1:[]flowcontrol/v1.PriorityLevelConfigurationCondition:e
flowcontrol/v1.QueuingConfiguration queues:1:int32: handSize:2:int32: queueLengthLimit:3:int32:
flowcontrol/v1.ResourcePolicyRule verbs:1:[]string: apiGroups:2:[]string: resources:3:[]string: clusterScope:4:bool:e namespaces:5:[]string:
flowcontrol/v1.ServiceAccountSubject namespace:1:string: name:2:string:
flowcontrol/v1.Subject kind:1:string: user:2:*flowcontrol/v1.UserSubject:e group:3:*flowcontrol/v1.GroupSubject:e serviceAccount:4:*flowcontrol/v1.ServiceAccountSubject:e
flowcontrol/v1.UserSubject name:1:string:
flowcontrol/v1beta1.ExemptPriorityLevelConfiguration nominalConcurrencyShares:1:*int32:e lendablePercent:2:*int32:e
flowcontrol/v1beta1.FlowDistinguisherMethod type:1:string:
flowcontrol/v1beta1.FlowSchema metadata:1:meta/v1.ObjectMeta:e spec:2:flowcontrol/v1beta1.FlowSchemaSpec:e status:3:flowcontrol/v1beta1.FlowSchemaStatus:e
flowcontrol/v1beta1.FlowSchemaCondition type:1:string:e status:2:string:e lastTransitionTime:3:!Time:e reason:4:string:e message:5:string:e
flowcontrol/v1beta1.FlowSchemaSpec priorityLevelConfiguration:1:flowcontrol/v1beta1.PriorityLevelConfigurationReference: matchingPrecedence:2:int32: distinguisherMethod:3:*flowcontrol/v1beta1.FlowDistinguisherMethod:e rules:4:[]flowcontrol/v1beta1.PolicyRulesWithSubjects:e
flowcontrol/v1beta1.FlowSchemaStatus conditions:1:[]flowcontrol/v1beta1.FlowSchemaCondition:e
flowcontrol/v1beta1.GroupSubject name:1:string:
flowcontrol/v1beta1.LimitResponse type:1:string: queuing:2:*flowcontrol/v1beta1.QueuingConfiguration:e
flowcontrol/v1beta1.LimitedPriorityLevelConfiguration assuredConcurrencyShares:1:int32: limitResponse:2:flowcontrol/v1beta1.LimitResponse:e lendablePercent:3:*int32:e borrowingLimitPercent:4:*int32:e
flowcontrol/v1beta1.NonResourcePolicyRule verbs:1:[]string: nonResourceURLs:6:[]string:
flowcontrol/v1beta1.PolicyRulesWithSubjects subjects:1:[]flowcontrol/v1beta1.Subject: resourceRules:2:[]flowcontrol/v1beta1.ResourcePolicyRule:e nonResourceRules:3:[]flowcontrol/v1beta1.NonResourcePolicyRule:e
flowcontrol/v1beta1.PriorityLevelConfiguration metadata:1:meta/v1.ObjectMeta:e spec:2:flowcontrol/v1beta1.PriorityLevelConfigurationSpec:e status:3:flowcontrol/v1beta1.PriorityLevelConfigurationStatus:e
flowcontrol/v1beta1.PriorityLevelConfigurationCondition type:1:string:e status:2:string:e lastTransitionTime:3:!Time:e reason:4:string:e message:5:string:e
flowcontrol/v1beta1.PriorityLevelConfigurationReference name:1:string:
flowcontrol/v1beta1.PriorityLevelConfigurationSpec type:1:string: limited:2:*flowcontrol/v1beta1.LimitedPriorityLevelConfiguration:e exempt:3:*flowcontrol/v1beta1.ExemptPriorityLevelConfiguration:e
flowcontrol/v1beta1.PriorityLevelConfigurationStatus conditions:1:[]flowcontrol/v1beta1.PriorityLevelConfigurationCondition:e
flowcontrol/v1beta1.QueuingConfiguration queues:1:int32: handSize:2:int32: queueLengthLimit:3:int32:
flowcontrol/v1beta1.ResourcePolicyRule verbs:1:[]string: apiGroups:2:[]string: resources:3:[]string: clusterScope:4:bool:e namespaces:5:[]string:
flowcontrol/v1beta1.ServiceAccountSubject namespace:1:string: name:2:string:
flowcontrol/v1beta1.Subject kind:1:string: user:2:*flowcontrol/v1beta1.UserSubject:e group:3:*flowcontrol/v1beta1.GroupSubject:e serviceAccount:4:*flowcontrol/v1beta1.ServiceAccountSubject:e
flowcontrol/v1beta1.UserSubject name:1:string:
flowcontrol/v1beta2.ExemptPriorityLevelConfiguration nominalConcurrencyShares:1:*int32:e lendablePercent:2:*int32:e
flowcontrol/v1beta2.FlowDistinguisherMethod type:1:string:
flowcontrol/v1beta2.FlowSchema metadata:1:meta/v1.ObjectMeta:e spec:2:flowcontrol/v1beta2.FlowSchemaSpec:e status:3:flowcontrol/v1beta2.FlowSchemaStatus:e
flowcontrol/v1beta2.FlowSchemaCondition type:1:string:e status:2:string:e lastTransitionTime:3:!Time:e reason:4:string:e message:5:string:e
flowcontrol/v1beta2.FlowSchemaSpec priorityLevelConfiguration:1:flowcontrol/v1beta2.PriorityLevelConfigurationReference: matchingPrecedence:2:int32: distinguisherMethod:3:*flowcontrol/v1beta2.FlowDistinguisherMethod:e rules:4:[]flowcontrol/v1beta2.PolicyRulesWithSubjects:e
flowcontrol/v1beta2.FlowSchemaStatus conditions:1:[]flowcontrol/v1beta2.FlowSchemaCondition:e
flowcontrol/v1beta2.GroupSubject name:1:string:
flowcontrol/v1beta2.LimitResponse type:1:string: queuing:2:*flowcontrol/v1beta2.QueuingConfiguration:e
flowcontrol/v1beta2.LimitedPriorityLevelConfiguration assuredConcurrencyShares:1:int32: limitResponse:2:flowcontrol/v1beta2.LimitResponse:e lendablePercent:3:*int32:e borrowingLimitPercent:4:*int32:e
flowcontrol/v1beta2.NonResourcePolicyRule verbs:1:[]string: nonResourceURLs:6:[]string:
flowcontrol/v1beta2.PolicyRulesWithSubjects subjects:1:[]flowcontrol/v1beta2.Subject: resourceRules:2:[]flowcontrol/v1beta2.ResourcePolicyRule:e nonResourceRules:3:[]flowcontrol/v1beta2.NonResourcePolicyRule:e
flowcontrol/v1beta2.PriorityLevelConfiguration metadata:1:meta/v1.ObjectMeta:e spec:2:flowcontrol/v1beta2.PriorityLevelConfigurationSpec:e status:3:flowcontrol/v1beta2.PriorityLevelConfigurationStatus:e
flowcontrol/v1beta2.PriorityLevelConfigurationCondition type:1:string:e status:2:string:e lastTransitionTime:3:!Time:e reason:4:string:e message:5:string:e
flowcontrol/v1beta2.PriorityLevelConfigurationReference name:1:string:
flowcontrol/v1beta2.PriorityLevelConfigurationSpec type:1:string: limited:2:*flowcontrol/v1beta2.LimitedPriorityLevelConfiguration:e exempt:3:*flowcontrol/v1beta2.ExemptPriorityLevelConfiguration:e
flowcontrol/v1beta2.PriorityLevelConfigurationStatus conditions:1:[]flowcontrol/v1beta2.PriorityLevelConfigurationCondition:e
flowcontrol/v1beta2.QueuingConfiguration queues:1:int32: handSize:2:int32: queueLengthLimit:3:int32:
flowcontrol/v1beta2.ResourcePolicyRule verbs:1:[]string: apiGroups:2:[]string: resources:3:[]string: clusterScope:4:bool:e namespaces:5:[]string:
flowcontrol/v1beta2.ServiceAccountSubject namespace:1:string: name:2:string:
flowcontrol/v1beta2.Subject kind:1:string: user:2:*flowcontrol/v1beta2.UserSubject:e group:3:*flowcontrol/v1beta2.GroupSubject:e serviceAccount:4:*flowcontrol/v1beta2.ServiceAccountSubject:e
flowcontrol/v1beta2.UserSubject name:1:string:
flowcontrol/v1beta3.ExemptPriorityLevelConfiguration nominalConcurrencyShares:1:*int32:e lendablePercent:2:*int32:e
flowcontrol/v1beta3.FlowDistinguisherMethod type:1:string:
flowcontrol/v1beta3.FlowSchema metadata:1:meta/v1.ObjectMeta:e spec:2:flowcontrol/v1beta3.FlowSchemaSpec:e status:3:flowcontrol/v1beta3.FlowSchemaStatus:e
flowcontrol/v1beta3.FlowSchemaCondition type:1:string:e status:2:string:e lastTransitionTime:3:!Time:e reason:4:string:e message:5:string:e
flowcontrol/v1beta3.FlowSchemaSpec priorityLevelConfiguration:1:flowcontrol/v1beta3.PriorityLevelConfigurationReference: matchingPrecedence:2:int32: distinguisherMethod:3:*flowcontrol/v1beta3.FlowDistinguisherMethod:e rules:4:[]flowcontrol/v1beta3.PolicyRulesWithSubjects:e
flowcontrol/v1beta3.FlowSchemaStatus conditions:1:[]flowcontrol/v1beta3.FlowSchemaCondition:e
flowcontrol/v1beta3.GroupSubject name:1:string:
flowcontrol/v1beta3.LimitResponse type:1:string: queuing:2:*flowcontrol/v1beta3.QueuingConfiguration:e
flowcontrol/v1beta3.LimitedPriorityLevelConfiguration nominalConcurrencyShares:1:int32: limitResponse:2:flowcontrol/v1beta3.LimitResponse:e lendablePercent:3:*int32:e borrowingLimitPercent:4:*int32:e
flowcontrol/v1beta3.NonResourcePolicyRule verbs:1:[]string: nonResourceURLs:6:[]string:
flowcontrol/v1beta3.PolicyRulesWithSubjects subjects:1:[]flowcontrol/v1beta3.Subject: resourceRules:2:[]flowcontrol/v1beta3.ResourcePolicyRule:e nonResourceRules:3:[]flowcontrol/v1beta3.NonResourcePolicyRule:e
flowcontrol/v1beta3.PriorityLevelConfiguration metadata:1:meta/v1.ObjectMeta:e spec:2:flowcontrol/v1beta3.PriorityLevelConfigurationSpec:e status:3:flowcontrol/v1beta3.PriorityLevelConfigurationStatus:e
flowcontrol/v1beta3.PriorityLevelConfigurationCondition type:1:string:e status:2:string:e lastTransitionTime:3:!Time:e reason:4:string:e message:5:string:e
flowcontrol/v1beta3.PriorityLevelConfigurationReference name:1:string:
flowcontrol/v1beta3.PriorityLevelConfigurationSpec type:1:string: limited:2:*flowcontrol/v1beta3.LimitedPriorityLevelConfiguration:e exempt:3:*flowcontrol/v1beta3.ExemptPriorityLevelConfiguration:e
flowcontrol/v1beta3.PriorityLevelConfigurationStatus conditions:1:[]flowcontrol/v1beta3.PriorityLevelConfigurationCondition:e
flowcontrol/v1beta3.QueuingConfiguration queues:1:int32: handSize:2:int32: queueLengthLimit:3:int32:
flowcontrol/v1beta3.ResourcePolicyRule verbs:1:[]string: apiGroups:2:[]string: resources:3:[]string: clusterScope:4:bool:e namespaces:5:[]string:
flowcontrol/v1beta3.ServiceAccountSubject namespace:1:string: name:2:string:
flowcontrol/v1beta3.Subject kind:1:string: user:2:*flowcontrol/v1beta3.UserSubject:e group:3:*flowcontrol/v1beta3.GroupSubject:e serviceAccount:4:*flowcontrol/v1beta3.ServiceAccountSubject:e
flowcontrol/v1beta3.UserSubject name:1:string:
lifecycle/v1alpha1.Eviction metadata:1:meta/v1.ObjectMeta:e spec:2:lifecycle/v1alpha1.EvictionSpec: status:3:lifecycle/v1alpha1.EvictionStatus:e
lifecycle/v1alpha1.EvictionPodReference name:1:string: uid:2:string:
lifecycle/v1alpha1.EvictionRequest metadata:1:meta/v1.ObjectMeta:e spec:2:lifecycle/v1alpha1.EvictionRequestSpec: status:3:lifecycle/v1alpha1.EvictionRequestStatus:e
lifecycle/v1alpha1.EvictionRequestPodReference name:1:string: uid:2:string:
lifecycle/v1alpha1.EvictionRequestSpec target:1:lifecycle/v1alpha1.EvictionRequestTarget: requester:2:string: intent:3:string:
lifecycle/v1alpha1.EvictionRequestStatus conditions:1:[]meta/v1.Condition:e observedGeneration:2:*int64:e
lifecycle/v1alpha1.EvictionRequestTarget pod:1:*lifecycle/v1alpha1.EvictionRequestPodReference:e
lifecycle/v1alpha1.EvictionSpec target:1:lifecycle/v1alpha1.EvictionTarget:
lifecycle/v1alpha1.EvictionStatus conditions:1:[]meta/v1.Condition:e observedGeneration:2:*int64:e requesters:3:[]lifecycle/v1alpha1.Requester:e targetResponders:4:[]lifecycle/v1alpha1.TargetResponder:e responders:5:[]lifecycle/v1alpha1.ResponderStatus:e
lifecycle/v1alpha1.EvictionTarget pod:1:*lifecycle/v1alpha1.EvictionPodReference:e
lifecycle/v1alpha1.Requester name:1:string: intent:2:string:
lifecycle/v1alpha1.ResponderStatus name:1:string: startTime:2:*!Time:e heartbeatTime:3:*!Time:e expectedCompletionTime:4:*!Time:e completionTime:5:*!Time:e message:6:*string:e
lifecycle/v1alpha1.TargetResponder name:1:string: priority:2:*int32: state:3:string:
meta/v1.APIGroup name:1:string: versions:2:[]meta/v1.GroupVersionForDiscovery: preferredVersion:3:meta/v1.GroupVersionForDiscovery:e serverAddressByClientCIDRs:4:[]meta/v1.ServerAddressByClientCIDR:e
meta/v1.APIVersions versions:1:[]string: serverAddressByClientCIDRs:2:[]meta/v1.ServerAddressByClientCIDR:
meta/v1.Condition type:1:string: status:2:string: observedGeneration:3:int64:e lastTransitionTime:4:!Time: reason:5:string: message:6:string:
meta/v1.DeleteOptions gracePeriodSeconds:1:*int64:e preconditions:2:*meta/v1.Preconditions:e orphanDependents:3:*bool:e propagationPolicy:4:*string:e dryRun:5:[]string:e ignoreStoreReadErrorWithClusterBreakingPotential:6:*bool:e
meta/v1.FieldSelectorRequirement key:1:string: operator:2:string: values:3:[]string:e
meta/v1.GroupResource group:1:string: resource:2:string:
meta/v1.GroupVersionForDiscovery groupVersion:1:string: version:2:string:
meta/v1.LabelSelector matchLabels:1:{}string:e matchExpressions:2:[]meta/v1.LabelSelectorRequirement:e
meta/v1.LabelSelectorRequirement key:1:string: operator:2:string: values:3:[]string:e
meta/v1.ListMeta selfLink:1:string:e resourceVersion:2:string:e continue:3:string:e remainingItemCount:4:*int64:e shardInfo:5:*meta/v1.ShardInfo:e
meta/v1.ManagedFieldsEntry manager:1:string:e operation:2:string:e apiVersion:3:string:e time:4:*!Time:e fieldsType:6:string:e fieldsV1:7:*!Raw:e subresource:8:string:e
meta/v1.ObjectMeta name:1:string:e generateName:2:string:e namespace:3:string:e selfLink:4:string:e uid:5:string:e resourceVersion:6:string:e generation:7:int64:e creationTimestamp:8:!Time:ez deletionTimestamp:9:*!Time:e deletionGracePeriodSeconds:10:*int64:e labels:11:{}string:e annotations:12:{}string:e ownerReferences:13:[]meta/v1.OwnerReference:e finalizers:14:[]string:e managedFields:17:[]meta/v1.ManagedFieldsEntry:e
meta/v1.OwnerReference apiVersion:5:string: kind:1:string: name:3:string: uid:4:string: controller:6:*bool:e blockOwnerDeletion:7:*bool:e
meta/v1.Preconditions uid:1:*string:e resourceVersion:2:*string:e
meta/v1.ServerAddressByClientCIDR clientCIDR:1:string: serverAddress:2:string:
meta/v1.ShardInfo selector:1:string:
meta/v1.Status metadata:1:meta/v1.ListMeta:e status:2:string:e message:3:string:e reason:4:string:e details:5:*meta/v1.StatusDetails:e code:6:int32:e
meta/v1.StatusCause reason:1:string:e message:2:string:e field:3:string:e
meta/v1.StatusDetails name:1:string:e group:2:string:e kind:3:string:e uid:6:string:e causes:4:[]meta/v1.StatusCause:e retryAfterSeconds:5:int32:e
networking/v1.HTTPIngressPath path:1:string:e pathType:3:*string: backend:2:networking/v1.IngressBackend:
networking/v1.HTTPIngressRuleValue paths:1:[]networking/v1.HTTPIngressPath:
networking/v1.IPAddress metadata:1:meta/v1.ObjectMeta:e spec:2:networking/v1.IPAddressSpec:e
networking/v1.IPAddressSpec parentRef:1:*networking/v1.ParentReference:e
networking/v1.IPBlock cidr:1:string: except:2:[]string:e
networking/v1.Ingress metadata:1:meta/v1.ObjectMeta:e spec:2:networking/v1.IngressSpec:e status:3:networking/v1.IngressStatus:e
networking/v1.IngressBackend service:4:*networking/v1.IngressServiceBackend:e resource:3:*core/v1.TypedLocalObjectReference:e
networking/v1.IngressClass metadata:1:meta/v1.ObjectMeta:e spec:2:networking/v1.IngressClassSpec:e
networking/v1.IngressClassParametersReference apiGroup:1:*string:e kind:2:string: name:3:string: scope:4:*string: namespace:5:*string:e
networking/v1.IngressClassSpec controller:1:string:e parameters:2:*networking/v1.IngressClassParametersReference:e
networking/v1.IngressLoadBalancerIngress ip:1:string:e hostname:2:string:e ports:4:[]networking/v1.IngressPortStatus:e
networking/v1.IngressLoadBalancerStatus ingress:1:[]networking/v1.IngressLoadBalancerIngress:e
networking/v1.IngressPortStatus port:1:int32: protocol:2:string: error:3:*string:e
networking/v1.IngressRule host:1:string:e :2:networking/v1.IngressRuleValue:i
networking/v1.IngressRuleValue http:1:*networking/v1.HTTPIngressRuleValue:e
networking/v1.IngressServiceBackend name:1:string: port:2:networking/v1.ServiceBackendPort:e
networking/v1.IngressSpec ingressClassName:4:*string:e defaultBackend:1:*networking/v1.IngressBackend:e tls:2:[]networking/v1.IngressTLS:e rules:3:[]networking/v1.IngressRule:e
networking/v1.IngressStatus loadBalancer:1:networking/v1.IngressLoadBalancerStatus:e
networking/v1.IngressTLS hosts:1:[]string:e secretName:2:string:e
networking/v1.NetworkPolicy metadata:1:meta/v1.ObjectMeta:e spec:2:networking/v1.NetworkPolicySpec:e
networking/v1.NetworkPolicyEgressRule ports:1:[]networking/v1.NetworkPolicyPort:e to:2:[]networking/v1.NetworkPolicyPeer:e
networking/v1.NetworkPolicyIngressRule ports:1:[]networking/v1.NetworkPolicyPort:e from:2:[]networking/v1.NetworkPolicyPeer:e
networking/v1.NetworkPolicyPeer podSelector:1:*meta/v1.LabelSelector:e namespaceSelector:2:*meta/v1.LabelSelector:e ipBlock:3:*networking/v1.IPBlock:e
networking/v1.NetworkPolicyPort protocol:1:*string:e port:2:*!IntOrString:e endPort:3:*int32:e
networking/v1.NetworkPolicySpec podSelector:1:meta/v1.LabelSelector: ingress:2:[]networking/v1.NetworkPolicyIngressRule:e egress:3:[]networking/v1.NetworkPolicyEgressRule:e policyTypes:4:[]string:e
networking/v1.ParentReference group:1:string:e resource:2:string:e namespace:3:string:e name:4:string:e
networking/v1.ServiceBackendPort name:1:string:e number:2:int32:e
networking/v1.ServiceCIDR metadata:1:meta/v1.ObjectMeta:e spec:2:networking/v1.ServiceCIDRSpec:e status:3:networking/v1.ServiceCIDRStatus:e
networking/v1.ServiceCIDRSpec cidrs:1:[]string:e
networking/v1.ServiceCIDRStatus conditions:1:[]meta/v1.Condition:e
networking/v1beta1.HTTPIngressPath path:1:string:e pathType:3:*string:e backend:2:networking/v1beta1.IngressBackend:
networking/v1beta1.HTTPIngressRuleValue paths:1:[]networking/v1beta1.HTTPIngressPath:
networking/v1beta1.IPAddress metadata:1:meta/v1.ObjectMeta:e spec:2:networking/v1beta1.IPAddressSpec:e
networking/v1beta1.IPAddressSpec parentRef:1:*networking/v1beta1.ParentReference:e
networking/v1beta1.Ingress metadata:1:meta/v1.ObjectMeta:e spec:2:networking/v1beta1.IngressSpec:e status:3:networking/v1beta1.IngressStatus:e
networking/v1beta1.IngressBackend serviceName:1:string:e servicePort:2:!IntOrString:e resource:3:*core/v1.TypedLocalObjectReference:e
networking/v1beta1.IngressClass metadata:1:meta/v1.ObjectMeta:e spec:2:networking/v1beta1.IngressClassSpec:e
networking/v1beta1.IngressClassParametersReference apiGroup:1:*string:e kind:2:string: name:3:string: scope:4:*string: namespace:5:*string:e
networking/v1beta1.IngressClassSpec controller:1:string:e parameters:2:*networking/v1beta1.IngressClassParametersReference:e
networking/v1beta1.IngressLoadBalancerIngress ip:1:string:e hostname:2:string:e ports:4:[]networking/v1beta1.IngressPortStatus:e
networking/v1beta1.IngressLoadBalancerStatus ingress:1:[]networking/v1beta1.IngressLoadBalancerIngress:e
networking/v1beta1.IngressPortStatus port:1:int32: protocol:2:string: error:3:*string:e
networking/v1beta1.IngressRule host:1:string:e :2:networking/v1beta1.IngressRuleValue:i
networking/v1beta1.IngressRuleValue http:1:*networking/v1beta1.HTTPIngressRuleValue:e
networking/v1beta1.IngressSpec ingressClassName:4:*string:e backend:1:*networking/v1beta1.IngressBackend:e tls:2:[]networking/v1beta1.IngressTLS:e rules:3:[]networking/v1beta1.IngressRule:e
networking/v1beta1.IngressStatus loadBalancer:1:networking/v1beta1.IngressLoadBalancerStatus:e
networking/v1beta1.IngressTLS hosts:1:[]string:e secretName:2:string:e
networking/v1beta1.ParentReference group:1:string:e resource:2:string:e namespace:3:string:e name:4:string:e
networking/v1beta1.ServiceCIDR metadata:1:meta/v1.ObjectMeta:e spec:2:networking/v1beta1.ServiceCIDRSpec:e status:3:networking/v1beta1.ServiceCIDRStatus:e
networking/v1beta1.ServiceCIDRSpec cidrs:1:[]string:e
networking/v1beta1.ServiceCIDRStatus conditions:1:[]meta/v1.Condition:e
node/v1.Overhead podFixed:1:{}!Quantity:e
node/v1.RuntimeClass metadata:1:meta/v1.ObjectMeta:e handler:2:string: overhead:3:*node/v1.Overhead:e scheduling:4:*node/v1.Scheduling:e
node/v1.Scheduling nodeSelector:1:{}string:e tolerations:2:[]core/v1.Toleration:e
node/v1alpha1.Overhead podFixed:1:{}!Quantity:e
node/v1alpha1.RuntimeClass metadata:1:meta/v1.ObjectMeta:e spec:2:node/v1alpha1.RuntimeClassSpec:
node/v1alpha1.RuntimeClassSpec runtimeHandler:1:string: overhead:2:*node/v1alpha1.Overhead:e scheduling:3:*node/v1alpha1.Scheduling:e
node/v1alpha1.Scheduling nodeSelector:1:{}string:e tolerations:2:[]core/v1.Toleration:e
node/v1beta1.Overhead podFixed:1:{}!Quantity:e
node/v1beta1.RuntimeClass metadata:1:meta/v1.ObjectMeta:e handler:2:string: overhead:3:*node/v1beta1.Overhead:e scheduling:4:*node/v1beta1.Scheduling:e
node/v1beta1.Scheduling nodeSelector:1:{}string:e tolerations:2:[]core/v1.Toleration:e
policy/v1.Eviction metadata:1:meta/v1.ObjectMeta:e deleteOptions:2:*meta/v1.DeleteOptions:e
policy/v1.PodDisruptionBudget metadata:1:meta/v1.ObjectMeta:e spec:2:policy/v1.PodDisruptionBudgetSpec:e status:3:policy/v1.PodDisruptionBudgetStatus:e
policy/v1.PodDisruptionBudgetSpec minAvailable:1:*!IntOrString:e selector:2:*meta/v1.LabelSelector:e maxUnavailable:3:*!IntOrString:e unhealthyPodEvictionPolicy:4:*string:e
policy/v1.PodDisruptionBudgetStatus observedGeneration:1:int64:e disruptedPods:2:{}!Time:e disruptionsAllowed:3:int32: currentHealthy:4:int32: desiredHealthy:5:int32: expectedPods:6:int32: conditions:7:[]meta/v1.Condition:e
policy/v1beta1.Eviction metadata:1:meta/v1.ObjectMeta:e deleteOptions:2:*meta/v1.DeleteOptions:e
policy/v1beta1.PodDisruptionBudget metadata:1:meta/v1.ObjectMeta:e spec:2:policy/v1beta1.PodDisruptionBudgetSpec:e status:3:policy/v1beta1.PodDisruptionBudgetStatus:e
policy/v1beta1.PodDisruptionBudgetSpec minAvailable:1:*!IntOrString:e selector:2:*meta/v1.LabelSelector:e maxUnavailable:3:*!IntOrString:e unhealthyPodEvictionPolicy:4:*string:e
policy/v1beta1.PodDisruptionBudgetStatus observedGeneration:1:int64:e disruptedPods:2:{}!Time:e disruptionsAllowed:3:int32: currentHealthy:4:int32: desiredHealthy:5:int32: expectedPods:6:int32: conditions:7:[]meta/v1.Condition:e
rbac/v1.AggregationRule clusterRoleSelectors:1:[]meta/v1.LabelSelector:e
rbac/v1.ClusterRole metadata:1:meta/v1.ObjectMeta:e rules:2:[]rbac/v1.PolicyRule: aggregationRule:3:*rbac/v1.AggregationRule:e
rbac/v1.ClusterRoleBinding metadata:1:meta/v1.ObjectMeta:e subjects:2:[]rbac/v1.Subject:e roleRef:3:rbac/v1.RoleRef:
rbac/v1.PolicyRule verbs:1:[]string: apiGroups:2:[]string:e resources:3:[]string:e resourceNames:4:[]string:e nonResourceURLs:5:[]string:e
rbac/v1.Role metadata:1:meta/v1.ObjectMeta:e rules:2:[]rbac/v1.PolicyRule:
rbac/v1.RoleBinding metadata:1:meta/v1.ObjectMeta:e subjects:2:[]rbac/v1.Subject:e roleRef:3:rbac/v1.RoleRef:
rbac/v1.RoleRef apiGroup:1:string: kind:2:string: name:3:string:
rbac/v1.Subject kind:1:string: apiGroup:2:string:e name:3:string: namespace:4:string:e
rbac/v1alpha1.AggregationRule clusterRoleSelectors:1:[]meta/v1.LabelSelector:e
rbac/v1alpha1.ClusterRole metadata:1:meta/v1.ObjectMeta:e rules:2:[]rbac/v1alpha1.PolicyRule: aggregationRule:3:*rbac/v1alpha1.AggregationRule:e
rbac/v1alpha1.ClusterRoleBinding metadata:1:meta/v1.ObjectMeta:e subjects:2:[]rbac/v1alpha1.Subject:e roleRef:3:rbac/v1alpha1.RoleRef:
rbac/v1alpha1.PolicyRule verbs:1:[]string: apiGroups:3:[]string:e resources:4:[]string:e resourceNames:5:[]string:e nonResourceURLs:6:[]string:e
rbac/v1alpha1.Role metadata:1:meta/v1.ObjectMeta:e rules:2:[]rbac/v1alpha1.PolicyRule:
rbac/v1alpha1.RoleBinding metadata:1:meta/v1.ObjectMeta:e subjects:2:[]rbac/v1alpha1.Subject:e roleRef:3:rbac/v1alpha1.RoleRef:
rbac/v1alpha1.RoleRef apiGroup:1:string: kind:2:string: name:3:string:
rbac/v1alpha1.Subject kind:1:string: apiVersion:2:string:e name:3:string: namespace:4:string:e
rbac/v1beta1.AggregationRule clusterRoleSelectors:1:[]meta/v1.LabelSelector:e
rbac/v1beta1.ClusterRole metadata:1:meta/v1.ObjectMeta:e rules:2:[]rbac/v1beta1.PolicyRule: aggregationRule:3:*rbac/v1beta1.AggregationRule:e
rbac/v1beta1.ClusterRoleBinding metadata:1:meta/v1.ObjectMeta:e subjects:2:[]rbac/v1beta1.Subject:e roleRef:3:rbac/v1beta1.RoleRef:
rbac/v1beta1.PolicyRule verbs:1:[]string: apiGroups:2:[]string:e resources:3:[]string:e resourceNames:4:[]string:e nonResourceURLs:5:[]string:e
rbac/v1beta1.Role metadata:1:meta/v1.ObjectMeta:e rules:2:[]rbac/v1beta1.PolicyRule:
rbac/v1beta1.RoleBinding metadata:1:meta/v1.ObjectMeta:e subjects:2:[]rbac/v1beta1.Subject:e roleRef:3:rbac/v1beta1.RoleRef:
rbac/v1beta1.RoleRef apiGroup:1:string: kind:2:string: name:3:string:
rbac/v1beta1.Subject kind:1:string: apiGroup:2:string:e name:3:string: namespace:4:string:e
resource/v1.AllocatedDeviceStatus driver:1:string: pool:2:string: device:3:string: shareID:7:*string:e conditions:4:[]meta/v1.Condition: data:5:*!RawExtension:e networkData:6:*resource/v1.NetworkDeviceData:e
resource/v1.AllocationResult devices:1:resource/v1.DeviceAllocationResult:e nodeSelector:3:*core/v1.NodeSelector:e allocationTimestamp:5:*!Time:e
resource/v1.CELDeviceSelector expression:1:string:
resource/v1.CapacityRequestPolicy default:1:*!Quantity: validValues:3:[]!Quantity:e validRange:4:*resource/v1.CapacityRequestPolicyRange:e
resource/v1.CapacityRequestPolicyRange min:1:*!Quantity:e max:2:*!Quantity:e step:3:*!Quantity:e
resource/v1.CapacityRequirements requests:1:{}!Quantity:e
resource/v1.Counter value:1:!Quantity:
resource/v1.CounterSet name:1:string: counters:2:{}resource/v1.Counter:e
resource/v1.Device name:1:string: attributes:2:{}resource/v1.DeviceAttribute:e capacity:3:{}resource/v1.DeviceCapacity:e consumesCounters:4:[]resource/v1.DeviceCounterConsumption:e nodeName:5:*string:e nodeSelector:6:*core/v1.NodeSelector:e allNodes:7:*bool:e taints:8:[]resource/v1.DeviceTaint:e bindsToNode:9:*bool:e bindingConditions:10:[]string:e bindingFailureConditions:11:[]string:e allowMultipleAllocations:12:*bool:e nodeAllocatableResources:14:{}resource/v1.NodeAllocatableResource:e
resource/v1.DeviceAllocationConfiguration source:1:string: requests:2:[]string:e :3:resource/v1.DeviceConfiguration:i
resource/v1.DeviceAllocationResult results:1:[]resource/v1.DeviceRequestAllocationResult:e config:2:[]resource/v1.DeviceAllocationConfiguration:e
resource/v1.DeviceAttribute int:2:*int64:e bool:3:*bool:e string:4:*string:e version:5:*string:e ints:6:[]int64:e bools:7:[]bool:e strings:8:[]string:e versions:9:[]string:e
resource/v1.DeviceCapacity value:1:!Quantity: requestPolicy:2:*resource/v1.CapacityRequestPolicy:e
resource/v1.DeviceClaim requests:1:[]resource/v1.DeviceRequest: constraints:2:[]resource/v1.DeviceConstraint:e config:3:[]resource/v1.DeviceClaimConfiguration:e
resource/v1.DeviceClaimConfiguration requests:1:[]string:e :2:resource/v1.DeviceConfiguration:i
resource/v1.DeviceClass metadata:1:meta/v1.ObjectMeta:e spec:2:resource/v1.DeviceClassSpec:
resource/v1.DeviceClassConfiguration :1:resource/v1.DeviceConfiguration:i
resource/v1.DeviceClassSpec selectors:1:[]resource/v1.DeviceSelector:e config:2:[]resource/v1.DeviceClassConfiguration:e extendedResourceName:4:*string:e
resource/v1.DeviceConfiguration opaque:1:*resource/v1.OpaqueDeviceConfiguration:e
resource/v1.DeviceConstraint requests:1:[]string:e matchAttribute:2:*string:e distinctAttribute:3:*string:e
resource/v1.DeviceCounterConsumption counterSet:1:string: counters:2:{}resource/v1.Counter:e compatibilityGroups:3:[]string:e
resource/v1.DeviceDerivedAttribute name:1:string: expression:2:string:
resource/v1.DeviceRequest name:1:string: exactly:2:*resource/v1.ExactDeviceRequest:e firstAvailable:3:[]resource/v1.DeviceSubRequest:e
resource/v1.DeviceRequestAllocationResult request:1:string: driver:2:string: pool:3:string: device:4:string: adminAccess:5:*bool:e tolerations:6:[]resource/v1.DeviceToleration:e bindingConditions:7:[]string:e bindingFailureConditions:8:[]string:e shareID:9:*string:e consumedCapacity:10:{}!Quantity:e skipNodeOperations:11:[]string:e
resource/v1.DeviceSelector cel:1:*resource/v1.CELDeviceSelector:e
resource/v1.DeviceSubRequest name:1:string: deviceClassName:2:string: selectors:3:[]resource/v1.DeviceSelector:e allocationMode:4:string:e count:5:int64:e tolerations:6:[]resource/v1.DeviceToleration:e capacity:7:*resource/v1.CapacityRequirements:e derivedAttributes:8:[]resource/v1.DeviceDerivedAttribute:e
resource/v1.DeviceTaint key:1:string: value:2:string:e effect:3:string: timeAdded:4:*!Time:e
resource/v1.DeviceTaintRule metadata:1:meta/v1.ObjectMeta:e spec:2:resource/v1.DeviceTaintRuleSpec: status:3:resource/v1.DeviceTaintRuleStatus:e
resource/v1.DeviceTaintRuleSpec deviceSelector:1:*resource/v1.DeviceTaintSelector:e taint:2:resource/v1.DeviceTaint:e
resource/v1.DeviceTaintRuleStatus conditions:1:[]meta/v1.Condition:e
resource/v1.DeviceTaintSelector driver:2:*string:e pool:3:*string:e device:4:*string:e
resource/v1.DeviceToleration key:1:string:e operator:2:string:e value:3:string:e effect:4:string:e tolerationSeconds:5:*int64:e
resource/v1.ExactDeviceRequest deviceClassName:1:string: selectors:2:[]resource/v1.DeviceSelector:e allocationMode:3:string:e count:4:int64:e adminAccess:5:*bool:e tolerations:6:[]resource/v1.DeviceToleration:e capacity:7:*resource/v1.CapacityRequirements:e derivedAttributes:8:[]resource/v1.DeviceDerivedAttribute:e
resource/v1.NetworkDeviceData interfaceName:1:string:e ips:2:[]string:e hardwareAddress:3:string:e
resource/v1.NodeAllocatableMapping capacityKey:1:*string:e capacityMultiplier:2:*!Quantity:e deviceMultiplier:3:*!Quantity:e
resource/v1.NodeAllocatableOverhead perPod:1:*!Quantity:e perContainer:2:*!Quantity:e
resource/v1.NodeAllocatableResource mapping:3:*resource/v1.NodeAllocatableMapping:e overhead:4:*resource/v1.NodeAllocatableOverhead:e
resource/v1.OpaqueDeviceConfiguration driver:1:string: parameters:2:!RawExtension:
resource/v1.ResourceClaim metadata:1:meta/v1.ObjectMeta:e spec:2:resource/v1.ResourceClaimSpec: status:3:resource/v1.ResourceClaimStatus:e
resource/v1.ResourceClaimConsumerReference apiGroup:1:string:e resource:3:string: name:4:string: uid:5:string:
resource/v1.ResourceClaimSpec devices:1:resource/v1.DeviceClaim:
resource/v1.ResourceClaimStatus allocation:1:*resource/v1.AllocationResult:e reservedFor:2:[]resource/v1.ResourceClaimConsumerReference:e devices:4:[]resource/v1.AllocatedDeviceStatus:e
resource/v1.ResourceClaimTemplate metadata:1:meta/v1.ObjectMeta:e spec:2:resource/v1.ResourceClaimTemplateSpec:
resource/v1.ResourceClaimTemplateSpec metadata:1:meta/v1.ObjectMeta:e spec:2:resource/v1.ResourceClaimSpec:
resource/v1.ResourcePool name:1:string: generation:2:int64: resourceSliceCount:3:int64:
resource/v1.ResourceSlice metadata:1:meta/v1.ObjectMeta:e spec:2:resource/v1.ResourceSliceSpec:
resource/v1.ResourceSliceSpec driver:1:string: pool:2:resource/v1.ResourcePool: nodeName:3:*string:e nodeSelector:4:*core/v1.NodeSelector:e allNodes:5:*bool:e devices:6:[]resource/v1.Device:e perDeviceNodeSelection:7:*bool:e sharedCounters:8:[]resource/v1.CounterSet:e partitionTypeAttribute:9:*string:e skipNodeOperations:10:[]string:e
resource/v1alpha3.DeviceTaint key:1:string: value:2:string:e effect:3:string: timeAdded:4:*!Time:e
resource/v1alpha3.DeviceTaintRule metadata:1:meta/v1.ObjectMeta:e spec:2:resource/v1alpha3.DeviceTaintRuleSpec: status:3:resource/v1alpha3.DeviceTaintRuleStatus:e
resource/v1alpha3.DeviceTaintRuleSpec deviceSelector:1:*resource/v1alpha3.DeviceTaintSelector:e taint:2:resource/v1alpha3.DeviceTaint:e
resource/v1alpha3.DeviceTaintRuleStatus conditions:1:[]meta/v1.Condition:e
resource/v1alpha3.DeviceTaintSelector driver:2:*string:e pool:3:*string:e device:4:*string:e
resource/v1alpha3.PartitionTypeStatus attribute:4:string:e type:1:string:e total:2:*int32:e allocatable:3:*int32:e
resource/v1alpha3.PoolStatus driver:1:string:e poolName:2:string:e generation:9:int64: resourceSliceCount:8:*int32:e totalDevices:4:*int32:e allocatedDevices:5:*int32:e availableDevices:6:*int32:e unavailableDevices:7:*int32:e nodeName:3:*string:e validationError:10:*string:e partitionSummary:11:[]resource/v1alpha3.PartitionTypeStatus:e shareableSummary:13:*resource/v1alpha3.ShareableSummaryStatus:e
resource/v1alpha3.ResourcePoolStatusRequest metadata:1:meta/v1.ObjectMeta:e spec:2:resource/v1alpha3.ResourcePoolStatusRequestSpec: status:3:*resource/v1alpha3.ResourcePoolStatusRequestStatus:e
resource/v1alpha3.ResourcePoolStatusRequestSpec driver:1:string: poolName:2:*string:e limit:3:*int32:e defaultPartitionTypeAttribute:4:*string:e
resource/v1alpha3.ResourcePoolStatusRequestStatus poolCount:6:*int32:e pools:2:[]resource/v1alpha3.PoolStatus:e conditions:3:[]meta/v1.Condition:e
resource/v1alpha3.ShareableCapacityStatus name:1:string:e total:2:*!Quantity:e consumed:3:*!Quantity:e available:4:*!Quantity:e
resource/v1alpha3.ShareableSummaryStatus fullyAvailableDevices:1:*int32:e partiallyAvailableDevices:2:*int32:e capacity:3:[]resource/v1alpha3.ShareableCapacityStatus:e
resource/v1beta1.AllocatedDeviceStatus driver:1:string: pool:2:string: device:3:string: shareID:7:*string:e conditions:4:[]meta/v1.Condition: data:5:*!RawExtension:e networkData:6:*resource/v1beta1.NetworkDeviceData:e
resource/v1beta1.AllocationResult devices:1:resource/v1beta1.DeviceAllocationResult:e nodeSelector:3:*core/v1.NodeSelector:e allocationTimestamp:5:*!Time:e
resource/v1beta1.BasicDevice attributes:1:{}resource/v1beta1.DeviceAttribute:e capacity:2:{}resource/v1beta1.DeviceCapacity:e consumesCounters:3:[]resource/v1beta1.DeviceCounterConsumption:e nodeName:4:*string:e nodeSelector:5:*core/v1.NodeSelector:e allNodes:6:*bool:e taints:7:[]resource/v1beta1.DeviceTaint:e bindsToNode:8:*bool:e bindingConditions:9:[]string:e bindingFailureConditions:10:[]string:e allowMultipleAllocations:11:*bool:e nodeAllocatableResources:14:{}resource/v1beta1.NodeAllocatableResource:e
resource/v1beta1.CELDeviceSelector expression:1:string:
resource/v1beta1.CapacityRequestPolicy default:1:*!Quantity: validValues:3:[]!Quantity:e validRange:4:*resource/v1beta1.CapacityRequestPolicyRange:e
resource/v1beta1.CapacityRequestPolicyRange min:1:*!Quantity:e max:2:*!Quantity:e step:3:*!Quantity:e
resource/v1beta1.CapacityRequirements requests:1:{}!Quantity:e
resource/v1beta1.Counter value:1:!Quantity:
resource/v1beta1.CounterSet name:1:string: counters:2:{}resource/v1beta1.Counter:e
resource/v1beta1.Device name:1:string: basic:2:*resource/v1beta1.BasicDevice:e
resource/v1beta1.DeviceAllocationConfiguration source:1:string: requests:2:[]string:e :3:resource/v1beta1.DeviceConfiguration:i
resource/v1beta1.DeviceAllocationResult results:1:[]resource/v1beta1.DeviceRequestAllocationResult:e config:2:[]resource/v1beta1.DeviceAllocationConfiguration:e
resource/v1beta1.DeviceAttribute int:2:*int64:e bool:3:*bool:e string:4:*string:e version:5:*string:e ints:6:[]int64:e bools:7:[]bool:e strings:8:[]string:e versions:9:[]string:e
resource/v1beta1.DeviceCapacity value:1:!Quantity: requestPolicy:2:*resource/v1beta1.CapacityRequestPolicy:e
resource/v1beta1.DeviceClaim requests:1:[]resource/v1beta1.DeviceRequest: constraints:2:[]resource/v1beta1.DeviceConstraint:e config:3:[]resource/v1beta1.DeviceClaimConfiguration:e
resource/v1beta1.DeviceClaimConfiguration requests:1:[]string:e :2:resource/v1beta1.DeviceConfiguration:i
resource/v1beta1.DeviceClass metadata:1:meta/v1.ObjectMeta:e spec:2:resource/v1beta1.DeviceClassSpec:
resource/v1beta1.DeviceClassConfiguration :1:resource/v1beta1.DeviceConfiguration:i
resource/v1beta1.DeviceClassSpec selectors:1:[]resource/v1beta1.DeviceSelector:e config:2:[]resource/v1beta1.DeviceClassConfiguration:e extendedResourceName:4:*string:e
resource/v1beta1.DeviceConfiguration opaque:1:*resource/v1beta1.OpaqueDeviceConfiguration:e
resource/v1beta1.DeviceConstraint requests:1:[]string:e matchAttribute:2:*string:e distinctAttribute:3:*string:e
resource/v1beta1.DeviceCounterConsumption counterSet:1:string: counters:2:{}resource/v1beta1.Counter:e compatibilityGroups:3:[]string:e
resource/v1beta1.DeviceDerivedAttribute name:1:string: expression:2:string:
resource/v1beta1.DeviceRequest name:1:string: deviceClassName:2:string: selectors:3:[]resource/v1beta1.DeviceSelector:e allocationMode:4:string:e count:5:int64:e adminAccess:6:*bool:e firstAvailable:7:[]resource/v1beta1.DeviceSubRequest:e tolerations:8:[]resource/v1beta1.DeviceToleration:e capacity:9:*resource/v1beta1.CapacityRequirements:e derivedAttributes:10:[]resource/v1beta1.DeviceDerivedAttribute:e
resource/v1beta1.DeviceRequestAllocationResult request:1:string: driver:2:string: pool:3:string: device:4:string: adminAccess:5:*bool:e tolerations:6:[]resource/v1beta1.DeviceToleration:e bindingConditions:7:[]string:e bindingFailureConditions:8:[]string:e shareID:9:*string:e consumedCapacity:10:{}!Quantity:e skipNodeOperations:11:[]string:e
resource/v1beta1.DeviceSelector cel:1:*resource/v1beta1.CELDeviceSelector:e
resource/v1beta1.DeviceSubRequest name:1:string: deviceClassName:2:string: selectors:3:[]resource/v1beta1.DeviceSelector:e allocationMode:4:string:e count:5:int64:e tolerations:7:[]resource/v1beta1.DeviceToleration:e capacity:8:*resource/v1beta1.CapacityRequirements:e derivedAttributes:9:[]resource/v1beta1.DeviceDerivedAttribute:e
resource/v1beta1.DeviceTaint key:1:string: value:2:string:e effect:3:string: timeAdded:4:*!Time:e
resource/v1beta1.DeviceToleration key:1:string:e operator:2:string:e value:3:string:e effect:4:string:e tolerationSeconds:5:*int64:e
resource/v1beta1.NetworkDeviceData interfaceName:1:string:e ips:2:[]string:e hardwareAddress:3:string:e
resource/v1beta1.NodeAllocatableMapping capacityKey:1:*string:e capacityMultiplier:2:*!Quantity:e deviceMultiplier:3:*!Quantity:e
resource/v1beta1.NodeAllocatableOverhead perPod:1:*!Quantity:e perContainer:2:*!Quantity:e
resource/v1beta1.NodeAllocatableResource mapping:3:*resource/v1beta1.NodeAllocatableMapping:e overhead:4:*resource/v1beta1.NodeAllocatableOverhead:e
resource/v1beta1.OpaqueDeviceConfiguration driver:1:string: parameters:2:!RawExtension:
resource/v1beta1.ResourceClaim metadata:1:meta/v1.ObjectMeta:e spec:2:resource/v1beta1.ResourceClaimSpec: status:3:resource/v1beta1.ResourceClaimStatus:e
resource/v1beta1.ResourceClaimConsumerReference apiGroup:1:string:e resource:3:string: name:4:string: uid:5:string:
resource/v1beta1.ResourceClaimSpec devices:1:resource/v1beta1.DeviceClaim:
resource/v1beta1.ResourceClaimStatus allocation:1:*resource/v1beta1.AllocationResult:e reservedFor:2:[]resource/v1beta1.ResourceClaimConsumerReference:e devices:4:[]resource/v1beta1.AllocatedDeviceStatus:e
resource/v1beta1.ResourceClaimTemplate metadata:1:meta/v1.ObjectMeta:e spec:2:resource/v1beta1.ResourceClaimTemplateSpec:
resource/v1beta1.ResourceClaimTemplateSpec metadata:1:meta/v1.ObjectMeta:e spec:2:resource/v1beta1.ResourceClaimSpec:
resource/v1beta1.ResourcePool name:1:string: generation:2:int64: resourceSliceCount:3:int64:
resource/v1beta1.ResourceSlice metadata:1:meta/v1.ObjectMeta:e spec:2:resource/v1beta1.ResourceSliceSpec:
resource/v1beta1.ResourceSliceSpec driver:1:string: pool:2:resource/v1beta1.ResourcePool: nodeName:3:string:e nodeSelector:4:*core/v1.NodeSelector:e allNodes:5:bool:e devices:6:[]resource/v1beta1.Device:e perDeviceNodeSelection:7:*bool:e sharedCounters:8:[]resource/v1beta1.CounterSet:e partitionTypeAttribute:9:*string:e skipNodeOperations:10:[]string:e
resource/v1beta2.AllocatedDeviceStatus driver:1:string: pool:2:string: device:3:string: shareID:7:*string:e conditions:4:[]meta/v1.Condition: data:5:*!RawExtension:e networkData:6:*resource/v1beta2.NetworkDeviceData:e
resource/v1beta2.AllocationResult devices:1:resource/v1beta2.DeviceAllocationResult:e nodeSelector:3:*core/v1.NodeSelector:e allocationTimestamp:5:*!Time:e
resource/v1beta2.CELDeviceSelector expression:1:string:
resource/v1beta2.CapacityRequestPolicy default:1:*!Quantity: validValues:3:[]!Quantity:e validRange:4:*resource/v1beta2.CapacityRequestPolicyRange:e
resource/v1beta2.CapacityRequestPolicyRange min:1:*!Quantity:e max:2:*!Quantity:e step:3:*!Quantity:e
resource/v1beta2.CapacityRequirements requests:1:{}!Quantity:e
resource/v1beta2.Counter value:1:!Quantity:
resource/v1beta2.CounterSet name:1:string: counters:2:{}resource/v1beta2.Counter:e
resource/v1beta2.Device name:1:string: attributes:2:{}resource/v1beta2.DeviceAttribute:e capacity:3:{}resource/v1beta2.DeviceCapacity:e consumesCounters:4:[]resource/v1beta2.DeviceCounterConsumption:e nodeName:5:*string:e nodeSelector:6:*core/v1.NodeSelector:e allNodes:7:*bool:e taints:8:[]resource/v1beta2.DeviceTaint:e bindsToNode:9:*bool:e bindingConditions:10:[]string:e bindingFailureConditions:11:[]string:e allowMultipleAllocations:12:*bool:e nodeAllocatableResources:14:{}resource/v1beta2.NodeAllocatableResource:e
resource/v1beta2.DeviceAllocationConfiguration source:1:string: requests:2:[]string:e :3:resource/v1beta2.DeviceConfiguration:i
resource/v1beta2.DeviceAllocationResult results:1:[]resource/v1beta2.DeviceRequestAllocationResult:e config:2:[]resource/v1beta2.DeviceAllocationConfiguration:e
resource/v1beta2.DeviceAttribute int:2:*int64:e bool:3:*bool:e string:4:*string:e version:5:*string:e ints:6:[]int64:e bools:7:[]bool:e strings:8:[]string:e versions:9:[]string:e
resource/v1beta2.DeviceCapacity value:1:!Quantity: requestPolicy:2:*resource/v1beta2.CapacityRequestPolicy:e
resource/v1beta2.DeviceClaim requests:1:[]resource/v1beta2.DeviceRequest: constraints:2:[]resource/v1beta2.DeviceConstraint:e config:3:[]resource/v1beta2.DeviceClaimConfiguration:e
resource/v1beta2.DeviceClaimConfiguration requests:1:[]string:e :2:resource/v1beta2.DeviceConfiguration:i
resource/v1beta2.DeviceClass metadata:1:meta/v1.ObjectMeta:e spec:2:resource/v1beta2.DeviceClassSpec:
resource/v1beta2.DeviceClassConfiguration :1:resource/v1beta2.DeviceConfiguration:i
resource/v1beta2.DeviceClassSpec selectors:1:[]resource/v1beta2.DeviceSelector:e config:2:[]resource/v1beta2.DeviceClassConfiguration:e extendedResourceName:4:*string:e
resource/v1beta2.DeviceConfiguration opaque:1:*resource/v1beta2.OpaqueDeviceConfiguration:e
resource/v1beta2.DeviceConstraint requests:1:[]string:e matchAttribute:2:*string:e distinctAttribute:3:*string:e
resource/v1beta2.DeviceCounterConsumption counterSet:1:string: counters:2:{}resource/v1beta2.Counter:e compatibilityGroups:3:[]string:e
resource/v1beta2.DeviceDerivedAttribute name:1:string: expression:2:string:
resource/v1beta2.DeviceRequest name:1:string: exactly:2:*resource/v1beta2.ExactDeviceRequest:e firstAvailable:3:[]resource/v1beta2.DeviceSubRequest:e
resource/v1beta2.DeviceRequestAllocationResult request:1:string: driver:2:string: pool:3:string: device:4:string: adminAccess:5:*bool:e tolerations:6:[]resource/v1beta2.DeviceToleration:e bindingConditions:7:[]string:e bindingFailureConditions:8:[]string:e shareID:9:*string:e consumedCapacity:10:{}!Quantity:e skipNodeOperations:11:[]string:e
resource/v1beta2.DeviceSelector cel:1:*resource/v1beta2.CELDeviceSelector:e
resource/v1beta2.DeviceSubRequest name:1:string: deviceClassName:2:string: selectors:3:[]resource/v1beta2.DeviceSelector:e allocationMode:4:string:e count:5:int64:e tolerations:6:[]resource/v1beta2.DeviceToleration:e capacity:7:*resource/v1beta2.CapacityRequirements:e derivedAttributes:8:[]resource/v1beta2.DeviceDerivedAttribute:e
resource/v1beta2.DeviceTaint key:1:string: value:2:string:e effect:3:string: timeAdded:4:*!Time:e
resource/v1beta2.DeviceTaintRule metadata:1:meta/v1.ObjectMeta:e spec:2:resource/v1beta2.DeviceTaintRuleSpec: status:3:resource/v1beta2.DeviceTaintRuleStatus:e
resource/v1beta2.DeviceTaintRuleSpec deviceSelector:1:*resource/v1beta2.DeviceTaintSelector:e taint:2:resource/v1beta2.DeviceTaint:e
resource/v1beta2.DeviceTaintRuleStatus conditions:1:[]meta/v1.Condition:e
resource/v1beta2.DeviceTaintSelector driver:2:*string:e pool:3:*string:e device:4:*string:e
resource/v1beta2.DeviceToleration key:1:string:e operator:2:string:e value:3:string:e effect:4:string:e tolerationSeconds:5:*int64:e
resource/v1beta2.ExactDeviceRequest deviceClassName:1:string: selectors:2:[]resource/v1beta2.DeviceSelector:e allocationMode:3:string:e count:4:int64:e adminAccess:5:*bool:e tolerations:6:[]resource/v1beta2.DeviceToleration:e capacity:7:*resource/v1beta2.CapacityRequirements:e derivedAttributes:8:[]resource/v1beta2.DeviceDerivedAttribute:e
resource/v1beta2.NetworkDeviceData interfaceName:1:string:e ips:2:[]string:e hardwareAddress:3:string:e
resource/v1beta2.NodeAllocatableMapping capacityKey:1:*string:e capacityMultiplier:2:*!Quantity:e deviceMultiplier:3:*!Quantity:e
resource/v1beta2.NodeAllocatableOverhead perPod:1:*!Quantity:e perContainer:2:*!Quantity:e
resource/v1beta2.NodeAllocatableResource mapping:3:*resource/v1beta2.NodeAllocatableMapping:e overhead:4:*resource/v1beta2.NodeAllocatableOverhead:e
resource/v1beta2.OpaqueDeviceConfiguration driver:1:string: parameters:2:!RawExtension:
resource/v1beta2.ResourceClaim metadata:1:meta/v1.ObjectMeta:e spec:2:resource/v1beta2.ResourceClaimSpec: status:3:resource/v1beta2.ResourceClaimStatus:e
resource/v1beta2.ResourceClaimConsumerReference apiGroup:1:string:e resource:3:string: name:4:string: uid:5:string:
resource/v1beta2.ResourceClaimSpec devices:1:resource/v1beta2.DeviceClaim:
resource/v1beta2.ResourceClaimStatus allocation:1:*resource/v1beta2.AllocationResult:e reservedFor:2:[]resource/v1beta2.ResourceClaimConsumerReference:e devices:4:[]resource/v1beta2.AllocatedDeviceStatus:e
resource/v1beta2.ResourceClaimTemplate metadata:1:meta/v1.ObjectMeta:e spec:2:resource/v1beta2.ResourceClaimTemplateSpec:
resource/v1beta2.ResourceClaimTemplateSpec metadata:1:meta/v1.ObjectMeta:e spec:2:resource/v1beta2.ResourceClaimSpec:
resource/v1beta2.ResourcePool name:1:string: generation:2:int64: resourceSliceCount:3:int64:
resource/v1beta2.ResourceSlice metadata:1:meta/v1.ObjectMeta:e spec:2:resource/v1beta2.ResourceSliceSpec:
resource/v1beta2.ResourceSliceSpec driver:1:string: pool:2:resource/v1beta2.ResourcePool: nodeName:3:*string:e nodeSelector:4:*core/v1.NodeSelector:e allNodes:5:*bool:e devices:6:[]resource/v1beta2.Device:e perDeviceNodeSelection:7:*bool:e sharedCounters:8:[]resource/v1beta2.CounterSet:e partitionTypeAttribute:9:*string:e skipNodeOperations:10:[]string:e
scheduling/v1.PriorityClass metadata:1:meta/v1.ObjectMeta:e value:2:int32: globalDefault:3:bool:e description:4:string:e preemptionPolicy:5:*string:e
scheduling/v1alpha3.AllCompositeDisruptionMode
scheduling/v1alpha3.AllDisruptionMode
scheduling/v1alpha3.BasicSchedulingPolicy
scheduling/v1alpha3.CompositeBasicSchedulingPolicy
scheduling/v1alpha3.CompositeDisruptionMode single:1:*scheduling/v1alpha3.SingleCompositeDisruptionMode:e all:2:*scheduling/v1alpha3.AllCompositeDisruptionMode:e
scheduling/v1alpha3.CompositeGangSchedulingPolicy minGroupCount:1:int32:
scheduling/v1alpha3.CompositePodGroup metadata:1:meta/v1.ObjectMeta:e spec:2:scheduling/v1alpha3.CompositePodGroupSpec: status:3:scheduling/v1alpha3.CompositePodGroupStatus:e
scheduling/v1alpha3.CompositePodGroupSchedulingConstraints topology:1:[]scheduling/v1alpha3.TopologyConstraint:e
scheduling/v1alpha3.CompositePodGroupSchedulingPolicy basic:1:*scheduling/v1alpha3.CompositeBasicSchedulingPolicy:e gang:2:*scheduling/v1alpha3.CompositeGangSchedulingPolicy:e
scheduling/v1alpha3.CompositePodGroupSpec parentCompositePodGroupName:1:*string:e workloadRef:2:*scheduling/v1alpha3.WorkloadReference: schedulingPolicy:3:scheduling/v1alpha3.CompositePodGroupSchedulingPolicy: schedulingConstraints:4:*scheduling/v1alpha3.CompositePodGroupSchedulingConstraints:e disruptionMode:5:*scheduling/v1alpha3.CompositeDisruptionMode:e priorityClassName:6:string:e priority:7:*int32:e preemptionPolicy:8:*string:e
scheduling/v1alpha3.CompositePodGroupStatus conditions:1:[]meta/v1.Condition:e
scheduling/v1alpha3.CompositePodGroupTemplate name:1:string: schedulingPolicy:2:scheduling/v1alpha3.CompositePodGroupSchedulingPolicy: schedulingConstraints:3:*scheduling/v1alpha3.CompositePodGroupSchedulingConstraints:e disruptionMode:4:*scheduling/v1alpha3.CompositeDisruptionMode:e priorityClassName:5:string:e priority:6:*int32:e preemptionPolicy:7:*string:e podGroupTemplates:8:[]scheduling/v1alpha3.PodGroupTemplate:e compositePodGroupTemplates:9:[]scheduling/v1alpha3.CompositePodGroupTemplate:e
scheduling/v1alpha3.DisruptionMode single:1:*scheduling/v1alpha3.SingleDisruptionMode:e all:2:*scheduling/v1alpha3.AllDisruptionMode:e
scheduling/v1alpha3.GangSchedulingPolicy minCount:1:int32:
scheduling/v1alpha3.PodGroup metadata:1:meta/v1.ObjectMeta:e spec:2:scheduling/v1alpha3.PodGroupSpec: status:3:scheduling/v1alpha3.PodGroupStatus:e
scheduling/v1alpha3.PodGroupResourceClaim name:1:string: resourceClaimName:2:*string:e resourceClaimTemplateName:3:*string:e
scheduling/v1alpha3.PodGroupResourceClaimStatus name:1:string: resourceClaimName:2:*string:e
scheduling/v1alpha3.PodGroupSchedulingConstraints topology:1:[]scheduling/v1alpha3.TopologyConstraint:e
scheduling/v1alpha3.PodGroupSchedulingPolicy basic:1:*scheduling/v1alpha3.BasicSchedulingPolicy:e gang:2:*scheduling/v1alpha3.GangSchedulingPolicy:e
scheduling/v1alpha3.PodGroupSpec parentCompositePodGroupName:1:*string:e workloadRef:2:*scheduling/v1alpha3.WorkloadReference:e schedulingPolicy:3:scheduling/v1alpha3.PodGroupSchedulingPolicy: schedulingConstraints:4:*scheduling/v1alpha3.PodGroupSchedulingConstraints:e resourceClaims:5:[]scheduling/v1alpha3.PodGroupResourceClaim:e disruptionMode:6:*scheduling/v1alpha3.DisruptionMode:e priorityClassName:7:string:e priority:8:*int32:e preemptionPolicy:9:*string:e
scheduling/v1alpha3.PodGroupStatus conditions:1:[]meta/v1.Condition:e resourceClaimStatuses:2:[]scheduling/v1alpha3.PodGroupResourceClaimStatus:e
scheduling/v1alpha3.PodGroupTemplate name:1:string: schedulingPolicy:2:scheduling/v1alpha3.PodGroupSchedulingPolicy: schedulingConstraints:3:*scheduling/v1alpha3.PodGroupSchedulingConstraints: resourceClaims:4:[]scheduling/v1alpha3.PodGroupResourceClaim:e disruptionMode:5:*scheduling/v1alpha3.DisruptionMode:e priorityClassName:6:string:e priority:7:*int32:e preemptionPolicy:8:*string:e
scheduling/v1alpha3.SingleCompositeDisruptionMode
scheduling/v1alpha3.SingleDisruptionMode
scheduling/v1alpha3.TopologyConstraint key:1:string:
scheduling/v1alpha3.TypedLocalObjectReference apiGroup:1:string:e kind:2:string: name:3:string:
scheduling/v1alpha3.Workload metadata:1:meta/v1.ObjectMeta:e spec:2:scheduling/v1alpha3.WorkloadSpec:
scheduling/v1alpha3.WorkloadPodGroupAllDisruptionMode
scheduling/v1alpha3.WorkloadPodGroupBasicSchedulingPolicy
scheduling/v1alpha3.WorkloadPodGroupDisruptionMode single:1:*scheduling/v1alpha3.WorkloadPodGroupSingleDisruptionMode:e all:2:*scheduling/v1alpha3.WorkloadPodGroupAllDisruptionMode:e
scheduling/v1alpha3.WorkloadPodGroupGangSchedulingPolicy minCount:1:*int32:e
scheduling/v1alpha3.WorkloadPodGroupResourceClaim name:1:string: resourceClaimName:2:*string:e resourceClaimTemplateName:3:*string:e
scheduling/v1alpha3.WorkloadPodGroupSchedulingConstraints topology:1:[]scheduling/v1alpha3.TopologyConstraint:e
scheduling/v1alpha3.WorkloadPodGroupSchedulingPolicy basic:1:*scheduling/v1alpha3.WorkloadPodGroupBasicSchedulingPolicy:e gang:2:*scheduling/v1alpha3.WorkloadPodGroupGangSchedulingPolicy:e
scheduling/v1alpha3.WorkloadPodGroupSingleDisruptionMode
scheduling/v1alpha3.WorkloadReference workloadName:1:string: templateName:2:string:
scheduling/v1alpha3.WorkloadSpec controllerRef:1:*scheduling/v1alpha3.TypedLocalObjectReference:e podGroupTemplates:2:[]scheduling/v1alpha3.PodGroupTemplate: compositePodGroupTemplates:3:[]scheduling/v1alpha3.CompositePodGroupTemplate:e
scheduling/v1beta1.AllCompositeDisruptionMode
scheduling/v1beta1.AllDisruptionMode
scheduling/v1beta1.BasicSchedulingPolicy
scheduling/v1beta1.CompositeBasicSchedulingPolicy
scheduling/v1beta1.CompositeDisruptionMode single:1:*scheduling/v1beta1.SingleCompositeDisruptionMode:e all:2:*scheduling/v1beta1.AllCompositeDisruptionMode:e
scheduling/v1beta1.CompositeGangSchedulingPolicy minGroupCount:1:int32:
scheduling/v1beta1.CompositePodGroupSchedulingConstraints topology:1:[]scheduling/v1beta1.TopologyConstraint:e
scheduling/v1beta1.CompositePodGroupSchedulingPolicy basic:1:*scheduling/v1beta1.CompositeBasicSchedulingPolicy:e gang:2:*scheduling/v1beta1.CompositeGangSchedulingPolicy:e
scheduling/v1beta1.CompositePodGroupTemplate name:1:string: schedulingPolicy:2:scheduling/v1beta1.CompositePodGroupSchedulingPolicy: schedulingConstraints:3:*scheduling/v1beta1.CompositePodGroupSchedulingConstraints:e disruptionMode:4:*scheduling/v1beta1.CompositeDisruptionMode:e priorityClassName:5:string:e priority:6:*int32:e preemptionPolicy:7:*string:e podGroupTemplates:8:[]scheduling/v1beta1.PodGroupTemplate:e compositePodGroupTemplates:9:[]scheduling/v1beta1.CompositePodGroupTemplate:e
scheduling/v1beta1.DisruptionMode single:1:*scheduling/v1beta1.SingleDisruptionMode:e all:2:*scheduling/v1beta1.AllDisruptionMode:e
scheduling/v1beta1.GangSchedulingPolicy minCount:1:int32:
scheduling/v1beta1.PodGroup metadata:1:meta/v1.ObjectMeta:e spec:2:scheduling/v1beta1.PodGroupSpec: status:3:scheduling/v1beta1.PodGroupStatus:e
scheduling/v1beta1.PodGroupResourceClaim name:1:string: resourceClaimName:2:*string:e resourceClaimTemplateName:3:*string:e
scheduling/v1beta1.PodGroupResourceClaimStatus name:1:string: resourceClaimName:2:*string:e
scheduling/v1beta1.PodGroupSchedulingConstraints topology:1:[]scheduling/v1beta1.TopologyConstraint:e
scheduling/v1beta1.PodGroupSchedulingPolicy basic:1:*scheduling/v1beta1.BasicSchedulingPolicy:e gang:2:*scheduling/v1beta1.GangSchedulingPolicy:e
scheduling/v1beta1.PodGroupSpec parentCompositePodGroupName:1:*string:e workloadRef:2:*scheduling/v1beta1.WorkloadReference:e schedulingPolicy:3:scheduling/v1beta1.PodGroupSchedulingPolicy: schedulingConstraints:4:*scheduling/v1beta1.PodGroupSchedulingConstraints:e resourceClaims:5:[]scheduling/v1beta1.PodGroupResourceClaim:e disruptionMode:6:*scheduling/v1beta1.DisruptionMode:e priorityClassName:7:string:e priority:8:*int32:e preemptionPolicy:9:*string:e
scheduling/v1beta1.PodGroupStatus conditions:1:[]meta/v1.Condition:e resourceClaimStatuses:2:[]scheduling/v1beta1.PodGroupResourceClaimStatus:e
scheduling/v1beta1.PodGroupTemplate name:1:string: schedulingPolicy:2:scheduling/v1beta1.PodGroupSchedulingPolicy: schedulingConstraints:3:*scheduling/v1beta1.PodGroupSchedulingConstraints: resourceClaims:4:[]scheduling/v1beta1.PodGroupResourceClaim:e disruptionMode:5:*scheduling/v1beta1.DisruptionMode:e priorityClassName:6:string:e priority:7:*int32:e preemptionPolicy:8:*string:e
scheduling/v1beta1.PriorityClass metadata:1:meta/v1.ObjectMeta:e value:2:int32: globalDefault:3:bool:e description:4:string:e preemptionPolicy:5:*string:e
scheduling/v1beta1.SingleCompositeDisruptionMode
scheduling/v1beta1.SingleDisruptionMode
scheduling/v1beta1.TopologyConstraint key:1:string:
scheduling/v1beta1.TypedLocalObjectReference apiGroup:1:string:e kind:2:string: name:3:string:
scheduling/v1beta1.Workload metadata:1:meta/v1.ObjectMeta:e spec:2:scheduling/v1beta1.WorkloadSpec:
scheduling/v1beta1.WorkloadReference workloadName:1:string: templateName:2:string:
scheduling/v1beta1.WorkloadSpec controllerRef:1:*scheduling/v1beta1.TypedLocalObjectReference:e podGroupTemplates:2:[]scheduling/v1beta1.PodGroupTemplate: compositePodGroupTemplates:3:[]scheduling/v1beta1.CompositePodGroupTemplate:e
storage/v1.CSIDriver metadata:1:meta/v1.ObjectMeta:e spec:2:storage/v1.CSIDriverSpec:
storage/v1.CSIDriverSpec attachRequired:1:*bool:e podInfoOnMount:2:*bool:e volumeLifecycleModes:3:[]string:e storageCapacity:4:*bool:e fsGroupPolicy:5:*string:e tokenRequests:6:[]storage/v1.TokenRequest:e requiresRepublish:7:*bool:e seLinuxMount:8:*bool:e nodeAllocatableUpdatePeriodSeconds:9:*int64:e serviceAccountTokenInSecrets:10:*bool:e preventPodSchedulingIfMissing:11:*bool:e
storage/v1.CSINode metadata:1:meta/v1.ObjectMeta:e spec:2:storage/v1.CSINodeSpec: status:3:storage/v1.CSINodeStatus:e
storage/v1.CSINodeDriver name:1:string: nodeID:2:string: topologyKeys:3:[]string: allocatable:4:*storage/v1.VolumeNodeResources:e
storage/v1.CSINodeSpec drivers:1:[]storage/v1.CSINodeDriver:
storage/v1.CSINodeStatus storageHealth:1:[]storage/v1.StorageHealth:e
storage/v1.CSIStorageCapacity metadata:1:meta/v1.ObjectMeta:e nodeTopology:2:*meta/v1.LabelSelector:e storageClassName:3:string: capacity:4:*!Quantity:e maximumVolumeSize:5:*!Quantity:e
storage/v1.StorageClass metadata:1:meta/v1.ObjectMeta:e provisioner:2:string: parameters:3:{}string:e reclaimPolicy:4:*string:e mountOptions:5:[]string:e allowVolumeExpansion:6:*bool:e volumeBindingMode:7:*string:e allowedTopologies:8:[]core/v1.TopologySelectorTerm:e
storage/v1.StorageHealth name:1:string: healthConditions:2:[]storage/v1.StorageHealthCondition:e
storage/v1.StorageHealthCondition status:1:string: reason:2:string: message:3:string:e accessMode:4:*string:e volumeMode:5:*string:e lastTransitionTime:6:!Time:e
storage/v1.TokenRequest audience:1:string: expirationSeconds:2:*int64:e
storage/v1.VolumeAttachment metadata:1:meta/v1.ObjectMeta:e spec:2:storage/v1.VolumeAttachmentSpec: status:3:storage/v1.VolumeAttachmentStatus:e
storage/v1.VolumeAttachmentSource persistentVolumeName:1:*string:e inlineVolumeSpec:2:*core/v1.PersistentVolumeSpec:e
storage/v1.VolumeAttachmentSpec attacher:1:string: source:2:storage/v1.VolumeAttachmentSource: nodeName:3:string:
storage/v1.VolumeAttachmentStatus attached:1:bool: attachmentMetadata:2:{}string:e attachError:3:*storage/v1.VolumeError:e detachError:4:*storage/v1.VolumeError:e
storage/v1.VolumeAttributesClass metadata:1:meta/v1.ObjectMeta:e driverName:2:string: parameters:3:{}string:e
storage/v1.VolumeError time:1:!Time:e message:2:string:e errorCode:3:*int32:e
storage/v1.VolumeNodeResources count:1:*int32:e
storage/v1alpha1.CSIStorageCapacity metadata:1:meta/v1.ObjectMeta:e nodeTopology:2:*meta/v1.LabelSelector:e storageClassName:3:string: capacity:4:*!Quantity:e maximumVolumeSize:5:*!Quantity:e
storage/v1alpha1.VolumeAttachment metadata:1:meta/v1.ObjectMeta:e spec:2:storage/v1alpha1.VolumeAttachmentSpec: status:3:storage/v1alpha1.VolumeAttachmentStatus:e
storage/v1alpha1.VolumeAttachmentSource persistentVolumeName:1:*string:e inlineVolumeSpec:2:*core/v1.PersistentVolumeSpec:e
storage/v1alpha1.VolumeAttachmentSpec attacher:1:string: source:2:storage/v1alpha1.VolumeAttachmentSource: nodeName:3:string:
storage/v1alpha1.VolumeAttachmentStatus attached:1:bool: attachmentMetadata:2:{}string:e attachError:3:*storage/v1alpha1.VolumeError:e detachError:4:*storage/v1alpha1.VolumeError:e
storage/v1alpha1.VolumeAttributesClass metadata:1:meta/v1.ObjectMeta:e driverName:2:string: parameters:3:{}string:e
storage/v1alpha1.VolumeError time:1:!Time:e message:2:string:e errorCode:3:*int32:e
storage/v1beta1.CSIDriver metadata:1:meta/v1.ObjectMeta:e spec:2:storage/v1beta1.CSIDriverSpec:
storage/v1beta1.CSIDriverSpec attachRequired:1:*bool:e podInfoOnMount:2:*bool:e volumeLifecycleModes:3:[]string:e storageCapacity:4:*bool:e fsGroupPolicy:5:*string:e tokenRequests:6:[]storage/v1beta1.TokenRequest:e requiresRepublish:7:*bool:e seLinuxMount:8:*bool:e nodeAllocatableUpdatePeriodSeconds:9:*int64:e serviceAccountTokenInSecrets:10:*bool:e preventPodSchedulingIfMissing:11:*bool:e
storage/v1beta1.CSINode metadata:1:meta/v1.ObjectMeta:e spec:2:storage/v1beta1.CSINodeSpec: status:3:storage/v1beta1.CSINodeStatus:e
storage/v1beta1.CSINodeDriver name:1:string: nodeID:2:string: topologyKeys:3:[]string: allocatable:4:*storage/v1beta1.VolumeNodeResources:e
storage/v1beta1.CSINodeSpec drivers:1:[]storage/v1beta1.CSINodeDriver:
storage/v1beta1.CSINodeStatus storageHealth:1:[]storage/v1beta1.StorageHealth:e
storage/v1beta1.CSIStorageCapacity metadata:1:meta/v1.ObjectMeta:e nodeTopology:2:*meta/v1.LabelSelector:e storageClassName:3:string: capacity:4:*!Quantity:e maximumVolumeSize:5:*!Quantity:e
storage/v1beta1.StorageClass metadata:1:meta/v1.ObjectMeta:e provisioner:2:string: parameters:3:{}string:e reclaimPolicy:4:*string:e mountOptions:5:[]string:e allowVolumeExpansion:6:*bool:e volumeBindingMode:7:*string:e allowedTopologies:8:[]core/v1.TopologySelectorTerm:e
storage/v1beta1.StorageHealth name:1:string: healthConditions:2:[]storage/v1beta1.StorageHealthCondition:e
storage/v1beta1.StorageHealthCondition status:1:string: reason:2:string: message:3:string:e accessMode:4:*string:e volumeMode:5:*string:e lastTransitionTime:6:!Time:e
storage/v1beta1.TokenRequest audience:1:string: expirationSeconds:2:*int64:e
storage/v1beta1.VolumeAttachment metadata:1:meta/v1.ObjectMeta:e spec:2:storage/v1beta1.VolumeAttachmentSpec: status:3:storage/v1beta1.VolumeAttachmentStatus:e
storage/v1beta1.VolumeAttachmentSource persistentVolumeName:1:*string:e inlineVolumeSpec:2:*core/v1.PersistentVolumeSpec:e
storage/v1beta1.VolumeAttachmentSpec attacher:1:string: source:2:storage/v1beta1.VolumeAttachmentSource: nodeName:3:string:
storage/v1beta1.VolumeAttachmentStatus attached:1:bool: attachmentMetadata:2:{}string:e attachError:3:*storage/v1beta1.VolumeError:e detachError:4:*storage/v1beta1.VolumeError:e
storage/v1beta1.VolumeAttributesClass metadata:1:meta/v1.ObjectMeta:e driverName:2:string: parameters:3:{}string:e
storage/v1beta1.VolumeError time:1:!Time:e message:2:string:e errorCode:3:*int32:e
storage/v1beta1.VolumeNodeResources count:1:*int32:e
storagemigration/v1.StorageVersionMigration metadata:1:meta/v1.ObjectMeta:e spec:2:storagemigration/v1.StorageVersionMigrationSpec:e status:3:storagemigration/v1.StorageVersionMigrationStatus:e
storagemigration/v1.StorageVersionMigrationSpec resource:1:meta/v1.GroupResource:
storagemigration/v1.StorageVersionMigrationStatus conditions:1:[]meta/v1.Condition:e resourceVersion:2:string:e
storagemigration/v1beta1.StorageVersionMigration metadata:1:meta/v1.ObjectMeta:e spec:2:storagemigration/v1beta1.StorageVersionMigrationSpec:e status:3:storagemigration/v1beta1.StorageVersionMigrationStatus:e
storagemigration/v1beta1.StorageVersionMigrationSpec resource:1:meta/v1.GroupResource:
storagemigration/v1beta1.StorageVersionMigrationStatus conditions:1:[]meta/v1.Condition:e resourceVersion:2:string:e`;
