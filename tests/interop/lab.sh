# Process 1 of the namespaces that hold one libvirtd: gives it directories of its own, starts it, and stays.
# Ending this shell, in whichever way, makes the kernel kill the daemon and its guests; it ends when its standard
# input does, so not even a killed test leaves anything behind.
set -eu
dir=$1
hostname "$2"
shift 2
other=${VIRTWIRE_PEER_ROOT:-}
root=
if [ -n "$other" ]; then
    # The files of another distribution. What is written to them goes with the mount: others may use them now, too.
    mkdir "$dir/over"
    mount -t tmpfs none "$dir/over"
    root=$dir/over/root
    mkdir "$dir/over/upper" "$dir/over/work" "$root"
    mount -t overlay -o "lowerdir=$other,upperdir=$dir/over/upper,workdir=$dir/over/work" none "$root"
    mkdir -p "$root$dir"
    mount --bind "$dir" "$root$dir"         # without what is mounted within
    for place in dev sys; do mount --rbind "/$place" "$root/$place"; done
    mount -t proc proc "$root/proc"
fi
# What is left are the folders of this daemon's own beyond the usual ones.
# The locks of consoles, in run/lock, are of numbers that are the same for several daemons.
for place in etc/libvirt var/lib/libvirt run/libvirt run/lock var/log/libvirt var/cache/libvirt "$@"; do
    mkdir -p "$root/$place" "$dir/$place"   # there may be only some of the mount points
    mount --bind "$dir/$place" "$root/$place"
done
# Programs of this machine's find another distribution's daemon where they look for their own.
[ -z "$other" ] || for place in etc/libvirt run/libvirt; do mkdir -p "/$place"; mount --bind "$dir/$place" "/$place"; done
mkdir -p "$dir/var/lib/libvirt/dnsmasq"     # libvirt 7.0 takes this one for granted
# The account must exist whatever qemu.conf says; only a package that we do without creates it.
for table in passwd group; do
    cp "$root/etc/$table" "$dir/$table"
    grep -q '^libvirt-qemu:' "$dir/$table" || echo 'libvirt-qemu:x:64055:64055::/:/bin/false' >> "$dir/$table"
    mount --bind "$dir/$table" "$root/etc/$table"
done
# A /dev/kvm that opens may still be useless: nothing here needs it, so nothing here depends on it.
if [ -e /dev/kvm ]; then
    : > "$dir/no-kvm"
    mount --bind -o ro "$dir/no-kvm" "$root/dev/kvm"
fi
# In a network of its own nothing is up yet; in the machine's it is, and stays.
ip link set lo up || echo "without ip, a network of its own stays down" >&2
eval "${BEFORE:-}"
${root:+chroot "$root"} libvirtd --daemon --listen --config /etc/libvirt/libvirtd.conf --pid-file /run/libvirt/libvirtd.pid
echo ready
# Not `read`: process 1 inherits the orphans, and libvirt waits for QEMU's zombie until somebody reaps it.
exec 3<&0
cat <&3 &
wait $!
