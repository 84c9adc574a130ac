//! Lines of Rust, laid out as rustfmt leaves them.

use crate::model::Module;

/// The width of a line, as rustfmt.toml has it.
pub(crate) const WIDTH: usize = 110;

/// Source text that grows by the line.
pub(crate) struct Code(String);

impl Code {
    pub(crate) fn new() -> Code {
        Code(String::new())
    }

    pub(crate) fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.0.push_str(text);
    }

    /// Doc comments, indented by `depth` times four.
    pub(crate) fn documentation(&mut self, depth: usize, lines: &[String]) {
        let indent = "    ".repeat(depth);
        for line in lines {
            self.line(format!("{indent}/// {line}").trim_end());
        }
    }

    /// `use path::{names};`, over as many lines as it takes.
    pub(crate) fn import(&mut self, path: &str, names: &[&str]) {
        let line = match names {
            [] => return,
            [name] => format!("use {path}::{name};"),
            names => format!("use {path}::{{{}}};", names.join(", ")),
        };
        if line.len() <= WIDTH {
            self.line(&line);
            return;
        }
        self.line(&format!("use {path}::{{"));
        let mut row = "   ".to_owned();
        for name in names {
            if row.len() + 1 + name.len() + 1 > WIDTH {
                self.line(&row);
                row = "   ".to_owned();
            }
            row.push_str(&format!(" {name},"));
        }
        self.line(&row);
        self.line("};");
    }

    pub(crate) fn finish(self) -> String {
        self.0
    }
}

/// The first lines of a file that is made from one specification.
pub(crate) fn header(module: &Module, heading: &str) -> String {
    let mut text = format!(
        "// Made from protocol/x/{}.x by `cargo run -p virtwire-idl`: change that, not this.\n\n",
        module.name
    );
    for line in heading.lines() {
        text.push_str(format!("//! {line}").trim_end());
        text.push('\n');
    }
    text
}

/// The first lines of a file that is made from all of them.
pub(crate) const GENERATED: &str =
    "// Made from protocol/x by `cargo run -p virtwire-idl`: change what is there, not this.\n\n";

/// The head of a function up to its brace, on one line if it fits, else with a line for each parameter.
pub(crate) fn signature(code: &mut Code, head: &str, parameters: &[String], returns: &str) {
    let line = format!("{head}({}) -> {returns} {{", parameters.join(", "));
    if line.len() <= WIDTH {
        code.line(&line);
        return;
    }
    code.line(&format!("{head}("));
    parameters.iter().for_each(|parameter| code.line(&format!("        {parameter},")));
    code.line(&format!("    ) -> {returns} {{"));
}
