// go-libvirt: one connection, callers in goroutines, for a time. Prints what `lap` in src/lap.rs prints.
package main

import (
	"fmt"
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

func main() {
	socket, uri, kind := os.Args[1], os.Args[2], os.Args[3]
	callers, err := strconv.Atoi(os.Args[4])
	must(err)
	seconds, err := strconv.ParseFloat(os.Args[5], 64)
	must(err)
	conn, err := net.Dial("unix", socket)
	must(err)
	l := libvirt.New(conn)
	must(l.ConnectToURI(libvirt.ConnectURI(uri)))
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
