// Command reader opens a store that was dumped from a browser. It is written from
// docs/format.md and imports nothing of what it checks: when it reads what Keepwell
// shows, the document says enough.
//
//	reader -passphrase TEXT <dump.json
//
// The dump is a JSON object of every key of the store and its value in base64. Out
// come the live objects, one a line as JSON, by type and sequence number; then what
// else the store holds.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	passphrase := flag.String("passphrase", "", "that opens the store, in Normalization Form C")
	code := flag.String("code", "", "the recovery code, instead")
	flag.Parse()
	if err := run(os.Stdin, os.Stdout, *passphrase, *code); err != nil {
		fmt.Fprintln(os.Stderr, "reader:", err)
		os.Exit(1)
	}
}

func run(from io.Reader, to io.Writer, passphrase, code string) error {
	var values map[string][]byte
	if err := json.NewDecoder(from).Decode(&values); err != nil {
		return err
	}
	ring, err := parseKeyring(values["keyring"])
	if err != nil {
		return err
	}
	keys, err := ring.unlock(passphrase, code)
	if err != nil {
		return err
	}
	s := &storeReader{keys: keys, values: values}
	objects, err := s.objects()
	if err != nil {
		return err
	}
	others, err := s.others()
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(to)
	for _, line := range append(objects, others...) {
		if err := encoder.Encode(line); err != nil {
			return err
		}
	}
	return nil
}
