// go-libvirt drives a daemon of ours: connections, a guest's life, events, storage, migration by hand, a lost connection. What its own
// integration tests ask of a libvirtd is asked here of a daemon that starts empty.
// Arguments: unix socket, URI, socket of a second daemon.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand"
	"net"
	"os"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/digitalocean/go-libvirt"
	"github.com/digitalocean/go-libvirt/socket/dialers"
)

const xml = `<domain type='mem'>
  <name>gopher</name>
  <uuid>5f2a8c1e-0000-4000-8000-0000000000c0</uuid>
  <memory unit='MiB'>4</memory>
  <vcpu>1</vcpu>
  <os><type>hvm</type></os>
</domain>`

// What the daemon has put in: the amount in KiB, and how much of it the guest has.
var filled = strings.Replace(xml, `<memory unit='MiB'>4</memory>`, `<memory unit='KiB'>4096</memory>
  <currentMemory unit='KiB'>4096</currentMemory>`, 1)

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
	same("XML", must(l.DomainGetXMLDesc(guest, 0)), filled)
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
	_, err = l.ConnectNumOfNwfilters()
	same("not supported", code(err), uint32(3))
}

func host(l *libvirt.Libvirt) {
	const noInterface, noDevice = 57, 53
	document := `<interface type='ethernet' name='eth7'><mac address='52:54:00:00:00:07'/></interface>`
	wired := must(l.InterfaceDefineXML(document, 0))
	same("defined", wired, libvirt.Interface{Name: "eth7", Mac: "52:54:00:00:00:07"})
	same("found", must(l.InterfaceLookupByMacString("52:54:00:00:00:07")), wired)
	done(l.InterfaceCreate(wired, 0))
	up, count, err := l.ConnectListAllInterfaces(1, libvirt.ConnectListInterfacesActive)
	done(err)
	same("up", up, []libvirt.Interface{wired})
	same("how many", count, uint32(1))
	done(l.InterfaceChangeBegin(0))
	done(l.InterfaceUndefine(wired))
	same("gone", code(l.InterfaceUndefine(wired)), uint32(noInterface))
	done(l.InterfaceChangeRollback(0))
	same("back", must(l.ConnectNumOfInterfaces()), int32(1))
	done(l.InterfaceUndefine(wired))
	same("the machine", must(l.NodeDeviceLookupByName("computer")).Name, "computer")
	same("what it can do", must(l.NodeDeviceNumOfCaps("computer")), int32(1))
	_, err = l.NodeDeviceGetXMLDesc("nosuch", 0)
	same("no such device", code(err), uint32(noDevice))
}

func secrets(l *libvirt.Libvirt) {
	const noSecret = 66
	secret := must(l.SecretDefineXML(`<secret><usage type='tls'><name>gopher</name></usage></secret>`, 0))
	same("usage", secret.UsageID, "gopher")
	same("all", must(l.Secrets()), []libvirt.Secret{secret})
	_, err := l.SecretGetValue(secret, 0)
	same("no value", code(err), uint32(noSecret))
	done(l.SecretSetValue(secret, []byte("hole"), 0))
	same("value", string(must(l.SecretGetValue(secret, 0))), "hole")
	done(l.SecretUndefine(secret))
	same("none", must(l.ConnectNumOfSecrets()), int32(0))
	same("no such secret", code(l.SecretUndefine(secret)), uint32(noSecret))
}

func storage(l *libvirt.Libvirt) {
	const noPool, noVolume = 49, 50
	const poolXML = `<pool type='dir'><name>gophers</name><target><path>/gophers</path></target></pool>`
	pool := must(l.StoragePoolCreateXML(poolXML, 0))
	same("by name", must(l.StoragePool("gophers")), pool)
	_, err := l.StoragePool("moles")
	same("no such pool", code(err), uint32(noPool))
	same("active", must(l.StoragePools(libvirt.ConnectListStoragePoolsActive)), []libvirt.StoragePool{pool})
	same("started by themselves", len(must(l.StoragePools(libvirt.ConnectListStoragePoolsAutostart))), 0)
	done(l.StoragePoolRefresh(pool, 0))
	same("no such pool", code(l.StoragePoolRefresh(libvirt.StoragePool{Name: "moles"}, 0)), uint32(noPool))
	// Of one packet, and of many.
	for _, length := range []int{13, 3 << 20} {
		content := make([]byte, length)
		rand.New(rand.NewSource(1)).Read(content)
		const format = `<volume><name>earth</name><capacity>%d</capacity><target><format type='raw'/></target></volume>`
		volume := must(l.StorageVolCreateXML(pool, fmt.Sprintf(format, length), 0))
		done(l.StorageVolUpload(volume, bytes.NewReader(content), 0, 0, 0))
		var back bytes.Buffer
		done(l.StorageVolDownload(volume, &back, 0, 0, 0))
		if !bytes.Equal(back.Bytes(), content) {
			panic(fmt.Sprintf("%d bytes went up, and %d others came down", length, back.Len()))
		}
		done(l.StorageVolDelete(volume, 0))
		_, err = l.StorageVolLookupByName(pool, "earth")
		same("deleted", code(err), uint32(noVolume))
	}
	done(l.StoragePoolDestroy(pool))
}

// One object, connected time and again.
func again(socket, uri string) {
	l := libvirt.NewWithDialer(dialers.NewLocal(dialers.WithSocket(socket)))
	for at := 0; at < 3; at++ {
		same("connected", l.IsConnected(), false)
		done(l.ConnectToURI(libvirt.ConnectURI(uri)))
		same("type", must(l.ConnectGetType()), "Mem")
		done(l.Disconnect())
	}
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
	secrets(l)
	host(l)
	storage(l)
	again(socket, uri)
	many(socket, uri)
	other := open(second, uri)
	migrate(l, other)
	done(other.Disconnect())
	fmt.Println("ready to be lost")
	<-l.Disconnected()
	if _, err := l.ConnectGetHostname(); err == nil {
		panic("a call on a lost connection succeeds")
	}
	done(l.Disconnect())
	fmt.Println("done")
}
