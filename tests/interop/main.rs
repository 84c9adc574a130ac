//! Strangers prove what we speak: real virsh and python-libvirt drive our daemon, our client drives a real libvirtd.
//!
//! Whatever a machine lacks is named on standard error and the test passes; with `CI=true` it fails instead.

mod lab;
mod libvirtd_answers;
mod need;
mod peers;
mod process;
mod recorder;
mod wire;
