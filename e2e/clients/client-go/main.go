// SPDX-License-Identifier: Apache-2.0

// Command client-go does what programs do that are made with client-go, and prints what it sees.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sort"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
)

const patience = 30 * time.Second

var (
	configMaps = schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}
	secrets    = schema.GroupVersionResource{Version: "v1", Resource: "secrets"}
)

func main() {
	namespace := flag.String("namespace", "default", "where to work")
	flag.Parse()
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	must(err)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	work := map[string]func(context.Context, *rest.Config, string){
		"typed":    typed,
		"dynamic":  dynamically,
		"metadata": metadataOnly,
		"informer": informed,
		"fallback": fallingBack,
		"scale": func(_ context.Context, config *rest.Config, namespace string) {
			scaled(config, namespace, flag.Arg(1))
		},
		"exec": func(ctx context.Context, config *rest.Config, namespace string) {
			executed(ctx, config, namespace, flag.Arg(1))
		},
		"forward": func(_ context.Context, config *rest.Config, namespace string) {
			forwarded(config, namespace, flag.Arg(1))
		},

		"fetch-typed":    fetchTyped,
		"fetch-dynamic":  fetchDynamically,
		"fetch-informed": fetchInformed,
	}
	do, known := work[flag.Arg(0)]
	if !known {
		fmt.Fprintf(os.Stderr, "nobody knows how to do %q\n", flag.Arg(0))
		os.Exit(2)
	}
	do(ctx, config, *namespace)
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func show(what string, value any) {
	text, err := json.MarshalIndent(value, "", " ")
	must(err)
	fmt.Printf("%s: %s\n", what, text)
}

func typed(ctx context.Context, config *rest.Config, namespace string) {
	clients, err := kubernetes.NewForConfig(config)
	must(err)
	maps := clients.CoreV1().ConfigMaps(namespace)
	wanted := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "typed"}, Data: map[string]string{"a": "ü"}, BinaryData: map[string][]byte{"b": {0, 255}}}
	watch, err := maps.Watch(ctx, metav1.ListOptions{FieldSelector: "metadata.name=typed"})
	must(err)
	made, err := maps.Create(ctx, wanted, metav1.CreateOptions{})
	must(err)
	show("created", made)
	_, err = maps.Create(ctx, wanted, metav1.CreateOptions{})
	show("created twice", apierrors.IsAlreadyExists(err))
	made.Data["a"] = "changed"
	updated, err := maps.Update(ctx, made, metav1.UpdateOptions{})
	must(err)
	show("updated", updated)
	_, err = maps.Update(ctx, made, metav1.UpdateOptions{})
	show("a conflict", apierrors.IsConflict(err))
	patched, err := maps.Patch(ctx, "typed", types.StrategicMergePatchType, []byte(`{"data":{"c":"1"}}`), metav1.PatchOptions{})
	must(err)
	show("patched", patched)
	uid := patched.UID
	must(maps.Delete(ctx, "typed", metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &uid}}))
	for _, kind := range []string{"ADDED", "MODIFIED", "MODIFIED", "DELETED"} {
		event := <-watch.ResultChan()
		show("watched "+kind, event)
	}
	watch.Stop()
	list, err := clients.CoreV1().Secrets(namespace).List(ctx, metav1.ListOptions{Limit: 1})
	must(err)
	show("secrets", list.Items)
	_, err = clients.AppsV1().Deployments(namespace).Get(ctx, "none", metav1.GetOptions{})
	show("not found", apierrors.IsNotFound(err))
	scale, err := clients.AppsV1().Deployments(namespace).GetScale(ctx, "shop", metav1.GetOptions{})
	must(err)
	show("scale", scale)
}

func dynamically(ctx context.Context, config *rest.Config, namespace string) {
	client, err := dynamic.NewForConfig(config)
	must(err)
	maps := client.Resource(configMaps).Namespace(namespace)
	object := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "dynamic"}, "data": map[string]any{"a": "1"},
	}}
	applied, err := maps.Apply(ctx, "dynamic", object, metav1.ApplyOptions{FieldManager: "probe"})
	must(err)
	show("applied", applied)
	list, err := client.Resource(secrets).Namespace(namespace).List(ctx, metav1.ListOptions{})
	must(err)
	show("secrets", list)
	must(maps.DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{FieldSelector: "metadata.name=dynamic"}))
	_, err = maps.Get(ctx, "dynamic", metav1.GetOptions{})
	show("gone", apierrors.IsNotFound(err))
}

// scaled changes a deployment as a program does that has no time limit of its own.
func scaled(config *rest.Config, namespace, name string) {
	clients, err := kubernetes.NewForConfig(config)
	must(err)
	patch := []byte(`{"spec":{"replicas":2}}`)
	_, err = clients.AppsV1().Deployments(namespace).Patch(context.Background(), name, types.MergePatchType, patch, metav1.PatchOptions{})
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: ", apierrors.ReasonForError(err))
	}
	must(err)
}

// fallingBack writes as the feature gates of CBOR make it: the first write is refused, and client-go sends JSON from then on.
func fallingBack(ctx context.Context, config *rest.Config, namespace string) {
	client, err := dynamic.NewForConfig(config)
	must(err)
	maps := client.Resource(configMaps).Namespace(namespace)
	list, err := maps.List(ctx, metav1.ListOptions{FieldSelector: "metadata.name=settings"})
	must(err)
	show("listed", list)
	object := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "fallen-back"}, "data": map[string]any{"a": "1"},
	}}
	_, err = maps.Create(ctx, object, metav1.CreateOptions{})
	show("refused at first", apierrors.IsUnsupportedMediaType(err))
	made, err := maps.Create(ctx, object, metav1.CreateOptions{})
	must(err)
	show("created", made)
	made.SetLabels(map[string]string{"by": "client-go"})
	updated, err := maps.Update(ctx, made, metav1.UpdateOptions{})
	must(err)
	show("updated", updated)
	must(maps.Delete(ctx, "fallen-back", metav1.DeleteOptions{}))
}

func metadataOnly(ctx context.Context, config *rest.Config, namespace string) {
	client, err := metadata.NewForConfig(config)
	must(err)
	list, err := client.Resource(secrets).Namespace(namespace).List(ctx, metav1.ListOptions{})
	must(err)
	show("secrets", list)
}

// informed fills two informers by watch-list, as client-go does by default, and waits until a change has come.
func informed(ctx context.Context, config *rest.Config, namespace string) {
	clients, err := kubernetes.NewForConfig(config)
	must(err)
	client, err := dynamic.NewForConfig(config)
	must(err)
	typedFactory := informers.NewSharedInformerFactoryWithOptions(clients, 0, informers.WithNamespace(namespace))
	maps := typedFactory.Core().V1().ConfigMaps().Informer()
	dynamicFactory := dynamicinformer.NewFilteredDynamicSharedInformerFactory(client, 0, namespace, nil)
	keys := dynamicFactory.ForResource(secrets).Informer()
	seen := make(chan string, 1)
	_, err = maps.AddEventHandler(cache.ResourceEventHandlerFuncs{UpdateFunc: func(_, object any) {
		if changed := object.(*corev1.ConfigMap); changed.Labels["seen"] == "yes" {
			seen <- changed.Name
		}
	}})
	must(err)
	typedFactory.Start(ctx.Done())
	dynamicFactory.Start(ctx.Done())
	if !cache.WaitForCacheSync(ctx.Done(), maps.HasSynced, keys.HasSynced) {
		must(fmt.Errorf("the informers are not in step after %s", patience))
	}
	_, err = clients.CoreV1().ConfigMaps(namespace).Patch(ctx, "settings", types.MergePatchType, []byte(`{"metadata":{"labels":{"seen":"yes"}}}`), metav1.PatchOptions{})
	must(err)
	select {
	case name := <-seen:
		show("changed", name)
	case <-ctx.Done():
		must(ctx.Err())
	}
	show("configmaps", held(maps.GetStore()))
	show("secrets", held(keys.GetStore()))
}

// held gives what an informer has, by name.
func held(store cache.Store) []any {
	names := store.ListKeys()
	sort.Strings(names)
	objects := []any{}
	for _, name := range names {
		object, _, err := store.GetByKey(name)
		must(err)
		objects = append(objects, object)
	}
	return objects
}
