// go-libvirt: one connection, callers in goroutines, for a time. Prints what `lap` in src/lap.rs prints.
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"sort"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/digitalocean/go-libvirt"
)

func processor() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func open(socket, uri string) *libvirt.Libvirt {
	conn, err := net.Dial("unix", socket)
	must(err)
	l := libvirt.New(conn)
	must(l.ConnectToURI(libvirt.ConnectURI(uri)))
	return l
}

func residentKiB() int {
	text, err := os.ReadFile("/proc/self/statm")
	must(err)
	var pages, resident int
	_, err = fmt.Sscan(string(text), &pages, &resident)
	must(err)
	return resident * 4
}

// Memory of so many open connections, in KiB each.
func idle(socket, uri string, connections int) {
	opened := []*libvirt.Libvirt{open(socket, uri)}
	before := residentKiB()
	for at := 0; at < connections; at++ {
		opened = append(opened, open(socket, uri))
	}
	fmt.Printf("%.2f\n", float64(residentKiB()-before)/float64(connections))
}

// As much as is asked for, of whatever there is.
type anything struct{}

func (anything) Read(packet []byte) (int, error) { return len(packet), nil }

type counted int64

func (all *counted) Write(packet []byte) (int, error) {
	*all += counted(len(packet))
	return len(packet), nil
}

// The volume that client.c has made, up or down. Prints what `Moved` in src/daemon.rs prints.
func move(l *libvirt.Libvirt, up bool, bytes uint64) {
	pool, err := l.StoragePoolLookupByName("bench")
	must(err)
	volume, err := l.StorageVolLookupByName(pool, "volume")
	must(err)
	began, spent, moved := time.Now(), processor(), counted(0)
	if up {
		must(l.StorageVolUpload(volume, io.LimitReader(anything{}, int64(bytes)), 0, bytes, 0))
	} else {
		must(l.StorageVolDownload(volume, &moved, 0, bytes, 0))
		if uint64(moved) != bytes {
			panic(moved)
		}
	}
	took, mb := time.Since(began), float64(bytes)/1e6
	fmt.Printf("%.1f %.2f\n", mb/took.Seconds(), float64((processor() - spent).Microseconds())/mb)
}

func main() {
	socket, uri, kind := os.Args[1], os.Args[2], os.Args[3]
	number, err := strconv.Atoi(os.Args[4])
	must(err)
	switch kind {
	case "idle":
		idle(socket, uri, number)
		return
	case "upload", "download":
		move(open(socket, uri), kind == "upload", uint64(number))
		return
	}
	callers := number
	seconds, err := strconv.ParseFloat(os.Args[5], 64)
	must(err)
	l := open(socket, uri)
	start := time.Now()
	warm := start.Add(time.Duration(seconds * 0.2e9))
	end := warm.Add(time.Duration(seconds * 1e9))
	latencies := make([][]time.Duration, callers)
	var spent time.Duration
	var group sync.WaitGroup
	group.Add(callers + 1)
	go func() {
		defer group.Done()
		time.Sleep(time.Until(warm))
		before := processor()
		time.Sleep(time.Until(end))
		spent = processor() - before
	}()
	for at := 0; at < callers; at++ {
		go func(at int) {
			defer group.Done()
			for now := time.Now(); now.Before(end); {
				before := now
				var err error
				if kind == "list" {
					_, _, err = l.ConnectListAllDomains(1, 0)
				} else {
					_, err = l.ConnectGetLibVersion()
				}
				must(err)
				now = time.Now()
				if before.After(warm) && now.Before(end) {
					latencies[at] = append(latencies[at], now.Sub(before))
				}
			}
		}(at)
	}
	group.Wait()
	var all []time.Duration
	for _, some := range latencies {
		all = append(all, some...)
	}
	sort.Slice(all, func(one, other int) bool { return all[one] < all[other] })
	micros := func(d time.Duration) float64 { return float64(d) / 1e3 }
	fmt.Printf("%.0f %.3f %.1f %.1f\n", float64(len(all))/seconds, micros(spent)/float64(len(all)),
		micros(all[len(all)/2]), micros(all[len(all)*99/100]))
}
