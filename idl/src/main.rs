//! Rewrites the Rust that is generated from `protocol/x`.
use virtwire_idl::{Source, parse};
fn main() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../");
    let mut sources = vec![];
    for m in ["message", "keepalive", "remote", "qemu", "lxc", "admin"] {
        let name = format!("{m}.x");
        let Ok(text) = std::fs::read_to_string(format!("{root}protocol/x/{name}")) else { continue };
        sources.push(Source::new(name, text));
    }
    match parse(&sources) {
        Ok(c) => {
            for o in virtwire_idl::generate(&c).unwrap() {
                let p = format!("{root}{}", o.path);
                std::fs::create_dir_all(std::path::Path::new(&p).parent().unwrap()).unwrap();
                std::fs::write(p, o.text).unwrap();
            }
        }
        Err(e) => println!("{e}"),
    }
}
