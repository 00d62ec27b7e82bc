module countersign.bench/go-proxy

go 1.21
