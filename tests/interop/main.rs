//! Strangers prove what we speak: real virsh and python-libvirt drive our daemon, our client drives a real libvirtd.
//!
//! Whatever a machine lacks is named on standard error and the test passes; with `CI=true` it fails instead.

mod authentication;
mod bad_input;
mod client_meets_libvirtd;
mod coming_and_going;
mod command_manages_libvirtd;
mod command_meets_libvirtd;
mod descriptors_of_libvirtd;
mod dissect;
mod events_of_libvirtd;
mod every_get;
mod guest;
mod lab;
mod libvirtd_answers;
mod moving;
mod need;
mod objects_meet_libvirtd;
mod peers;
mod process;
mod python_drives_us;
mod qemu_by_handle;
mod reach;
mod recorder;
mod serve;
mod streams_of_libvirtd;
mod v3_between_libvirtds;
mod virsh_drives_processes;
mod virsh_drives_us;
mod virsh_migrates_between_us;
mod virsh_migrates_by_v3;
mod wire;
