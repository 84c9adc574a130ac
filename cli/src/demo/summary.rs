//! What was expected and what was found, scene by scene.

use std::time::Duration;

use super::scene::Scene;
use crate::screen::{Screen, Style};

/// Prints the table. Returns whether every scene ended as it should.
pub(super) fn print(screen: &Screen, results: &[(&Scene, String)], took: Duration) -> bool {
    let ok = |(scene, found): &(&Scene, String)| scene.expected() == *found;
    let width = results.iter().map(|(scene, _)| scene.title.len()).max().unwrap_or(0);
    let head =
        format!("   {:<width$}   ok    the engine: the guest, by all seven daemons; the calls", "scene");
    screen.line(Style::Bold, &head);
    for result in results {
        let (scene, found) = result;
        let (verdict, style) = if ok(result) { ("yes", Style::Good) } else { ("NO", Style::Bad) };
        screen.line(
            style,
            &format!("   {:<width$}   {verdict:<3}   expected {}", scene.title, scene.expected()),
        );
        screen.line(Style::Plain, &format!("   {:<width$}         found    {found}", ""));
    }
    let good = results.iter().filter(|result| ok(result)).count();
    let text = format!("{good} of {} as expected, {:.1} s", results.len(), took.as_secs_f64());
    screen.line(Style::Plain, "");
    screen.line(if good == results.len() { Style::Good } else { Style::Bad }, &text);
    good == results.len()
}
