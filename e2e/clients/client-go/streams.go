// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/client-go/tools/remotecommand"
	"k8s.io/client-go/transport/spdy"
	utilexec "k8s.io/client-go/util/exec"
)

const (
	pod      = "ports"
	echo     = 8080
	greeting = 9090
)

// subresource is where a session with the pod is opened.
func subresource(config *rest.Config, namespace, name string, options *corev1.PodExecOptions) *url.URL {
	clients, err := kubernetes.NewForConfig(config)
	must(err)
	request := clients.CoreV1().RESTClient().Post().Resource("pods").Namespace(namespace).Name(pod).SubResource(name)
	if options != nil {
		request = request.VersionedParams(options, scheme.ParameterCodec)
	}
	return request.URL()
}

// many are bytes that no two places of are alike for long.
func many() []byte {
	data := make([]byte, 0, 1<<20)
	for index := 0; len(data) < 1<<20; index++ {
		data = fmt.Appendf(data, "%d,", index)
	}
	return data
}

// executed runs a command that says back its input and ends with 7.
func executed(ctx context.Context, config *rest.Config, namespace, transport string) {
	options := &corev1.PodExecOptions{
		Command: []string{"sh", "-c", "cat; echo problem >&2; exit 7"},
		Stdin:   true, Stdout: true, Stderr: true,
	}
	where := subresource(config, namespace, "exec", options)
	executor, err := remotecommand.NewSPDYExecutor(config, http.MethodPost, where)
	must(err)
	if transport == "websocket" {
		executor, err = remotecommand.NewWebSocketExecutor(config, http.MethodGet, where.String())
		must(err)
	}
	data := many()
	var out, problems bytes.Buffer
	err = executor.StreamWithContext(ctx, remotecommand.StreamOptions{Stdin: bytes.NewReader(data), Stdout: &out, Stderr: &problems})
	var exit utilexec.ExitError
	if !errors.As(err, &exit) {
		must(fmt.Errorf("it did not end by an exit code: %w", err))
	}
	show("exit code", exit.ExitStatus())
	show("stdout is stdin", bytes.Equal(out.Bytes(), data))
	show("stderr", problems.String())
}

// forwarded talks to two ports of the pod, to one of them on two connections.
func forwarded(config *rest.Config, namespace, transport string) {
	where := subresource(config, namespace, "portforward", nil)
	roundTripper, upgrader, err := spdy.RoundTripperFor(config)
	must(err)
	dialer := spdy.NewDialer(upgrader, &http.Client{Transport: roundTripper}, http.MethodPost, where)
	if transport == "websocket" {
		dialer, err = portforward.NewSPDYOverWebsocketDialer(where, config)
		must(err)
	}
	stop, ready := make(chan struct{}), make(chan struct{})
	ports := []string{fmt.Sprintf("0:%d", echo), fmt.Sprintf("0:%d", greeting)}
	forwarder, err := portforward.NewOnAddresses(dialer, []string{"127.0.0.1"}, ports, stop, ready, io.Discard, io.Discard)
	must(err)
	over := make(chan error, 1)
	go func() { over <- forwarder.ForwardPorts() }()
	select {
	case <-ready:
	case err := <-over:
		must(err)
	}
	local, err := forwarder.GetPorts()
	must(err)
	data := many()
	for range 2 {
		connection := dialed(local[0].Local)
		go func() { _, _ = connection.Write(data) }()
		back := make([]byte, len(data))
		_, err = io.ReadFull(connection, back)
		must(err)
		show("what came back is what was sent", bytes.Equal(back, data))
		must(connection.Close())
	}
	said, err := io.ReadAll(dialed(local[1].Local))
	must(err)
	show("greeting", string(said))
	close(stop)
	must(<-over)
}

func dialed(port uint16) net.Conn {
	connection, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	must(err)
	return connection
}
