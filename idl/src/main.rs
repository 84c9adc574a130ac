//! Rewrites the Rust that is generated from `protocol/x`.
use virtwire_idl::{Source, parse};
fn main() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../protocol/x/");
    let mut sources = vec![];
    for m in ["message", "keepalive", "remote", "qemu", "lxc", "admin"] {
        let name = format!("{m}.x");
        let Ok(text) = std::fs::read_to_string(format!("{root}{name}")) else { continue };
        sources.push(Source::new(name, text));
    }
    match parse(&sources) {
        Ok(c) => {
            for m in &c.modules { for t in &m.types { match &t.body { virtwire_idl::model::Body::Struct(f) => for x in f { if x.documentation.is_empty() { println!("UNDOC {} {}", x.name, x.of); } } _ => {} } if t.documentation.is_empty() { println!("UNDOCT {}", t.name) } } }
            for m in &c.modules { for k in &m.constants { if k.documentation.is_empty() { println!("UNDOCC {}", k.name) } } }
            for m in c.modules {
                println!("{} {} types {} programs", m.name, m.types.len(), m.programs.len());
            }
        }
        Err(e) => println!("{e}"),
    }
}
