//! Any text as a specification: no panic, no endless nesting; what is wrong is said with a place.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(error) = virtwire_idl::parse(&[virtwire_idl::Source::new("fuzz.x", text)]) {
        assert!(!error.to_string().is_empty());
    }
});
