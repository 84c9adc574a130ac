//! The daemon's administration, on a socket of its own.

use virtwire::protocol::admin::*;

use super::Driver::Admin;
use super::Expected::Answers;
use super::{Row, row};

pub(super) fn rows() -> Vec<Row> {
    vec![
        row(Admin, |_| ConnectGetLibVersion {}, Answers),
        row(Admin, |_| ConnectListServers { need_results: 1, flags: 0 }, Answers),
        row(Admin, |w| ConnectLookupServer { name: w.server.name.clone(), flags: 0 }, Answers),
        row(Admin, |w| ServerGetThreadpoolParameters { srv: w.server.clone(), flags: 0 }, Answers),
        row(Admin, |w| ServerListClients { srv: w.server.clone(), need_results: 1, flags: 0 }, Answers),
        row(Admin, |w| ServerLookupClient { srv: w.server.clone(), id: w.client.id, flags: 0 }, Answers),
        row(Admin, |w| ClientGetInfo { clnt: w.client.clone(), flags: 0 }, Answers),
        row(Admin, |w| ServerGetClientLimits { srv: w.server.clone(), flags: 0 }, Answers),
        row(Admin, |_| ConnectGetLoggingOutputs { flags: 0 }, Answers),
        row(Admin, |_| ConnectGetLoggingFilters { flags: 0 }, Answers),
    ]
}
