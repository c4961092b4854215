// Command demo serves dist/ on this machine alone: the person's page on one
// origin and the example portal on another site. PORT and PORTAL_PORT choose the
// ports, 8080 and 8081 unless set; 0 takes any free one.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/keepwell-health/keepwell/web/host"
)

func main() {
	folder := flag.String("dist", "dist", "the built site, a `folder`")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *folder); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, folder string) error {
	site := os.DirFS(folder)
	if _, err := fs.Stat(site, "index.html"); err != nil {
		return fmt.Errorf("%s holds no site (run make build): %w", folder, err)
	}
	portalSite, err := fs.Sub(site, "portal")
	if err != nil {
		return err
	}
	page, err := listen("PORT", "8080")
	if err != nil {
		return err
	}
	portal, err := listen("PORTAL_PORT", "8081")
	if err != nil {
		return err
	}
	// localhost and 127.0.0.1 are different sites to a browser, and both are
	// secure contexts without a certificate.
	pageOrigin := fmt.Sprintf("http://localhost:%d", port(page))
	portalOrigin := fmt.Sprintf("http://127.0.0.1:%d", port(portal))
	fmt.Printf("Keepwell, the person's page:  %s/\n", pageOrigin)
	fmt.Printf("An example portal that asks:  %s/\n", portalOrigin)
	return serve(ctx, map[net.Listener]http.Handler{
		page:   host.New(site, host.Options{FrameAncestors: []string{portalOrigin}}),
		portal: host.Portal(portalSite, pageOrigin),
	})
}

// listen opens the port that the environment variable names, on the loopback
// interface only: records of whoever tries the demo are nobody else's.
func listen(variable, otherwise string) (net.Listener, error) {
	number := os.Getenv(variable)
	if number == "" {
		number = otherwise
	}
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", number))
	if err != nil {
		return nil, fmt.Errorf("%s chooses another port: %w", variable, err)
	}
	return listener, nil
}

func port(listener net.Listener) int { return listener.Addr().(*net.TCPAddr).Port }

// serve runs all servers until ctx ends or one fails, then lets the requests
// under way finish.
func serve(ctx context.Context, handlers map[net.Listener]http.Handler) error {
	failed := make(chan error, len(handlers))
	var servers []*http.Server
	for listener, handler := range handlers {
		server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
		servers = append(servers, server)
		go func() { failed <- server.Serve(listener) }()
	}
	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	for _, server := range servers {
		err = errors.Join(err, server.Shutdown(grace))
	}
	return err
}
