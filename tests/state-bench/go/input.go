package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
)

const keyBytes = 16

// What one thread asks for, in order.
type stream struct {
	keys  []key
	draws []byte
}

type bench struct {
	directory string
	keys      []key
	streams   map[string]*stream
	stores    map[string]store
}

func open(directory string) (*bench, error) {
	bytes, err := os.ReadFile(filepath.Join(directory, "keys"))
	if err != nil {
		return nil, err
	}
	opened := &bench{directory: directory, keys: toKeys(bytes), streams: map[string]*stream{}, stores: map[string]store{}}
	return opened, nil
}

func toKeys(bytes []byte) []key {
	keys := make([]key, len(bytes)/keyBytes)
	for i := range keys {
		copy(keys[i][:], bytes[i*keyBytes:])
	}
	return keys
}

// Keys, then as many draws.
func (bench *bench) stream(skew string, thread int) *stream {
	name := fmt.Sprintf("%s-%d", skew, thread)
	if read, is := bench.streams[name]; is {
		return read
	}
	bytes, err := os.ReadFile(filepath.Join(bench.directory, name))
	if err != nil {
		panic(err)
	}
	count := len(bytes) / (keyBytes + 1)
	read := &stream{keys: toKeys(bytes[:count*keyBytes]), draws: bytes[count*keyBytes:]}
	bench.streams[name] = read
	return read
}

func (bench *bench) store(name string) store {
	filled, is := bench.stores[name]
	if !is {
		filled = newStore(name)
		bench.fill(filled)
		bench.stores[name] = filled
	}
	return filled
}

func (bench *bench) fill(store store) {
	var value value
	for i := range bench.keys {
		copy(value[:], bench.keys[i][:])
		store.set(&bench.keys[i], &value)
	}
}

func pss() int64 {
	file, err := os.Open("/proc/self/smaps_rollup")
	if err != nil {
		panic(err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var kib int64
		if count, _ := fmt.Sscanf(lines.Text(), "Pss: %d kB", &kib); count == 1 {
			return kib * 1024
		}
	}
	panic("no Pss in smaps_rollup")
}
