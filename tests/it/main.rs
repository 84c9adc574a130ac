//! What virtwire decides, without a daemon: pure, in seconds.

mod captures;
mod client_session;
mod server_session;
