// Go's maps under the same load as the Rust ones. Reads requests on standard input, one JSON object a line, and
// answers each with one; the bench next door starts it, so that its runs take turns with the others. Keys and draws
// are read from the files that the bench wrote.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
)

type request struct {
	Do      string // rate, add, latency or memory
	Map     string // sync.Map or RWMutex
	Skew    string
	Threads int
	Sets    int // of 100 operations
	Ms      int // how long to run
}

type answer struct {
	Mops  float64
	Gets  []float64 // p50, p99, p99.9 in nanoseconds
	Sets  []float64
	Bytes int64
}

func main() {
	directory := os.Args[1]
	bench, err := open(directory)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	in, out := bufio.NewScanner(os.Stdin), json.NewEncoder(os.Stdout)
	for in.Scan() {
		var asked request
		if err := json.Unmarshal(in.Bytes(), &asked); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		runtime.GOMAXPROCS(max(asked.Threads, 1))
		if err := out.Encode(bench.do(asked)); err != nil {
			os.Exit(1)
		}
	}
}

func (bench *bench) do(asked request) answer {
	switch asked.Do {
	case "rate":
		return answer{Mops: bench.rate(asked, bench.mixed(asked))}
	case "add":
		return answer{Mops: bench.rate(asked, bench.adds(asked))}
	case "latency":
		return bench.latency(asked)
	default:
		return answer{Bytes: bench.memory(asked.Map)}
	}
}

// What a filled map adds to the process's memory, with what the collector can give back given back.
func (bench *bench) memory(name string) int64 {
	debug.FreeOSMemory()
	before := pss()
	store := newStore(name)
	bench.fill(store)
	debug.FreeOSMemory()
	after := pss()
	runtime.KeepAlive(store)
	return after - before
}
