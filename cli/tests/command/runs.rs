//! What guests' processes wrote down of when they ran: whether one ran twice at once, and whether its count has a gap.

use std::collections::BTreeMap;

/// What the log says of the guests of one UUID, in the order in which it was written.
#[derive(Debug, Default)]
pub(crate) struct Runs {
    /// Two that may have run at once: the line by which the second one began.
    pub(crate) doubled: Option<String>,
    /// A tick that does not follow the one before, although no guest was booted in between.
    pub(crate) gap: Option<String>,
    /// How many run at the end.
    pub(crate) running: usize,
    pub(crate) counter: u64,
    /// The process that wrote last.
    pub(crate) pid: String,
    runs: BTreeMap<String, bool>,
}

/// Reads a log of `TIME UUID PID EVENT COUNTER DIRECTORY` lines; one that is still being written counts not yet.
pub(crate) fn read_runs(log: &str) -> BTreeMap<String, Runs> {
    let mut all: BTreeMap<String, Runs> = BTreeMap::new();
    let whole = log.rfind('\n').map_or("", |end| &log[..end]);
    for line in whole.lines() {
        let words: Vec<_> = line.splitn(6, ' ').collect();
        let [_, uuid, pid, event, counter, _] = words[..] else { panic!("{line:?}") };
        let counter: u64 = counter.parse().unwrap();
        let runs = all.entry(uuid.to_owned()).or_default();
        match event {
            "run" => {
                let others = runs.runs.iter().any(|(other, runs)| *runs && other != pid);
                if others {
                    runs.doubled.get_or_insert_with(|| line.to_owned());
                }
                runs.runs.insert(pid.to_owned(), true);
            }
            "stop" | "end" => {
                runs.runs.insert(pid.to_owned(), false);
            }
            "tick" if counter != runs.counter + 1 => {
                runs.gap.get_or_insert_with(|| line.to_owned());
            }
            // A fresh boot counts from nothing.
            "load" if counter == 0 => runs.counter = 0,
            _ => {}
        }
        if event == "tick" {
            runs.counter = counter;
        }
        runs.pid = pid.to_owned();
        runs.running = runs.runs.values().filter(|runs| **runs).count();
    }
    all
}

#[test]
fn two_at_once_and_a_gap_are_seen() {
    let log = |lines: &[&str]| {
        let text: String = lines.iter().map(|line| format!("0 u {line} /d\n")).collect();
        read_runs(&text).remove("u").unwrap()
    };
    let good =
        log(&["1 load 0", "1 run 0", "1 tick 1", "1 stop 1", "2 load 1", "1 end 1", "2 run 1", "2 tick 2"]);
    assert_eq!((good.doubled, good.gap, good.running, good.counter), (None, None, 1, 2));
    assert!(log(&["1 run 0", "2 run 0"]).doubled.is_some());
    assert!(log(&["1 run 0", "1 tick 1", "1 stop 1", "2 run 0", "2 tick 1"]).gap.is_some());
    assert!(log(&["1 run 0", "1 tick 1", "1 stop 1", "2 run 2", "2 tick 3"]).gap.is_some());
}
