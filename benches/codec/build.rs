//! With the rivals: rpcgen makes C of `shapes.x`, and gcc a program of that and `rpcgen.c`.

use std::env;
use std::path::PathBuf;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=shapes.x");
    println!("cargo::rerun-if-changed=rpcgen.c");
    if env::var_os("CARGO_FEATURE_RIVALS").is_none() {
        return;
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    std::fs::copy("shapes.x", out.join("shapes.x")).expect("shapes.x can be copied");
    for (flag, file) in [("-h", "shapes.h"), ("-c", "shapes_xdr.c")] {
        let _ = std::fs::remove_file(out.join(file));
        run(Command::new("rpcgen").current_dir(&out).args([flag, "-o", file, "shapes.x"]));
    }
    let program = out.join("rpcgen-bench");
    // At a fixed address its encoder, all calls through pointers, is steady; elsewhere it may take twice as long.
    run(Command::new("gcc")
        .args(["-O2", "-no-pie", "-Wno-unused-variable", "-I/usr/include/tirpc", "-I"])
        .arg(&out)
        .arg("rpcgen.c")
        .arg(out.join("shapes_xdr.c"))
        .arg("-o")
        .arg(&program)
        .arg("-ltirpc"));
    println!("cargo::rustc-env=RPCGEN_BENCH={}", program.display());
}

fn run(command: &mut Command) {
    let status =
        command.status().unwrap_or_else(|error| panic!("{command:?}: {error}; see benches/README.md"));
    assert!(status.success(), "{command:?}: {status}");
}
