# Process 1 of the namespaces that hold one libvirtd: gives it directories of its own, starts it, and stays.
# Ending this shell, in whichever way, makes the kernel kill the daemon and its guests; it ends when its standard
# input does, so not even a killed test leaves anything behind.
set -eu
dir=$1
hostname "$2"
shift 2
# What is left are the folders of this daemon's own beyond the usual ones.
for place in etc/libvirt var/lib/libvirt run/libvirt var/log/libvirt var/cache/libvirt "$@"; do
    mkdir -p "/$place" "$dir/$place"        # the machine may have only some of the mount points
    mount --bind "$dir/$place" "/$place"
done
# The account must exist whatever qemu.conf says; only a package that we do without creates it.
for table in passwd group; do
    cp "/etc/$table" "$dir/$table"
    grep -q '^libvirt-qemu:' "$dir/$table" || echo 'libvirt-qemu:x:64055:64055::/:/bin/false' >> "$dir/$table"
    mount --bind "$dir/$table" "/etc/$table"
done
# A /dev/kvm that opens may still be useless: nothing here needs it, so nothing here depends on it.
if [ -e /dev/kvm ]; then
    : > "$dir/no-kvm"
    mount --bind -o ro "$dir/no-kvm" /dev/kvm
fi
libvirtd --daemon --listen --config /etc/libvirt/libvirtd.conf --pid-file /run/libvirt/libvirtd.pid
echo ready
# Not `read`: process 1 inherits the orphans, and libvirt waits for QEMU's zombie until somebody reaps it.
exec 3<&0
cat <&3 &
wait $!
