package main

import (
	"sync"
	"sync/atomic"
)

type key [16]byte
type value [64]byte

type store interface {
	get(key *key, into *value) bool
	set(key *key, value *value)
}

type counters interface {
	add(key *key, operand int64) int64
}

func newStore(name string) store {
	if name == "sync.Map" {
		return &syncStore{}
	}
	return &lockedStore{entries: map[key]value{}}
}

func newCounters(name string) counters {
	if name == "sync.Map" {
		return &syncCounters{}
	}
	return &lockedCounters{numbers: map[key]int64{}}
}

type syncStore struct{ entries sync.Map }

func (store *syncStore) get(key *key, into *value) bool {
	found, is := store.entries.Load(*key)
	if is {
		*into = found.(value)
	}
	return is
}

func (store *syncStore) set(key *key, value *value) { store.entries.Store(*key, *value) }

type syncCounters struct{ numbers sync.Map }

func (counters *syncCounters) add(key *key, operand int64) int64 {
	number, is := counters.numbers.Load(*key)
	if !is {
		number, _ = counters.numbers.LoadOrStore(*key, new(atomic.Int64))
	}
	return number.(*atomic.Int64).Add(operand)
}

type lockedStore struct {
	lock    sync.RWMutex
	entries map[key]value
}

func (store *lockedStore) get(key *key, into *value) bool {
	store.lock.RLock()
	found, is := store.entries[*key]
	store.lock.RUnlock()
	if is {
		*into = found
	}
	return is
}

func (store *lockedStore) set(key *key, value *value) {
	store.lock.Lock()
	store.entries[*key] = *value
	store.lock.Unlock()
}

type lockedCounters struct {
	lock    sync.RWMutex
	numbers map[key]int64
}

func (counters *lockedCounters) add(key *key, operand int64) int64 {
	counters.lock.Lock()
	number := counters.numbers[*key] + operand
	counters.numbers[*key] = number
	counters.lock.Unlock()
	return number
}
