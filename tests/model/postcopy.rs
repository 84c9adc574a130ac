//! Post-copy in the model: from the switch on each host has a half of the guest, and the rest of the memory comes by and by, unless the
//! link between the hosts breaks. A broken one is resumed by a run of its own.

use virtwire_protocol::error::ErrorCode;
use virtwire_protocol::migrate::{Call, Cookie, Failure, MigrateFlags, Reply, Retcode};
use virtwire_xdr::Text;

use super::destination::{Answer, Connection, Destination, Taken};
use super::fault::Fails;
use super::source::error;
use super::version3::{FINISHED, PERFORMED, PREPARED};
use super::world::World;

/// What a migration has to do with post-copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum PostCopy {
    /// Nothing.
    #[default]
    No,
    /// It may switch, and does not.
    Allowed,
    /// Perform switches. The link breaks so many ticks later.
    Switches { breaks: Option<u32> },
    /// An earlier one is broken, and is resumed. The link breaks so many ticks after Perform has done so.
    Resumes { breaks: Option<u32> },
    /// One is to be resumed that there never was.
    ResumesNothing,
    /// An earlier one is broken, and the guest is to be moved as if it were whole.
    Left,
}

impl PostCopy {
    pub(crate) fn flags(self) -> MigrateFlags {
        match self {
            PostCopy::No | PostCopy::Left => MigrateFlags(0),
            PostCopy::Allowed | PostCopy::Switches { .. } => MigrateFlags::POSTCOPY,
            PostCopy::Resumes { .. } | PostCopy::ResumesNothing => {
                MigrateFlags::POSTCOPY | MigrateFlags::POSTCOPY_RESUME
            }
        }
    }

    fn breaks(self) -> Option<u32> {
        match self {
            PostCopy::Switches { breaks } | PostCopy::Resumes { breaks } => breaks,
            _ => None,
        }
    }

    /// The link breaks before all of the memory can have come.
    pub(crate) fn breaks_for_certain(self) -> bool {
        self.breaks().is_some_and(|ticks| ticks < TAKES)
    }
}

/// One host's part of a guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Half {
    /// The rest comes, or goes.
    Comes,
    /// The link between the hosts broke.
    Broken,
}

/// How long the rest of the memory takes.
const TAKES: u32 = 3;

#[derive(Clone, Debug)]
pub(crate) struct Coming {
    left: u32,
    breaks: Option<u32>,
}

/// Whether it is Perform of a recovery run.
pub(crate) fn resumes(call: &Call) -> bool {
    matches!(call, Call::Perform3 { flags, .. } if flags.has(MigrateFlags::POSTCOPY_RESUME))
}

impl World {
    /// A guest of which an earlier post-copy has left a half on each host.
    pub(crate) fn leave_broken(&mut self) {
        (self.source.active, self.source.stopped) = (Some(true), true);
        self.source.half = Some(Half::Broken);
        self.destination.guest = Some(Taken { name: "guest".into(), paused: false, from_memory: true });
        self.destination.half = Some(Half::Broken);
        self.destination.ran = true;
    }

    /// The destination has not all of the guest.
    pub(crate) fn is_torn(&self) -> bool {
        self.destination.half.is_some()
    }

    /// Perform has sent what it takes to go on at the destination, and no more.
    pub(crate) fn switches(&mut self, call: &Call) {
        let asked = matches!(call, Call::Perform3 { flags, .. } if flags.has(MigrateFlags::POSTCOPY));
        if asked && matches!(self.post_copy, PostCopy::Switches { .. }) {
            self.comes();
        }
    }

    fn comes(&mut self) {
        (self.source.half, self.destination.half) = (Some(Half::Comes), Some(Half::Comes));
        self.coming = Some(Coming { left: TAKES, breaks: self.post_copy.breaks() });
    }

    /// Whether the source's daemon switches a migration over that it carries out.
    pub(crate) fn switches_by_itself(&self, call: &Call) -> bool {
        let asked = matches!(call, Call::PerformTo { flags, .. } if flags.has(MigrateFlags::POSTCOPY));
        asked && matches!(self.post_copy, PostCopy::Switches { .. })
    }

    /// And brings it to its end, if the link between the hosts does not break.
    pub(crate) fn carry_out_torn(&mut self) -> Result<Reply, Failure> {
        let failed = Err(error(ErrorCode::OPERATION_FAILED, "job failed in post-copy phase"));
        let there = &self.destination;
        if self.source.active != Some(false) || there.guest.is_some() || there.incoming.is_some() {
            return failed;
        }
        (self.source.active, self.source.stopped) = (Some(true), true);
        self.destination.guest = Some(Taken { name: "guest".into(), paused: false, from_memory: true });
        self.destination.ran = true;
        self.comes();
        while self.destination.half == Some(Half::Comes) {
            self.tick();
        }
        if self.destination.half.is_some() {
            return failed;
        }
        (self.source.active, self.source.stopped, self.source.half) = (None, false, None);
        Ok(Reply::Performed(Cookie::default()))
    }

    pub(crate) fn perform_resumes(&mut self, uri: &Text, fails: Option<Fails>) -> Result<Reply, Failure> {
        let ready = self.destination.recovers.as_ref().is_some_and(|(at, _)| at == uri);
        if fails.is_some() || !ready || self.source.half != Some(Half::Broken) {
            self.source.performed(false);
            return Err(error(ErrorCode::OPERATION_FAILED, "the post-copy is not resumed"));
        }
        self.source.performed(true);
        self.comes();
        Ok(Reply::Performed(Cookie(PERFORMED.into())))
    }

    /// Finish of a guest that has switched over: it goes on at once, and the call waits for the rest.
    pub(crate) fn finish_torn(&mut self, call: &Call, by: Connection) -> Result<Reply, Failure> {
        let answer = match self.destination.run(call, by, self.now) {
            Answer::Now(Ok(answer)) => answer,
            Answer::Now(Err(failure)) => return Err(failure),
            Answer::Waits => return Err(Failure::Silent { message: "deadline passed".to_owned() }),
        };
        while self.destination.half == Some(Half::Comes) {
            self.tick();
        }
        match self.destination.half {
            None => Ok(answer),
            Some(_) => Err(error(ErrorCode::OPERATION_FAILED, "job failed in post-copy phase")),
        }
    }

    /// A tick of a post-copy.
    pub(crate) fn more_comes(&mut self) {
        let Some(coming) = &mut self.coming else { return };
        if let Some(breaks) = &mut coming.breaks {
            if *breaks == 0 {
                return self.breaks_link();
            }
            *breaks -= 1;
        }
        coming.left -= 1;
        if coming.left == 0 {
            self.coming = None;
            self.destination.half = None;
        }
    }

    /// The hosts do not reach each other any more, or one of them is dead.
    pub(crate) fn breaks_link(&mut self) {
        if self.coming.take().is_some() {
            for half in [&mut self.source.half, &mut self.destination.half] {
                *half = half.map(|_| Half::Broken);
            }
        }
    }

    /// What must not be done to halves of a guest, judged by the whole truth.
    pub(crate) fn tears(&self, call: &Call) -> Option<&'static str> {
        let torn = self.is_torn();
        match call {
            Call::Finish3 { cancelled: Retcode::Cancelled, .. } if torn => Some("a post-copy is rolled back"),
            Call::Confirm3 { cancelled: Retcode::Cancelled, .. } | Call::Resume { .. }
                if self.source.half.is_some() =>
            {
                Some("a post-copy is rolled back")
            }
            Call::Confirm3 { .. } | Call::Destroy { .. } if torn => {
                Some("the source's part of a post-copy is ended")
            }
            Call::Prepare3 { flags, .. }
                if flags.has(MigrateFlags::POSTCOPY_RESUME | MigrateFlags::PAUSED) =>
            {
                Some("a post-copy that is resumed is to arrive paused")
            }
            Call::Prepare3 { flags, .. }
                if self.source.half.is_some() && !flags.has(MigrateFlags::POSTCOPY_RESUME) =>
            {
                Some("what an earlier post-copy left is moved")
            }
            _ => None,
        }
    }
}

impl Destination {
    pub(crate) fn prepare_to_recover(&mut self, uri: Option<Text>, by: Connection) -> Result<Reply, Failure> {
        if self.half != Some(Half::Broken) || self.guest.is_none() {
            return Err(error(ErrorCode::OPERATION_INVALID, "not in a failed post-copy"));
        }
        let uri_out = (uri.is_none() && self.names_uri).then(|| "tcp:destination:49152".into());
        self.recovers = uri.or_else(|| uri_out.clone()).map(|uri| (uri, by));
        Ok(Reply::Prepared { cookie: Cookie(PREPARED.into()), uri_out })
    }

    pub(crate) fn finish_recovered(&mut self, how: Retcode) -> Answer {
        let domain = self.domain();
        let recovers = self.recovers.take().is_some();
        Answer::Now(match (domain, how) {
            (None, _) => Err(error(ErrorCode::NO_DOMAIN, "no domain")),
            (Some(_), Retcode::Cancelled) => {
                Err(error(ErrorCode::MIGRATE_FINISH_OK, "migration successfully aborted"))
            }
            (Some(domain), Retcode::Success) if recovers => {
                Ok(Reply::Finished3 { domain, cookie: Cookie(FINISHED.into()) })
            }
            (Some(_), Retcode::Success) => {
                Err(error(ErrorCode::OPERATION_INVALID, "not processing incoming migration"))
            }
        })
    }
}
