// go-libvirt drives a daemon of ours: connections, a guest's life, events, migration by hand, a lost connection.
// Arguments: unix socket, URI, socket of a second daemon, a word that says which part.
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/digitalocean/go-libvirt"
)

const xml = `<domain type='mem'>
  <name>gopher</name>
  <uuid>5f2a8c1e-0000-4000-8000-0000000000c0</uuid>
  <memory unit='MiB'>4</memory>
  <vcpu>1</vcpu>
  <os><type>hvm</type></os>
</domain>`

func must[T any](value T, err error) T {
	done(err)
	return value
}

func done(err error) {
	if err != nil {
		panic(fmt.Sprintf("%T %v", err, err))
	}
}

func same(what string, got, wanted any) {
	if !reflect.DeepEqual(got, wanted) {
		panic(fmt.Sprintf("%s: got %v, wanted %v", what, got, wanted))
	}
}

func code(err error) uint32 {
	var remote libvirt.Error
	if !errors.As(err, &remote) {
		panic(fmt.Sprintf("no error of a daemon: %v", err))
	}
	return remote.Code
}

func open(socket, uri string) *libvirt.Libvirt {
	l := libvirt.New(must(net.Dial("unix", socket)))
	done(l.ConnectToURI(libvirt.ConnectURI(uri)))
	return l
}

func state(l *libvirt.Libvirt, guest libvirt.Domain) int32 {
	state, _, err := l.DomainGetState(guest, 0)
	done(err)
	return state
}

func life(l *libvirt.Libvirt) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	events := must(l.LifecycleEvents(ctx))
	next := func(event, detail int32) {
		select {
		case got := <-events:
			same("event", [2]int32{got.Event, got.Detail}, [2]int32{event, detail})
			same("its guest", got.Dom.Name, "gopher")
		case <-time.After(30 * time.Second):
			panic(fmt.Sprintf("no event %d", event))
		}
	}
	if !strings.Contains(string(must(l.ConnectGetCapabilities())), "<capabilities>") {
		panic("capabilities")
	}
	same("type", must(l.ConnectGetType()), "Mem")
	guest := must(l.DomainDefineXML(xml))
	next(0, 0)
	same("name", guest.Name, "gopher")
	same("id", guest.ID, int32(-1))
	same("XML", must(l.DomainGetXMLDesc(guest, 0)), xml)
	same("state", state(l, guest), int32(5))
	done(l.DomainCreate(guest))
	next(2, 0)
	same("state", state(l, guest), int32(1))
	guests, count, err := l.ConnectListAllDomains(1, libvirt.ConnectListDomainsActive)
	done(err)
	same("guests", [2]int{len(guests), int(count)}, [2]int{1, 1})
	same("by name", must(l.DomainLookupByName("gopher")).UUID, guest.UUID)
	same("by UUID", must(l.DomainLookupByUUID(guest.UUID)).Name, "gopher")
	same("by id", must(l.DomainLookupByID(guests[0].ID)).Name, "gopher")
	_, memoryMax, _, vcpus, _, err := l.DomainGetInfo(guest)
	done(err)
	same("memory and vcpus", [2]uint64{memoryMax, uint64(vcpus)}, [2]uint64{4096, 1})
	done(l.DomainSuspend(guest))
	next(3, 0)
	same("state", state(l, guest), int32(3))
	done(l.DomainResume(guest))
	next(4, 0)
	same("twice", code(l.DomainCreate(guest)), uint32(55))
	done(l.DomainSetAutostart(guest, 1))
	same("autostart", must(l.DomainGetAutostart(guest)), int32(1))
	done(l.DomainDestroy(guest))
	next(5, 1)
	done(l.DomainUndefine(guest))
	next(1, 0)
	_, err = l.DomainLookupByName("gopher")
	same("not found", libvirt.IsNotFound(err), true)
	_, err = l.ConnectNumOfSecrets()
	same("not supported", code(err), uint32(3))
}

func many(socket, uri string) {
	var group sync.WaitGroup
	for at := 0; at < 20; at++ {
		group.Add(1)
		go func() {
			defer group.Done()
			l := open(socket, uri)
			var calls sync.WaitGroup
			for at := 0; at < 50; at++ {
				calls.Add(1)
				go func() {
					defer calls.Done()
					must(l.ConnectGetHostname())
				}()
			}
			calls.Wait()
			done(l.Disconnect())
			<-l.Disconnected()
			if _, err := l.ConnectGetHostname(); err == nil {
				panic("a call after the end succeeds")
			}
		}()
	}
	group.Wait()
}

// The steps of version 3, as an orchestrator that go-libvirt's users write makes them.
func migrate(from, to *libvirt.Libvirt) {
	guest := must(from.DomainDefineXML(xml))
	done(from.DomainCreate(guest))
	guest = must(from.DomainLookupByName("gopher"))
	const live, persist = 1, 8
	var none libvirt.OptString
	cookie, dom, err := from.DomainMigrateBegin3(guest, none, live|persist, none, 0)
	done(err)
	cookie, where, err := to.DomainMigratePrepare3(cookie, none, live|persist, none, 0, dom)
	done(err)
	same("somewhere to go", len(where), 1)
	cookie, err = from.DomainMigratePerform3(guest, none, cookie, none, where, live|persist, none, 0)
	done(err)
	arrived, cookie, err := to.DomainMigrateFinish3("gopher", cookie, none, where, live|persist, 0)
	done(err)
	done(from.DomainMigrateConfirm3(guest, cookie, live|persist, 0))
	same("there", state(to, arrived), int32(1))
	same("here", state(from, guest), int32(5))
	done(to.DomainDestroy(arrived))
	done(to.DomainUndefine(arrived))
	done(from.DomainUndefine(guest))
}

func main() {
	socket, uri, second := os.Args[1], os.Args[2], os.Args[3]
	never := libvirt.New(must(net.Dial("unix", socket)))
	if _, err := never.ConnectGetHostname(); err == nil {
		panic("a call before the opening succeeds")
	}
	l := open(socket, uri)
	life(l)
	many(socket, uri)
	other := open(second, uri)
	migrate(l, other)
	done(other.Disconnect())
	fmt.Println("ready to be lost")
	<-l.Disconnected()
	if _, err := l.ConnectGetHostname(); err == nil {
		panic("a call on a lost connection succeeds")
	}
	fmt.Println("done")
}
