//! What the help of a command says behind its options.

pub(crate) const URIS: &str = "\
URI is libvirt's: driver[+transport]://[user@][host][:port]/path, for example
  mem+tcp://127.0.0.1:16509/default              a `virtwire serve` on TCP
  mem+unix:///default?socket=/tmp/virtwire.sock  the same on a unix socket
  qemu:///system                                 the libvirtd of this machine
  qemu+ssh://root@host/system                    another's, by your own ssh
  qemu://host/system                             another's, by TLS with libvirt's certificates

It may also be an alias from your libvirt.conf. Left out or empty (''), it is LIBVIRT_DEFAULT_URI, else that file's uri_default, \
else the daemon of this machine.

DOMAIN is the guest's name, its UUID, or the number that it has while it is active.

`virtwire demo` shows migrations within seconds, and touches nothing but itself.

Exit status: 0 when what was asked for is done, 1 when it is not, with one line on standard error that says why and what to do; \
`migrate` has more, see its help.";

pub(crate) const RECOVER: &str = "\
Example:
  virtwire migrate --journal web1.journal --from qemu+ssh://a/system --to qemu+ssh://b/system web1    # and this process dies
  virtwire recover web1.journal

Both hosts are asked where the guest is. What is safe by the journal and by what they say is done: a guest that was sent is started, \
one that its source keeps paused runs on, a copy that is left over is removed. Otherwise nothing is changed, and what to check is said. \
While a job runs on the source's guest, \
which may be the migration yet, it is shown and waited for. What is done is added to the journal, so it can be run again at any time, but not twice at once. Of a directory each journal is taken in \
turn, and the worst end is returned: 4, else 3 (also for a journal that cannot be read), 6, 5, 2.

A host tells that a migration has paused a guest, and not which. Once nobody drives this one the source may let the guest run on, and another \
migration may send it to a third host and be cut off in turn. So what the source keeps paused is let run on, or finished elsewhere, only where \
no later migration has begun, by whatever tool: say so with --no-later-migration.

The journal knows the hosts' names and hardware UUIDs. A URI that leads to a host which says otherwise, because an address has moved or --to is \
wrong, is no answer of the right one. If it is the right one, because it has been renamed, say so with --hosts-are-right.

A host that does not answer is not taken for dead. If it is, because its power is cut, say so with --fenced, or have an agent say so that --fence names, which may cut the power itself: what is decided then \
holds only if that host never comes back with the guest. The agent is run only where the address was asked once more and nobody answers: not for a host that \
refuses, or whose address is another host's now, nor for one that `ssh` or another program is to lead to, unless `ssh` says that it does not reach it.

Exit status, and the words of `outcome` in JSON:
  0  on destination               the guest is there; if its source may have a paused copy of it still, the sentence says so
  1                               nothing was done: wrong arguments, no journal
  2  on source                    the guest did not move, or runs on there; if the destination may have a paused copy, the sentence says so
  3  unknown                      it is not known where the guest is; what to check was printed
  4  nowhere                      neither host has the guest
  5  on destination, not running  the guest is there, and the host does not let it run
  6  on both hosts                its post-copy broke: `virtwire migrate --postcopy-resume` brings the rest over";

pub(crate) const STATUS: &str = "Exit status: 0 when it is done, 1 when it is not; then one line on standard error says why, and what to do.";

pub(crate) const SERVE: &str = "\
Prints `listening on ADDRESS` for each listener once it accepts. SIGTERM and SIGINT end it: what clients have asked for is answered \
first, and streams come to their ends, for 15 s at most, or until one of them comes again. Who is not let in, and why a client is dropped, is said on standard error. SIGHUP reads the file, certificates, passwords, lists and max_clients anew; clients stay. Sockets that systemd \
passes are taken (TLS where their name ends in `-tls`, read-only where it ends in `-ro`), and systemd is told READY and STOPPING.

FILE has these keys: listen, listen_ro, listen_admin (lists of addresses); unix_sock_group, unix_sock_rw_perms, unix_sock_ro_perms, \
unix_sock_admin_perms (of the sockets' files, when they are made; unless said 0777 where listen's clients are asked who they are or unix_allowed_uids or \
unix_allowed_gids are there, else as the umask has it; 0777 for listen_ro, 0700 for listen_admin); auth_unix_rw, auth_unix_ro, auth_tcp, auth_tls (none, sasl; polkit on unix sockets); passwords; \
sasl_allowed_username_list; unix_allowed_uids, unix_allowed_gids; ca_file, cert_file, key_file, crl_file, tls_no_verify_certificate, \
tls_allowed_dn_list; max_clients, max_anonymous_clients, max_queued_clients, max_client_requests, keepalive_interval, keepalive_count, and the same of \
listen_admin: admin_max_clients, admin_max_queued_clients, admin_max_client_requests, admin_keepalive_interval, admin_keepalive_count; \
host_uuid; shutdown_within (seconds). There are never more clients than leave the daemon descriptors (LimitNOFILE, ulimit -n).

Example:
  virtwire serve --listen tcp://127.0.0.1:16509 --listen unix:/tmp/virtwire.sock
  virsh -c mem+tcp://127.0.0.1/default list --all

Several listeners share one host. Guests are <domain type='mem'> or <domain type='test'>, and live as long as the \
process. Each has at most 4 MiB of real memory, whatever its XML says. Nobody is asked who they are, \
unless --passwords, --polkit, --allow-uid or --allow-gid says so.

With --state the domains, networks, pools and interfaces that are defined outlive the process, however that ends: a definition is on the disk before \
its client is told. Volumes and snapshots end with the process. Networks and pools that are marked for it (`virsh net-autostart`) are started \
with the daemon, as are interfaces of the mode onboot, domains with their host: guests in memory have no other than the daemon. A file in DIR that is no whole definition is said on standard error and \
renamed, with .set-aside behind its name; so is a managed save image that is torn or whose domain is not defined.

With --guests processes each guest is a process in a session of its own, which counts ten times a second in the last 8 bytes of its memory \
and goes on when the daemon ends. The next daemon of DIR finds it, in the state in which it is; \
one that is marked for autostart is started by the first daemon since the machine has started, and by no later one. A guest that a killed daemon was receiving \
ends, unless all of it had come by version 1 or 2: then it stays paused, and any connection may finish its migration. A guest whose DIR is removed ends.";

pub(crate) const EVENTS: &str = "\
NAME is a kind of domain event as `virsh event --list` has it, such as lifecycle or block-job-2; one of network-lifecycle, \
network-metadata-change, pool-lifecycle, pool-refresh, nodedev-lifecycle, nodedev-update, secret-lifecycle, \
secret-value-changed; monitor, for all that a guest's QEMU reports; closed, for the daemon's own upstream connection; a \
family: domain, network, pool, nodedev, secret; or the number of a kind of domain event that virtwire has no name for.

`watching URI` on standard error says that events are heard from now on, and --timeout counts from then; until then it is --connect-timeout \
that counts, for each step, or 60 s where there is a --timeout. Kinds that the daemon does not have are named \
there if they were asked for by name.

Times are of this machine's clock, taken when an event comes and not when its line is read: `time` in seconds since 1970, as in \
`virtwire dissect --json`.

Example:
  virtwire events qemu:///system --event lifecycle,network --count 1 --timeout 60";

pub(crate) const WATCH: &str = "\
q ends it. A migration is seen as the job that sends the guest, and its destination once a host that is watched shows the guest coming. \
A post-copy that broke is listed until it is resumed. A host that is not reached is tried again, and shows what it last had.

Example:
  virtwire watch qemu+ssh://root@one/system qemu+ssh://root@two/system";

pub(crate) const PROBE: &str = "\
What a daemon can do is asked of it, not guessed from its release. Features are its claims: whether it has the procedures \
behind them shows when they are called.";

pub(crate) const MIGRATE: &str = "\
Example:
  virtwire migrate --live --from mem+tcp://127.0.0.1:16509/default \\
      --to mem+tcp://127.0.0.1:16510/default web1

`auto` takes version 3 with parameters where both hosts report it, else version 3, else version 2 (Preparev2; not with a \
host that reports version 3 too), else version 1 (Prepare). A destination that reports version 2 and turns out not to have it gets \
version 1, if both report it. Nothing older is tried after anything could have happened.

--check asks both hosts what would be in the way (versions, name, machine, CPU, memory, storage, address) by calls that only \
look; exit status 1 where it would fail. --all ends with a table, and exits with the status of the worst end (4, 3, 6, 5, then 2 or 1); the events of its --json have \
`domain`, exactly one of each guest is `ended`, once its end is known or no longer asked for, and the last is `summary` with guests and moved.

With --postcopy the guest may switch over before all of its memory has been sent, which ends also a migration of a guest that writes \
faster than the link sends; how far it is then, the progress shows. From the switch on nothing is taken back: the guest is on both hosts \
until the rest has come. If that breaks, --postcopy-resume (libvirt 8.5, on both hosts) brings the rest over; until then destroy and \
resume neither copy. What a host does between sending and switching by itself (QEMU's pause-before-switchover) shows as `handing over`; \
the protocol has no call that holds a migration there.

From a second terminal `virtwire job` shows a migration that runs, and makes it faster or slower, lets the guest stand still for longer, \
switches it to post-copy, or stops it: give it the source's URI and the guest.

Ctrl-C asks the source to stop the migration, and waits for the truth. While the end is not known the hosts are asked \
again and again; a second Ctrl-C stops that. Where what to check says that you may cancel, the signal USR2 is your word for it; at \
any other time it does nothing.

Events of --json, each with `event` and `seconds` since the start; what is not known is null:
  chosen     version, why          call       host, number, procedure
  downgrade  version, why          note       text
  progress   operation, phase, iteration, fraction (0 to 1), total, processed, remaining (bytes), rate, dirty_rate (bytes/s),
             elapsed_ms, time_left_s, downtime_ms
  waiting    why, again_after_s    cancelled  taken, why
  switched   done, why (the word to switch to post-copy)
  limited    max_downtime_ms, done, why (that of --max-downtime)
  ended      outcome, sentence, domain, from, to, version, why, downgrade, and what the outcome has: name, uuid, state,
             warning, left_on_source, left_on_destination, source, destination, reason, check; that of `recover` is the same

Exit status, and the words of `outcome`:
  0  on destination               the guest is there; if its source may have a paused copy of it still, the sentence says so
  1                               nothing was tried: wrong arguments, no such host or guest, no common version
  2  on source                    it failed, and the guest is where it was
  3  unknown                      it is not known where the guest is; what to check was printed
  4  nowhere                      both hosts say that they do not have the guest
  5  on destination, not running  the guest is there, and the host does not let it run
  6  on both hosts                its post-copy broke: resume that, and destroy and resume neither copy";
