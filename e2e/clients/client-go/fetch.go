// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
)

var (
	widgets = schema.GroupVersionResource{Group: "shop.example.com", Version: "v1", Resource: "widgets"}
	fetched = []schema.GroupVersionResource{
		configMaps,
		secrets,
		{Version: "v1", Resource: "events"},
		{Version: "v1", Resource: "pods"},
		{Group: "apps", Version: "v1", Resource: "controllerrevisions"},
		{Group: "apps", Version: "v1", Resource: "daemonsets"},
		{Group: "apps", Version: "v1", Resource: "deployments"},
		{Group: "apps", Version: "v1", Resource: "replicasets"},
		{Group: "batch", Version: "v1", Resource: "cronjobs"},
		widgets,
	}
)

// fetchTyped lists, gets and watches with typed clients, which ask for protobuf first.
func fetchTyped(ctx context.Context, config *rest.Config, namespace string) {
	config = rest.CopyConfig(config)
	config.AcceptContentTypes = "application/vnd.kubernetes.protobuf,application/json"
	clients, err := kubernetes.NewForConfig(config)
	must(err)
	core, apps, batch := clients.CoreV1(), clients.AppsV1(), clients.BatchV1()
	listed := func(what string, list any, err error) {
		must(err)
		show(what, list)
	}
	all := metav1.ListOptions{}
	keys, err := core.Secrets(namespace).List(ctx, all)
	listed("secrets", keys, err)
	maps, err := core.ConfigMaps(namespace).List(ctx, all)
	listed("configmaps", maps, err)
	pods, err := core.Pods(namespace).List(ctx, all)
	listed("pods", pods, err)
	templates, err := core.PodTemplates(namespace).List(ctx, all)
	listed("podtemplates", templates, err)
	happened, err := core.Events(namespace).List(ctx, all)
	listed("events", happened, err)
	deployments, err := apps.Deployments(namespace).List(ctx, all)
	listed("deployments", deployments, err)
	sets, err := apps.ReplicaSets(namespace).List(ctx, all)
	listed("replicasets", sets, err)
	revisions, err := apps.ControllerRevisions(namespace).List(ctx, all)
	listed("controllerrevisions", revisions, err)
	jobs, err := batch.CronJobs(namespace).List(ctx, all)
	listed("cronjobs", jobs, err)
	one, err := core.Secrets(namespace).Get(ctx, "keys", metav1.GetOptions{})
	listed("a secret", one, err)
	for name, value := range one.Data {
		fmt.Printf("%s is %q\n", name, value)
	}
	watchOnce(ctx, clients, namespace)
}

// watchOnce prints the first event of a watch of each of two resources.
func watchOnce(ctx context.Context, clients kubernetes.Interface, namespace string) {
	keys, err := clients.CoreV1().Secrets(namespace).Watch(ctx, metav1.ListOptions{FieldSelector: "metadata.name=keys"})
	must(err)
	show("a watched secret", (<-keys.ResultChan()).Object.(*corev1.Secret))
	keys.Stop()
	deployments, err := clients.AppsV1().Deployments(namespace).Watch(ctx, metav1.ListOptions{FieldSelector: "metadata.name=shop"})
	must(err)
	show("a watched deployment", (<-deployments.ResultChan()).Object.(*appsv1.Deployment))
	deployments.Stop()
	jobs, err := clients.BatchV1().CronJobs(namespace).Watch(ctx, metav1.ListOptions{FieldSelector: "metadata.name=shop"})
	must(err)
	show("a watched cronjob", (<-jobs.ResultChan()).Object.(*batchv1.CronJob))
	jobs.Stop()
}

func fetchDynamically(ctx context.Context, config *rest.Config, namespace string) {
	client, err := dynamic.NewForConfig(config)
	must(err)
	for _, resource := range fetched {
		list, err := client.Resource(resource).Namespace(namespace).List(ctx, metav1.ListOptions{})
		must(err)
		show(resource.Resource, list)
	}
	watch, err := client.Resource(widgets).Namespace(namespace).Watch(ctx, metav1.ListOptions{})
	must(err)
	show("a watched widget", (<-watch.ResultChan()).Object)
	watch.Stop()
}

// fetchInformed fills informers, typed and dynamic, and prints what they hold.
func fetchInformed(ctx context.Context, config *rest.Config, namespace string) {
	clients, err := kubernetes.NewForConfig(config)
	must(err)
	client, err := dynamic.NewForConfig(config)
	must(err)
	typed := informers.NewSharedInformerFactoryWithOptions(clients, 0, informers.WithNamespace(namespace))
	dynamically := dynamicinformer.NewFilteredDynamicSharedInformerFactory(client, 0, namespace, nil)
	all := []cache.SharedIndexInformer{
		typed.Core().V1().Secrets().Informer(),
		typed.Core().V1().ConfigMaps().Informer(),
		typed.Core().V1().Pods().Informer(),
		typed.Apps().V1().Deployments().Informer(),
	}
	for _, resource := range fetched {
		all = append(all, dynamically.ForResource(resource).Informer())
	}
	typed.Start(ctx.Done())
	dynamically.Start(ctx.Done())
	for _, informer := range all {
		if !cache.WaitForCacheSync(ctx.Done(), informer.HasSynced) {
			must(fmt.Errorf("an informer is not in step after %s", patience))
		}
		show("held", held(informer.GetStore()))
	}
}
