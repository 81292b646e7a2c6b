package main

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const (
	chunk      = 1000
	warmChunks = 20
	// Chunks that each thread times one by one.
	timedChunks = 100
)

// Works off one chunk of a stream.
type worker func(part stream)

func (bench *bench) mixed(asked request) worker {
	store := bench.store(asked.Map)
	return func(part stream) {
		var into, value value
		for i := range part.keys {
			if int(part.draws[i]) < asked.Sets {
				store.set(&part.keys[i], &value)
			} else if !store.get(&part.keys[i], &into) {
				panic("a key is missing")
			}
		}
	}
}

func (bench *bench) adds(asked request) worker {
	counters := newCounters(asked.Map)
	return func(part stream) {
		for i := range part.keys {
			counters.add(&part.keys[i], 1)
		}
	}
}

// Endless: begins again after the last whole chunk.
func (whole *stream) chunk(number int) stream {
	at := number * chunk % (len(whole.keys) / chunk * chunk)
	return stream{whole.keys[at : at+chunk], whole.draws[at : at+chunk]}
}

// Operations a microsecond, all threads together.
func (bench *bench) rate(asked request, work worker) float64 {
	var ready, done sync.WaitGroup
	var isOver atomic.Bool
	var chunks atomic.Int64
	start := make(chan struct{})
	ready.Add(asked.Threads)
	for thread := range asked.Threads {
		stream := bench.stream(asked.Skew, thread)
		done.Go(func() {
			for number := range warmChunks {
				work(stream.chunk(number))
			}
			ready.Done()
			<-start
			count := 0
			for ; !isOver.Load(); count++ {
				work(stream.chunk(warmChunks + count))
			}
			chunks.Add(int64(count))
		})
	}
	ready.Wait()
	started := time.Now()
	close(start)
	time.Sleep(time.Duration(asked.Ms) * time.Millisecond)
	isOver.Store(true)
	elapsed := time.Since(started)
	done.Wait()
	return float64(chunks.Load()) * chunk / elapsed.Seconds() / 1e6
}

func (bench *bench) latency(asked request) answer {
	store := bench.store(asked.Map)
	var done sync.WaitGroup
	gets, sets := make([][]int64, asked.Threads), make([][]int64, asked.Threads)
	for thread := range asked.Threads {
		stream := bench.stream(asked.Skew, thread)
		done.Go(func() {
			for number := range timedChunks {
				timeEach(store, asked.Sets, stream.chunk(number), &gets[thread], &sets[thread])
			}
		})
	}
	done.Wait()
	return answer{Gets: percentiles(slices.Concat(gets...)), Sets: percentiles(slices.Concat(sets...))}
}

func timeEach(store store, setsOf100 int, part stream, gets, sets *[]int64) {
	var into, value value
	for i := range part.keys {
		isSet := int(part.draws[i]) < setsOf100
		started := time.Now()
		if isSet {
			store.set(&part.keys[i], &value)
		} else {
			store.get(&part.keys[i], &into)
		}
		elapsed := time.Since(started).Nanoseconds()
		if isSet {
			*sets = append(*sets, elapsed)
		} else {
			*gets = append(*gets, elapsed)
		}
	}
}

// The values that 50, 99 and 99.9 of 100 are not above.
func percentiles(times []int64) []float64 {
	slices.Sort(times)
	var found []float64
	for _, permille := range []int{500, 990, 999} {
		rank := max((len(times)*permille+999)/1000, 1)
		found = append(found, float64(times[rank-1]))
	}
	return found
}
