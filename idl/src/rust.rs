//! A contract to Rust.
//!
//! What is written is data: types, their codecs, tables. What these do is in `virtwire-xdr`'s macros and in the crates
//! that the files go to.

mod access;
mod api;
mod calls;
mod codecs;
mod index;
mod names;
mod plan;
mod services;
mod shape;
mod tables;
mod text;
mod types;
mod wording;

use crate::model::Contract;

/// A file to be written: its path from the root of the workspace, and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// With `/` between its parts.
    pub path: String,
    /// The whole text, as rustfmt leaves it.
    pub text: String,
}

/// What a specification may say and the generator has no Rust for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GenerateError {
    /// Arguments or a reply that are not one struct.
    #[error("`{procedure}` takes or returns something else than one struct: write a struct for it")]
    NotAStruct {
        /// The procedure.
        procedure: String,
    },
    /// Arguments or a reply that are called after something else.
    #[error("`{procedure}` uses `{found}`: expected a struct of its own, `{expected}`")]
    NotItsOwn {
        /// The procedure.
        procedure: String,
        /// What it takes or returns.
        found: String,
        /// What that should be called, perhaps with the program's name before it.
        expected: String,
    },
    /// Two things that Rust would call by one name.
    #[error("`{first}` and `{second}` are both `{rust}` in Rust")]
    SameName {
        /// The name.
        rust: String,
        /// The one.
        first: String,
        /// The other.
        second: String,
    },
    /// Two fields or alternatives of a type that Rust would call by one name.
    #[error("two parts of `{of}` are both `{rust}` in Rust")]
    SamePart {
        /// The type.
        of: String,
        /// The name.
        rust: String,
    },
    /// A file with several programs.
    #[error("{module}.x has several programs: expected one, in a file of its own")]
    SeveralPrograms {
        /// The file's name before its first dot.
        module: String,
    },
    /// A right on something that the generator does not know, or that depends on a flag that it does not know.
    #[error("`{procedure}` asks for `{right}`: no {what} of that name is known")]
    UnknownRight {
        /// The procedure.
        procedure: String,
        /// What its annotation says.
        right: String,
        /// What of it is not known: an object or a flag.
        what: &'static str,
    },
    /// A secret that is not there.
    #[error(
        "`{procedure}` keeps `{field}` secret: neither its arguments nor its reply have a field of that name"
    )]
    UnknownSecret {
        /// The procedure.
        procedure: String,
        /// What its annotation says.
        field: String,
    },
    /// A program with several versions.
    #[error("`{program}` has several versions: expected one")]
    SeveralVersions {
        /// The program.
        program: String,
    },
}

/// Writes a contract as Rust.
///
/// # Errors
/// Where the contract says what the generator has no Rust for.
pub fn generate(contract: &Contract) -> Result<Vec<Output>, GenerateError> {
    let plan = plan::plan(contract)?;
    let mut outputs = Vec::new();
    let mut push = |path: String, text: String| outputs.push(Output { path, text });

    let root = "protocol/src/generated";
    let what = "Types, their codecs and tables, as the contract says.";
    push(
        format!("{root}/mod.rs"),
        index::write_module(&plan, what, "pub ", &["access", "codecs", "index", "tables"]),
    );
    let what = "How each type is written, and its bounds.";
    push(format!("{root}/codecs/mod.rs"), index::write_module(&plan, what, "", &[]));
    push(format!("{root}/index.rs"), index::write(&plan));
    push(format!("{root}/tables/mod.rs"), tables::write_index(&plan));
    push(format!("{root}/access/mod.rs"), access::write_index(&plan));
    for module in &plan.modules {
        let name = &module.module.name;
        push(format!("{root}/{name}.rs"), types::write(&plan, module));
        push(format!("{root}/codecs/{name}.rs"), codecs::write(&plan, module));
        if let Some(program) = &module.program {
            push(format!("{root}/tables/{name}.rs"), tables::write(module, program)?);
            push(format!("{root}/access/{name}.rs"), access::write(module, program));
        }
    }

    let root = "src/generated";
    let (called, with_methods) = (index::called(&plan), index::with_methods(&plan));
    push(format!("{root}/mod.rs"), index::write_shell(&plan));
    let what = "Methods of a client's connection.";
    push(format!("{root}/calls/mod.rs"), index::write_shell_module(&with_methods, what, ""));
    let what = "What a daemon may implement.";
    push(format!("{root}/services/mod.rs"), index::write_shell_module(&called, what, "pub(super) "));
    for (module, program) in with_methods {
        push(format!("{root}/calls/{}.rs", module.module.name), calls::write(module, program));
    }
    for (module, program) in called {
        let name = &module.module.name;
        push(format!("{root}/services/{name}.rs"), services::write(module, program));
    }
    Ok(outputs)
}
