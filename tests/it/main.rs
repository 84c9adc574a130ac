//! What virtwire decides, without a daemon: pure, in seconds.

#[cfg(feature = "mem")]
mod access;
#[cfg(feature = "mem")]
mod another_host;
#[cfg(feature = "mem")]
mod auto_destroy;
mod captures;
mod client_session;
mod codec;
mod connection;
mod deadlines;
#[cfg(feature = "fds")]
mod descriptors;
#[cfg(feature = "sasl")]
mod entrance;
mod events;
mod fairness;
#[cfg(feature = "mem")]
mod features;
#[cfg(feature = "migrate")]
mod few_verbs;
#[cfg(feature = "mem")]
#[path = "../figures.rs"]
mod figures;
#[cfg(feature = "mem")]
mod fleet;
#[cfg(feature = "mem")]
mod flights;
mod going;
#[cfg(feature = "migrate")]
mod handed_on;
#[cfg(feature = "mem")]
mod handover;
#[cfg(feature = "mem")]
mod hostile_words;
#[cfg(all(feature = "mem", feature = "journal-file"))]
mod journal_file;
mod large_calls;
mod literals;
mod made;
#[cfg(feature = "mem")]
mod migrate_check;
#[cfg(feature = "mem")]
mod migrate_control;
#[cfg(feature = "mem")]
mod migration;
mod objects;
mod opening;
#[cfg(feature = "mem")]
mod p2p_abort;
#[cfg(feature = "mem")]
mod past_faults;
mod promises;
mod raw;
mod raw_v2;
mod raw_v3;
mod reconnecting;
#[cfg(feature = "mem")]
mod recover;
#[cfg(feature = "mem")]
mod roles;
mod server_session;
mod streams;
#[cfg(feature = "mem")]
mod stuck_tunnel;
#[cfg(feature = "tls")]
mod tls;
#[cfg(feature = "tower")]
mod tower;
mod traces;
mod typed;
#[cfg(feature = "mem")]
mod usage;
mod without_a_word;
