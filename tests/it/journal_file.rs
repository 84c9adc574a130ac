//! A journal in a file: the process dies in the middle of a line, and another one ends the migration from it.

use std::fs;

use virtwire::migrate::journal::Journal;
use virtwire::migrate::{Migration, Recover};
use virtwire::protocol::migrate::{Fenced, Outcome, Record, Request, Settings, Wish};

use crate::migration::{Host, NEW, age};

#[tokio::test]
async fn what_died_in_mid_write_is_recovered_and_what_is_added_can_be_read() {
    let (source, destination) = (Host::start(age(NEW)).await, Host::start(age(NEW)).await);
    source.create().await;
    let path = std::env::temp_dir().join(format!("virtwire-journal-file-{}", std::process::id()));
    let _ = fs::remove_file(&path);
    let (from, to) = (source.connect().await, destination.connect().await);
    let request = Request::live(Migration::find(&from, "guest").await.unwrap());
    let mut migration = Migration::plan(from, to, request, Wish::Auto).await.unwrap();
    let mut journal = Journal::create(&path, &source.uri, &destination.uri).unwrap();
    let outcome = migration.run(&mut journal).await;
    assert!(matches!(outcome, Outcome::OnDestination { .. }), "{outcome}");
    drop((migration, journal));

    // As if it had died while it wrote its last record.
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() - 10]).unwrap();
    let (mut journal, kept) = Journal::open(&path).unwrap();
    assert!(kept.torn > 0 && !kept.records.iter().any(|record| matches!(record, Record::Ended(_))));
    let (head, count) = (kept.head.unwrap(), kept.records.len());
    let (fenced, settings) = (Fenced::default(), Settings::default());
    let mut recover = Recover::new(head.from, head.to, kept.records, fenced, settings).unwrap();
    let outcome = recover.run(&mut journal).await;
    assert!(matches!(outcome, Outcome::OnDestination { .. }), "{outcome}");
    drop((recover, journal));
    let (_, kept) = Journal::open(&path).unwrap();
    assert!(kept.torn == 0 && kept.records.len() > count);
    assert!(matches!(kept.records.last(), Some(Record::Ended(_))), "{:?}", kept.records.last());
    fs::remove_file(&path).unwrap();
}
