// SPDX-License-Identifier: Apache-2.0

// Go-proxy is what the bench compares with: a reverse proxy of Go's standard library that checks nothing. TLS on both
// sides, HTTP/2 and 1.1 in front, HTTP/2 to the API server with a client certificate. It prints the address that it
// listens on and ends when its standard input does.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"sync"
)

const bufferBytes = 32 * 1024

type bufferPool struct{ sync.Pool }

func (p *bufferPool) Get() []byte       { return *p.Pool.Get().(*[]byte) }
func (p *bufferPool) Put(buffer []byte) { p.Pool.Put(&buffer) }

func main() {
	upstream := flag.String("upstream", "", "URL of the API server")
	upstreamCA := flag.String("upstream-ca", "", "file with its authority")
	clientCert := flag.String("client-cert", "", "certificate to call it with")
	clientKey := flag.String("client-key", "", "key of that certificate")
	serverCert := flag.String("server-cert", "", "certificate for callers")
	serverKey := flag.String("server-key", "", "key of that certificate")
	flag.Parse()

	target, err := url.Parse(*upstream)
	must(err)
	client, err := tls.LoadX509KeyPair(*clientCert, *clientKey)
	must(err)
	authority, err := os.ReadFile(*upstreamCA)
	must(err)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)

	buffers := &bufferPool{}
	buffers.New = func() any { buffer := make([]byte, bufferBytes); return &buffer }
	proxy := &httputil.ReverseProxy{
		Rewrite: func(request *httputil.ProxyRequest) { request.SetURL(target) },
		Transport: &http.Transport{
			TLSClientConfig:     &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{client}},
			ForceAttemptHTTP2:   true,
			DisableCompression:  true,
			MaxIdleConnsPerHost: 64,
		},
		BufferPool: buffers,
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	fmt.Printf("https://%s\n", listener.Addr())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	must(http.ServeTLS(listener, proxy, *serverCert, *serverKey))
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
