# SPDX-License-Identifier: Apache-2.0
"""Does what programs do that are made with the Python client, and prints what it sees."""

import argparse
import json
import os
import sys

from kubernetes import client, config, watch
from kubernetes.client.exceptions import ApiException
from kubernetes.dynamic import DynamicClient
from kubernetes.stream import portforward, stream

POD = "ports"
ECHO = 8080
BYTES = 200_000
STDIN = 0
MERGE = "application/merge-patch+json"


def connected():
    """A client of the kubeconfig. Whom that impersonates the Python client does not read."""
    config.load_kube_config()
    with open(os.environ["KUBECONFIG"], encoding="utf-8") as file:
        user = json.load(file)["users"][0]["user"]
    api = client.ApiClient()
    if "as" in user:
        api.set_default_header("Impersonate-User", user["as"])
    return api


def show(what, value):
    text = json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False)
    sys.stdout.write(f"{what}: {text}\n")


def refusal(call, *args, **kwargs):
    """What a call that must fail was answered."""
    try:
        call(*args, **kwargs)
    except ApiException as error:
        return {"status": error.status, "reason": error.reason, "says": json.loads(error.body)}
    raise TypeError("the call did not fail")


class Work:
    def __init__(self, namespace):
        self.namespace = namespace
        self.api = connected()
        self.core = client.CoreV1Api(self.api)

    def show(self, what, value):
        show(what, self.api.sanitize_for_serialization(value))

    def typed(self):
        core, namespace = self.core, self.namespace
        metadata = client.V1ObjectMeta(name="typed")
        body = client.V1ConfigMap(metadata=metadata, data={"a": "ü"}, binary_data={"b": "AP8="})
        made = core.create_namespaced_config_map(namespace, body)
        self.show("created", made)
        show("created twice", refusal(core.create_namespaced_config_map, namespace, body))
        made.data["a"] = "b"
        self.show("replaced", core.replace_namespaced_config_map("typed", namespace, made))
        show("a conflict", refusal(core.replace_namespaced_config_map, "typed", namespace, made)["status"])
        self.show("deleted", core.delete_namespaced_config_map("typed", namespace))
        show("not found", refusal(core.read_namespaced_config_map, "typed", namespace))
        self.show("secrets", core.list_namespaced_secret(namespace))
        self.show("pages", self.pages())
        apps = client.AppsV1Api(self.api)
        self.show("scale", apps.read_namespaced_deployment_scale("shop", namespace))
        none = {"spec": {"replicas": 0}}
        self.show("scaled", apps.patch_namespaced_deployment_scale("shop", namespace, none, _content_type=MERGE))

    def pages(self):
        names, token = [], None
        while True:
            page = self.core.list_namespaced_config_map(self.namespace, limit=2, _continue=token)
            names.append([item.metadata.name for item in page.items])
            token = page.metadata._continue
            if not token:
                return names

    def patched(self):
        core, namespace = self.core, self.namespace
        patch = core.patch_namespaced_config_map
        core.create_namespaced_config_map(namespace, {"metadata": {"name": "patched"}, "data": {"a": "1"}})
        self.show("json", patch("patched", namespace, [{"op": "add", "path": "/data/c", "value": "3"}]))
        strategic = "application/strategic-merge-patch+json"
        self.show("strategic", patch("patched", namespace, {"data": {"b": "2"}}, _content_type=strategic))
        self.show("merge", patch("patched", namespace, {"data": {"a": None}}, _content_type=MERGE))
        whole = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "patched"}, "data": {"d": "4"}}
        apply = {"_content_type": "application/apply-patch+yaml", "field_manager": "probe"}
        self.show("apply", patch("patched", namespace, whole, **apply))
        nothing = [{"op": "test", "path": "/data/c", "value": "none"}]
        show("a test that fails", refusal(patch, "patched", namespace, nothing)["status"])
        core.delete_namespaced_config_map("patched", namespace)

    def dynamic(self):
        cache = os.path.join(os.environ["HOME"], "discovery.json")
        found = DynamicClient(self.api, cache_file=cache)
        maps = found.resources.get(api_version="v1", kind="ConfigMap")
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "dynamic"}, "data": {"a": "1"}}
        show("created", maps.create(body=body, namespace=self.namespace).to_dict())
        applied = maps.server_side_apply(body=body, namespace=self.namespace, field_manager="probe")
        show("applied", applied.to_dict())
        show("read", maps.get(name="dynamic", namespace=self.namespace).to_dict())
        secrets = found.resources.get(api_version="v1", kind="Secret")
        show("secrets", secrets.get(namespace=self.namespace).to_dict())
        show("deleted", maps.delete(name="dynamic", namespace=self.namespace).to_dict())

    def watched(self):
        core, namespace = self.core, self.namespace
        only = {"field_selector": "metadata.name=watched"}
        version = core.list_namespaced_config_map(namespace, **only).metadata.resource_version
        core.create_namespaced_config_map(namespace, {"metadata": {"name": "watched"}})
        core.patch_namespaced_config_map("watched", namespace, {"data": {"a": "1"}})
        core.delete_namespaced_config_map("watched", namespace)
        watching = watch.Watch()
        for event in watching.stream(core.list_namespaced_config_map, namespace, resource_version=version, **only):
            show(event["type"], event["raw_object"])
            if event["type"] == "DELETED":
                watching.stop()
        show("secrets", [event["raw_object"] for event in self.events(core.list_namespaced_secret)])

    def events(self, listed):
        """What a watch tells of that begins with what is there, in a second."""
        return sorted(
            watch.Watch().stream(listed, self.namespace, timeout_seconds=1),
            key=lambda event: event["raw_object"]["metadata"]["name"],
        )

    def logs(self):
        read = self.core.read_namespaced_pod_log
        show("whole", read("talker", self.namespace))
        show("last", read("talker", self.namespace, tail_lines=1))
        show("followed", list(watch.Watch().stream(read, "talker", self.namespace)))
        show("none", refusal(read, "none", self.namespace)["status"])

    def exec(self):
        sent = "".join(str(index).rjust(8, ".") for index in range(BYTES // 8))
        session = stream(
            self.core.connect_get_namespaced_pod_exec,
            POD,
            self.namespace,
            container="main",
            command=["sh", "-c", "cat; echo problem >&2; exit 7"],
            stdin=True,
            stdout=True,
            stderr=True,
            tty=False,
            _preload_content=False,
        )
        session.write_stdin(sent)
        session.close_channel(STDIN)
        session.run_forever(timeout=60)
        show("stdout is stdin", session.read_stdout() == sent)
        show("stderr", session.read_stderr())
        show("exit code", session.returncode)
        once = stream(
            self.core.connect_get_namespaced_pod_exec,
            POD,
            self.namespace,
            command=["echo", "one", "two"],
            stdin=False,
            stdout=True,
            stderr=True,
            tty=False,
        )
        show("all of it", once)

    def forward(self):
        sent = b"".join(str(index).rjust(8, ".").encode() for index in range(1_000))
        forwarded = portforward(self.core.connect_get_namespaced_pod_portforward, POD, self.namespace, ports=str(ECHO))
        socket = forwarded.socket(ECHO)
        socket.setblocking(True)
        socket.sendall(sent)
        back = b""
        while len(back) < len(sent):
            back += socket.recv(65_536)
        socket.close()
        show("what came back is what was sent", back == sent)
        show("problem", forwarded.error(ECHO))

    def fetched(self):
        """Fetches all that a namespace has of some kinds, in every way that the client has."""
        core, apps, namespace = self.core, client.AppsV1Api(self.api), self.namespace
        self.show("secrets", core.list_namespaced_secret(namespace))
        self.show("configmaps", core.list_namespaced_config_map(namespace))
        self.show("pods", core.list_namespaced_pod(namespace))
        self.show("events", core.list_namespaced_event(namespace))
        self.show("deployments", apps.list_namespaced_deployment(namespace))
        self.show("one", core.read_namespaced_secret("keys", namespace))
        custom = client.CustomObjectsApi(self.api)
        self.show("widgets", custom.list_namespaced_custom_object("shop.example.com", "v1", namespace, "widgets"))
        cache = os.path.join(os.environ["HOME"], "discovery.json")
        sets = DynamicClient(self.api, cache_file=cache).resources.get(api_version="apps/v1", kind="ReplicaSet")
        show("any", sets.get(namespace=namespace).to_dict())
        show("watched", [event["raw_object"] for event in self.events(core.list_namespaced_secret)])


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--namespace", default="default")
    arguments.add_argument("work")
    given = arguments.parse_args()
    getattr(Work(given.namespace), given.work)()


main()
