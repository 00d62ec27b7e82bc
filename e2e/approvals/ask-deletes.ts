// SPDX-License-Identifier: Apache-2.0

/** A rule of policies: deletes of ConfigMaps wait for one of the approvers. */
export const ASK_DELETES = `@id("ask-deletes")
@reason("A person looks at what is deleted.")
@approval("approvers")
forbid (principal is Agent, action == Action::"delete", resource)
when { resource.resource == "configmaps" };
`;
