//! What was expected and what was found, scene by scene.

use std::time::Duration;

use super::scene::Scene;
use crate::screen::{Screen, Style};

/// Prints the table. Returns whether every scene ended as it should.
pub(super) fn print(screen: &Screen, results: &[(&Scene, String)], took: Duration) -> bool {
    let ok = |(scene, found): &(&Scene, String)| scene.expected() == *found;
    let width = results.iter().map(|(scene, _)| scene.title.len()).max().unwrap_or(0);
    screen.line(&screen.paint(
        Style::Bold,
        &format!("   {:<width$}   ok    the engine: the guest, by all seven daemons; the calls", "scene"),
    ));
    for result in results {
        let (scene, found) = result;
        let (verdict, style) = if ok(result) { ("yes", Style::Good) } else { ("NO", Style::Bad) };
        let verdict = screen.paint(style, &format!("{verdict:<3}"));
        screen.line(&format!("   {:<width$}   {verdict}   expected {}", scene.title, scene.expected()));
        screen.line(&format!("   {:<width$}         found    {found}", ""));
    }
    let good = results.iter().filter(|result| ok(result)).count();
    let text = format!("{good} of {} as expected, {:.1} s", results.len(), took.as_secs_f64());
    screen.line("");
    screen.line(&screen.paint(if good == results.len() { Style::Good } else { Style::Bad }, &text));
    good == results.len()
}
