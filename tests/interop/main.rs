//! Strangers prove what we speak: real virsh and python-libvirt drive our daemon, our client drives a real libvirtd.
//!
//! Whatever a machine lacks is named on standard error and the test passes; with `CI=true` it fails instead.

mod authentication;
mod bad_input;
mod channels_of_libvirtd;
mod client_meets_libvirtd;
mod coming_and_going;
mod command_manages_libvirtd;
mod command_meets_libvirtd;
mod conformance;
mod deaths;
mod descriptors_of_libvirtd;
mod direct;
mod dissect;
mod each_call_of_the_api;
mod events_of_a_guest;
mod events_of_libvirtd;
mod every_get;
mod every_handle;
#[path = "../figures.rs"]
mod figures;
mod go_drives_us;
mod guest;
#[cfg(feature = "gssapi")]
mod kerberos;
mod lab;
mod libvirtd_answers;
mod login;
mod moves_across_releases;
mod moving;
mod need;
mod objects_meet_libvirtd;
mod older_events;
mod orchestrator_dies;
mod orchestrator_dies_between_libvirtds;
mod outliving;
mod overhead;
mod p2p_between_libvirtds;
mod peer_to_peer;
mod peers;
mod postcopy_between_libvirtds;
mod postcopy_between_us;
mod preflight;
mod process;
mod python_drives_us;
mod qemu_by_handle;
mod reach;
mod recorder;
mod serve;
mod streams_of_libvirtd;
mod told_of_migrations;
mod tunnel_to_libvirtd;
mod v3_between_libvirtds;
mod virsh_changes;
mod virsh_devices;
mod virsh_drives_processes;
mod virsh_drives_us;
mod virsh_migrates_between_us;
mod virsh_migrates_by_v3;
mod virsh_networks_and_storage;
mod virsh_saves;
mod virsh_snapshots;
mod virsh_transcript;
mod virt_install_drives_us;
mod window_of_libvirtd;
mod wire;
