// SPDX-License-Identifier: Apache-2.0

/** Nobody may have it of a pod behind the front. */
export const CLOSED_PORT = 2222;

/** Of the cluster behind the front, in which `shell` has sessions. */
export const OF_FRONTED = `
@id("broad") permit (principal == Agent::"bot", action, resource);

@id("sessions") permit (principal == Agent::"shell", action in [Action::"exec", Action::"attach"], resource);

@id("no-terminals") @reason("There are no terminals here.") forbid (principal, action == Action::"exec", resource)
when { context.tty } unless { context.program == "terminal" };

@id("archives") @reveal permit (principal == Agent::"shell", action == Action::"exec", resource)
when { context.program == "tar" };

@id("no-word") @reason("Anything but not that word.") forbid (principal, action == Action::"exec", resource)
when { context.argv.contains("--forbidden") };

@id("ports") @reveal permit (principal == Agent::"shell", action == Action::"portforward", resource);

@id("no-port") @reason("Any port but that one.") forbid (principal, action == Action::"portforward", resource)
when { context.port == ${CLOSED_PORT} };
`;
