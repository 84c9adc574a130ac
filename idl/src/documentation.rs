//! Comments to documentation: from `/** … */` to lines, and from lines to what rustdoc reads as meant.

/// The text of a comment without the stars that its lines begin with and the blank lines around it.
///
/// Lines keep how much deeper they are indented than the shallowest one.
pub(crate) fn clean(comment: &str) -> String {
    let lines = comment.lines().enumerate().map(|(number, line)| {
        let trimmed = line.trim();
        // A line of a comment starts with a star and a space; a lone star is an empty line.
        match trimmed.strip_prefix('*') {
            Some(rest) if number > 0 && (rest.is_empty() || rest.starts_with(' ')) => {
                rest.trim_end().to_owned()
            }
            _ if number == 0 => format!(" {trimmed}"),
            _ => line.trim_end().to_owned(),
        }
    });
    let lines = lines.collect::<Vec<_>>();
    let depth = |line: &&String| line.len() - line.trim_start().len();
    let shallowest = lines.iter().filter(|line| !line.trim().is_empty()).map(|line| depth(&line)).min();
    let lines = lines.iter().map(|line| line.get(shallowest.unwrap_or(0)..).unwrap_or(""));
    lines.collect::<Vec<_>>().join("\n").trim_matches('\n').to_owned()
}

/// Documentation as the lines of a Rust doc comment, each without its slashes.
///
/// A block indented by four or more is a table or a sketch; rustdoc would compile it as a Rust example, so it is
/// fenced as text.
pub(crate) fn rustdoc(documentation: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut fenced = false;
    for line in documentation.lines() {
        let indented = line.starts_with("    ");
        if indented && !fenced {
            lines.push("```text".to_owned());
            fenced = true;
        } else if fenced && !indented && !line.is_empty() {
            close(&mut lines);
            fenced = false;
        }
        lines.push(if fenced { line.get(4..).unwrap_or("").to_owned() } else { line.to_owned() });
    }
    if fenced {
        close(&mut lines);
    }
    lines
}

/// Ends a fence before the blank lines that followed the block.
fn close(lines: &mut Vec<String>) {
    let end = lines.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
    lines.insert(end, "```".to_owned());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_blank_lines_go_and_relative_indentation_stays() {
        assert_eq!(clean(" One line. "), "One line.");
        assert_eq!(clean("\n * First,\n * second.\n *\n *     table\n "), "First,\nsecond.\n\n    table");
        assert_eq!(clean(" First,\n     second. "), "First,\n    second.");
        assert_eq!(
            clean("\n * **bold**\n * *not a star of the comment\n "),
            "**bold**\n*not a star of the comment"
        );
        assert_eq!(clean(" é\n * é "), "é\né");
    }

    #[test]
    fn an_indented_block_is_fenced_as_text() {
        assert_eq!(
            rustdoc("a\n\n    t  1\n    u  2\n\nb"),
            ["a", "", "```text", "t  1", "u  2", "```", "", "b"]
        );
        assert_eq!(rustdoc("    t"), ["```text", "t", "```"]);
        assert!(rustdoc("").is_empty());
    }
}
